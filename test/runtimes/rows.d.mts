export interface Row {
  /** As `--only` has it. */
  readonly name: string;
  /** As docs/runtimes.md has it. */
  readonly label: string;
}

export const ROWS: readonly Row[];
