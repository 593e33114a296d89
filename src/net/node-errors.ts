/** The system's errors, which programs of Node know by their `code`. */
import { SSLSyscallError } from "../ssl/errors/errors.ts";

/** Returns the system's own error, where TLS only says that there was one. */
export function systemErrorOf(error: unknown): unknown {
  return error instanceof SSLSyscallError && error.cause instanceof Error
    ? error.cause
    : error;
}
