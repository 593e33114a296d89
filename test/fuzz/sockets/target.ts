/** Sockets whose programs call them in any order, over wires that are faulty. */
import type { Target } from "../target.ts";
import { type Program, program } from "./program.ts";
import { Run } from "./run.ts";

function isProgram(value: object): value is Program {
  return "target" in value && value.target === "sockets" && "setting" in value;
}

export const sockets: Target = {
  name: "sockets",
  programs: program,
  async run(value, report) {
    if (!isProgram(value)) throw new TypeError("not a program of this target");
    const result = await new Run(value).execute();
    report.programs++;
    report.inputs += result.inputs;
    report.tally("calls").addAll(result.calls);
    report.tally("callbacks").addAll(result.callbacks);
    report.tally("faults of the wire").addAll(result.applied);
    report.tally("outcomes").add(result.outcome);
  },
};
