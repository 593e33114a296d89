export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** What stands there. */
  readonly before: string;
}
export function mutantsOf(code: string): Mutant[];
export function mutated(code: string, mutant: Mutant): string;
