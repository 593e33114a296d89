export interface Line {
  readonly check?: string;
  readonly ok?: boolean;
  readonly error?: string;
  readonly done?: boolean;
}

export interface Context {
  readonly emit: (line: Line) => void;
  readonly signal: AbortSignal;
}

export interface Result {
  readonly version?: string;
  readonly skipped?: string;
  readonly checks: readonly Line[];
  readonly failures: readonly string[];
}

export function runRow(
  row: {
    readonly name: string;
    find(): { readonly version: string } | { readonly missing: string };
    run(context: Context): Promise<void>;
  },
  context: object,
  timeLimit?: number,
): Promise<Result>;
