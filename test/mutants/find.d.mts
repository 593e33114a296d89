export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** The text that the mutant replaces. */
  readonly before: string;
}
export function mutantsOf(code: string): Mutant[];
export function mutated(code: string, mutant: Mutant): string;
