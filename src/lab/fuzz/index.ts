/**
 * Fuzzing with the lab: random scenarios, shrunk by fast-check (4.x), which a program
 * that imports this module installs itself.
 *
 * @module
 */
export {
  type Finding,
  fuzz,
  type FuzzOptions,
  type FuzzReport,
  type Player,
  playerAgainst,
} from "./fuzz.ts";
export type { Fault, Outcome } from "./outcome.ts";
