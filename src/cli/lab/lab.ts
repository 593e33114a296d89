/** `puretls lab`: plays scenarios that go wrong on purpose. Loaded when it is asked for. */
import { type Command, commandOf, readArguments } from "../command.ts";
import { EXPLORE_HELP, LAB_HELP, LIST_HELP, RUN_HELP } from "./help.ts";
import { EXPLORE_OPTIONS, LIST_OPTIONS, RUN_OPTIONS } from "./options.ts";

const VERBS: readonly Command[] = [
  {
    name: "run",
    summary: "play scenarios against a server or a client",
    help: RUN_HELP,
    options: RUN_OPTIONS,
    run: async (args, terminal) => {
      const { labRun } = await import("./run.ts");
      return labRun(readArguments(args, RUN_OPTIONS), terminal);
    },
  },
  {
    name: "explore",
    summary: "draw which messages a peer accepts where",
    help: EXPLORE_HELP,
    options: EXPLORE_OPTIONS,
    run: async (args, terminal) => {
      const { labExplore } = await import("./explore.ts");
      return labExplore(readArguments(args, EXPLORE_OPTIONS), terminal);
    },
  },
  {
    name: "list",
    summary: "list scenarios",
    help: LIST_HELP,
    options: LIST_OPTIONS,
    run: async (args, terminal) => {
      const { labList } = await import("./list.ts");
      return labList(readArguments(args, LIST_OPTIONS), terminal);
    },
  },
];

export const lab: Command = commandOf(
  {
    name: "lab",
    summary:
      "handshakes that go wrong on purpose, and what a peer makes of them",
    help: LAB_HELP,
  },
  VERBS,
);
