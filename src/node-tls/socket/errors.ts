/** Errors of a socket as those of Node are, which programs know by their `code`. */

/** An error with a code of the system's. */
export class SystemError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The server, or the system, ended the connection before it was secure. */
export function neverSecure(): Error {
  return new SystemError(
    "ECONNRESET",
    "Client network socket disconnected before secure TLS connection was established",
  );
}

/** The socket was destroyed with data that waits to be sent. */
export function neverSent(wasConnected: boolean): Error {
  return wasConnected
    ? new SystemError(
        "ERR_STREAM_DESTROYED",
        "Cannot call write after a stream was destroyed",
      )
    : new SystemError(
        "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
        "Socket closed before the connection was established",
      );
}
