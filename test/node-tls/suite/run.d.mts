/** Types of run.mjs. */

/** The outcome of one test. */
export interface Result {
  readonly name: string;
  /** True where it passes with Node's own module. */
  readonly native: boolean;
  readonly passes: boolean;
  /** Members of `node:tls` that it reached. */
  readonly reached: readonly string[];
  readonly output: string;
}

/** Results by what is to be done about them. */
export interface Summary {
  readonly native: number;
  readonly passes: readonly Result[];
  readonly empty: readonly Result[];
  readonly listed: readonly Result[];
  readonly unlisted: readonly Result[];
  readonly stale: readonly Result[];
}

export const REASONS: Readonly<Record<string, string>>;
export const WANTED: number;
export function runNodeTests(options: {
  readonly folder: string;
  readonly node?: string;
  readonly only?: readonly string[];
  readonly onResult?: (result: Result) => void;
}): Promise<Result[]>;
export function summary(results: readonly Result[]): Summary;
