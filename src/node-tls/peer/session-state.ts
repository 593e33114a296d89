/**
 * Sessions of clients as bytes: with the server that they were made with, so that
 * none is resumed with another one.
 */
import { Buffer } from "node:buffer";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import { SSLSession } from "../../ssl/context/session.ts";

/** The beginning of the bytes; another form gets another number. */
const MAGIC = Buffer.from("\0puretls:session:1\0", "latin1");

const NOTHING = new Uint8Array(0);

/**
 * Returns the session for a program to keep; it holds its key.
 *
 * @param session undefined: there is nothing to resume yet
 */
export function sessionState(
  session: SSLSession | undefined,
  identity: string,
): Buffer {
  const name = Buffer.from(identity, "utf8");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length & 0xffff);
  return Buffer.concat([MAGIC, length, name, session?.serialize() ?? NOTHING]);
}

/**
 * Returns the session in bytes that {@link sessionState} made for that server;
 * undefined for any others: the handshake is a full one then.
 */
export function sessionOf(
  state: unknown,
  identity: string,
  context: SSLContext,
): SSLSession | undefined {
  const bytes = bytesOf(state);
  if (bytes === undefined || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return undefined;
  const start = MAGIC.length + 2;
  const end = start + bytes.readUInt16BE(MAGIC.length);
  if (bytes.toString("utf8", start, end) !== identity) return undefined;
  if (bytes.length === end) return undefined;
  try {
    return SSLSession.deserialize(bytes.subarray(end), context);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function bytesOf(state: unknown): Buffer | undefined {
  const bytes =
    typeof state === "string"
      ? Buffer.from(state, "latin1")
      : ArrayBuffer.isView(state)
        ? Buffer.from(state.buffer, state.byteOffset, state.byteLength)
        : undefined;
  return bytes === undefined || bytes.length < MAGIC.length + 2
    ? undefined
    : bytes;
}
