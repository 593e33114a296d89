/** See find.mjs. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly before: string;
  /** "true", "false", another comparison, or "nothing". */
  readonly becomes: string;
  /** Requirements that comments around it name. */
  readonly ids: readonly string[];
}

export const SWITCHES: string;
export function mutantsOf(
  code: string,
  options?: { readonly isTagged?: boolean },
): readonly Mutant[];
export function instrumented(
  code: string,
  mutants: readonly (Mutant & { readonly number: number })[],
): string;
