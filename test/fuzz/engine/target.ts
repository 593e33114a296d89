/** Engines that meet a peer which does not keep to the protocol. */
import type { Target } from "../target.ts";
import { type Program, program } from "./program.ts";
import { Run } from "./run.ts";
import { coverage } from "./setup.ts";

function isProgram(value: object): value is Program {
  return "target" in value && value.target === "engine" && "scenario" in value;
}

export const engine: Target = {
  name: "engine",
  programs: program,
  run(value, report) {
    if (!isProgram(value)) throw new TypeError("not a program of this target");
    const result = new Run(value).execute();
    report.programs++;
    report.inputs += result.inputs;
    report.tally("mutations").addAll(result.applied);
    for (const outcome of result.outcomes)
      report.tally("outcomes").add(outcome);
    for (const state of result.states) report.tally("last states").add(state);
  },
  untried: () => coverage.untried(),
};
