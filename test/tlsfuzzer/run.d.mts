/** See run.mjs. */
export interface ScriptResult {
  readonly script: string;
  readonly passed: number;
  readonly excepted: number;
  readonly failed: readonly string[];
  readonly output: string;
}

export function runTlsfuzzer(options: {
  readonly tlsfuzzer: string;
  readonly python?: string;
  readonly only?: readonly string[];
  /** Seconds that a script may take. */
  readonly patience?: number;
  readonly onResult?: (result: ScriptResult) => void;
}): Promise<readonly ScriptResult[]>;
