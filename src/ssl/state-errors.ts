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
