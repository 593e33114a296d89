/** The errors and exit codes that the shim ends with. */
import type { TlsError } from "../../src/engine/index.ts";

/** The runner skips a case when the shim exits with this. */
export const UNIMPLEMENTED_EXIT = 89;

/** A flag, or a value of one, that stands for what puretls does not have. */
export class Unimplemented extends Error {
  override readonly name = "Unimplemented";
}

/** The connection ended as it should not; `code` is what the runner looks for. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: string;
  /** The engine's error; undefined where the shim itself found the fault. */
  readonly error: TlsError | undefined;

  constructor(code: string, error?: TlsError) {
    super(error?.message);
    this.code = code;
    this.error = error;
  }
}

/** The connection went on, but not as the flags say that it has to. */
export class Mismatch extends Error {
  override readonly name = "Mismatch";
}

/** @throws Mismatch */
export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Mismatch(what);
}
