/** See run.mjs. */
export function runBogo(options: {
  readonly runner: string;
  readonly flags?: readonly string[];
  /** Default "node". */
  readonly provider?: "node" | "noble";
  /** Needs are answered once all that has arrived was taken in. */
  readonly late?: boolean;
  readonly onLine?: (line: string, outcome: string | undefined) => void;
}): Promise<{
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly unimplemented: readonly string[];
  readonly code: number | null;
}>;
