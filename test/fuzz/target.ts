/** The interface of the fuzzer's targets. */
import type fc from "fast-check";
import type { Report } from "./report.ts";

export interface Target {
  readonly name: string;
  /** Values of JSON, each of which determines its run. */
  readonly programs: fc.Arbitrary<object>;
  /**
   * @throws where something is found; any other value of a program than those
   *   of `programs` is a TypeError
   */
  run(program: object, report: Report): void | Promise<void>;
  /** Lists what was never tried. */
  untried?(): readonly string[];
}
