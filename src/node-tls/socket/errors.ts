/** Errors of a socket as those of Node are, which programs know by their `code`. */
import { SSLSyscallError } from "../../ssl/errors/errors.ts";

/** An error with a code of the system's. */
export class SystemError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The peer, or the system, ended the connection before it was secure. */
export function neverSecure(serverSide: boolean, cause?: unknown): Error {
  return serverSide
    ? new SystemError("ECONNRESET", "socket hang up", cause)
    : new SystemError(
        "ECONNRESET",
        "Client network socket disconnected before secure TLS connection was established",
        cause,
      );
}

/** The system's own error, where TLS only says that there was one. */
export function systemErrorOf(error: unknown): unknown {
  return error instanceof SSLSyscallError && error.cause instanceof Error
    ? error.cause
    : error;
}
