/** What both kinds of connection say when a call comes too early or late. */
import { type SSLError, stateError } from "./errors.ts";

export function isShutDown(): SSLError {
  return stateError(
    "ERR_SSL_PROTOCOL_IS_SHUTDOWN",
    "protocol is shutdown: this side has said close_notify",
    "PROTOCOL_IS_SHUTDOWN",
  );
}

export function inHandshake(): SSLError {
  return stateError(
    "ERR_SSL_SHUTDOWN_WHILE_IN_INIT",
    "shutdown while in init: the handshake is not done",
    "SHUTDOWN_WHILE_IN_INIT",
  );
}

export function dataIsUnread(): SSLError {
  return stateError(
    "ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
    "application data after close notify: read all of it before unwrap()",
    "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
  );
}

export function closedError(): SSLError {
  return stateError("ERR_SOCKET_CLOSED", "this socket was closed");
}

export function unwrappedError(): SSLError {
  return stateError(
    "ERR_SOCKET_UNWRAPPED",
    "no TLS around this socket any more",
  );
}

export function isClosedError(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === "ERR_SOCKET_CLOSED"
  );
}
