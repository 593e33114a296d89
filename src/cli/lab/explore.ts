/** `puretls lab explore`. */
import { node } from "../../crypto/node.ts";
import {
  explorationDot,
  explorationMermaid,
  explore,
  Lab,
} from "../../lab/index.ts";
import {
  type Arguments,
  CommandError,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { jsonText } from "../text/json.ts";
import type { EXPLORE_OPTIONS } from "./options.ts";
import { numberOf, peerOf } from "./peer.ts";

export async function labExplore(
  { values, positionals }: Arguments<typeof EXPLORE_OPTIONS>,
  terminal: Terminal,
): Promise<number> {
  readOperands(positionals, 0);
  const opponent = peerOf(values);
  if (opponent !== undefined && values.role !== undefined)
    throw new CommandError(
      "--role is for runs in memory: the peer has its own",
    );
  const role =
    opponent === undefined
      ? (values.role ?? "client")
      : opponent.role === "server"
        ? "client"
        : "server";
  const seed = numberOf(values.seed, "seed");
  const depth = numberOf(values.depth, "depth");
  const patience = numberOf(values.patience, "patience");
  const lab = new Lab({
    provider: node,
    hollow: opponent === undefined,
    ...(seed !== undefined && { seed }),
  });
  try {
    const found = await explore({
      version: values.tls === "1.2" ? "tls12" : "tls13",
      ...{ role, lab },
      ...(opponent !== undefined && { opponent }),
      ...(depth !== undefined && { depth }),
      ...(patience !== undefined && { patience }),
    });
    const all = values.all === true;
    const text =
      values.format === "json"
        ? jsonText(found)
        : values.format === "mermaid"
          ? explorationMermaid(found, all)
          : explorationDot(found, all);
    await writeOut(terminal, text);
    return 0;
  } finally {
    await opponent?.close();
  }
}
