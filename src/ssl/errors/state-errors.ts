/**
 * Errors of both kinds of connection for a call that comes too early or late.
 */
import { TlsUsageError } from "../../errors.ts";
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

/** Python's ValueError of `getpeercert()`. */
export function handshakeNotDone(): SSLError {
  return stateError("ERR_HANDSHAKE_NOT_DONE", "handshake not done yet");
}

export function refusedRequest(reason: string): SSLError {
  return stateError(
    `ERR_SSL_${reason}`,
    "a certificate cannot be asked for here after the handshake",
    reason,
  );
}

export function earlyDataIsLate(): SSLError {
  return stateError(
    "ERR_SSL_EARLY_DATA",
    "early data goes out before the handshake is done",
  );
}

/** TLS 1.2 without extended_main_secret, RFC 7627 5.4. */
export function exportsNothing(): SSLError {
  return stateError(
    "ERR_SSL_NO_EXTENDED_MASTER_SECRET",
    "exportKeyingMaterial: a connection of TLS 1.2 without extended_main_secret exports nothing (RFC 7627 5.4); requireExtendedMainSecret refuses such peers",
  );
}

export function hasNoKeyUpdate(): SSLError {
  return stateError(
    "ERR_SSL_WRONG_SSL_VERSION",
    "keyUpdate: TLS 1.2 has no KeyUpdate",
    "WRONG_SSL_VERSION",
  );
}

/** Calls the engine; throws what the ssl face has for wrong use of it. */
export function inPythonsWords<T>(
  call: () => T,
  wordsOf: (error: TlsUsageError) => Error,
): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof TlsUsageError ? wordsOf(error) : error;
  }
}
