/**
 * The results of the user's calls: a row for what the peer does, a column for
 * the call.
 */
import type { Adapter } from "./users.ts";

export const ROWS = [
  "close_notify, then FIN",
  "close_notify alone",
  "FIN alone",
  "RST",
  "a fatal alert",
  "silence",
] as const;
export type Row = (typeof ROWS)[number];

/** The call that is under way, or that is made when the peer has acted. */
export const COLUMNS = [
  "handshake",
  "recv",
  "send",
  "unwrap",
  "then recv",
  "then send",
  "close",
] as const;
export type Column = (typeof COLUMNS)[number];

const EOF = "SSLEOFError UNEXPECTED_EOF_WHILE_READING";
const BROKEN = "SSLSyscallError";
const ALERT = "SSLError SSLV3_ALERT_BAD_RECORD_MAC";

/** An SSLSocket, with and without `suppressRaggedEofs` where that differs. */
const SOCKET: Record<
  Row,
  Record<Column, string | readonly [string, string]>
> = {
  "close_notify, then FIN": {
    handshake: "SSLZeroReturnError",
    recv: "end",
    send: "done",
    unwrap: "done",
    "then recv": "end",
    "then send": "done",
    close: "done",
  },
  "close_notify alone": {
    handshake: "SSLZeroReturnError",
    recv: "end",
    send: "done",
    unwrap: "done",
    "then recv": "end",
    "then send": "done",
    close: "done",
  },
  "FIN alone": {
    handshake: EOF,
    recv: ["truncated", EOF],
    send: "done",
    unwrap: EOF,
    "then recv": ["truncated", EOF],
    "then send": "done",
    close: "done",
  },
  RST: {
    handshake: BROKEN,
    recv: BROKEN,
    send: BROKEN,
    unwrap: BROKEN,
    "then recv": BROKEN,
    "then send": BROKEN,
    close: "done",
  },
  "a fatal alert": {
    handshake: "SSLError SSLV3_ALERT_HANDSHAKE_FAILURE",
    recv: ALERT,
    send: "done",
    unwrap: ALERT,
    "then recv": ALERT,
    "then send": "done",
    close: "done",
  },
  silence: {
    handshake: "pending",
    recv: "pending",
    send: "pending",
    unwrap: "pending",
    "then recv": "pending",
    "then send": "done",
    close: "done",
  },
};

/** Undefined: the adapter has no such call. */
export function expectedOf(
  adapter: Adapter,
  column: Column,
  row: Row,
  suppressRaggedEofs: boolean,
): string | undefined {
  const isStream = adapter.is === "stream" || adapter.is === "net.Socket";
  if (column === "unwrap" && isStream) return undefined;
  // Its transport is the program's own to close.
  if (column === "close" && adapter.is === "object") return undefined;
  // What moves the bytes of an SSLObject tells the transport's own errors.
  if (row === "RST" && adapter.is === "object") return "ECONNRESET";
  if (adapter.is === "net.Socket" && column !== "handshake") {
    // It reads whether or not the program does, and has the system's codes.
    if (row === "RST" && column !== "close") return "ECONNRESET";
    if (row === "a fatal alert" && column === "send") return ALERT;
    if (row === "FIN alone" && column === "send") return EOF;
  }
  const suppressed = suppressRaggedEofs && adapter.is !== "object";
  return socketCell(column, row, suppressed);
}

/** An SSLSocket's cell. */
export function socketCell(
  column: Column,
  row: Row,
  suppressRaggedEofs: boolean,
): string {
  const cell = SOCKET[row][column];
  return typeof cell === "string" ? cell : cell[suppressRaggedEofs ? 0 : 1];
}
