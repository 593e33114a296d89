/** Extensions that a server has answered with and a client has not offered. */
import { concat } from "../../../src/bytes.ts";
import { HandshakeType } from "../../../src/wire/code-points.ts";
import type { Sent } from "./peer.ts";

/** RFC 5746 3.4: a cipher suite offers it too. */
const RENEGOTIATION_INFO = 0xff01;

/** The types that are in an answer's messages and in no hello of these records. */
export function unsolicited(
  hellos: readonly Sent[],
  said: readonly Uint8Array[],
): number[] {
  const plain = hellos.filter(({ bytes: [type], sealed }) => {
    return type === 22 && !sealed;
  });
  const offered = new Set([
    RENEGOTIATION_INFO,
    ...messagesOf(plain.map(({ bytes }) => bytes.subarray(5))).flatMap(typesOf),
  ]);
  return messagesOf(said)
    .filter(
      ([type]) =>
        type === HandshakeType.server_hello ||
        type === HandshakeType.encrypted_extensions,
    )
    .filter((message) => !isRetry(message))
    .flatMap(typesOf)
    .filter((type) => !offered.has(type));
}

function messagesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const bytes = concat(...parts);
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const [, high = 0, middle = 0, low = 0] = bytes.subarray(at);
    const end = at + 4 + ((high << 16) | (middle << 8) | low);
    messages.push(bytes.subarray(at, end));
    at = end;
  }
  return messages;
}

/**
 * Tells whether a ServerHello is a HelloRetryRequest, which may have a cookie
 * that was not offered.
 */
function isRetry(message: Uint8Array): boolean {
  return message[0] === HandshakeType.server_hello && message[6] === 0xcf;
}

function typesOf(message: Uint8Array): number[] {
  const u16 = (at: number): number =>
    ((message[at] ?? 0) << 8) | (message[at + 1] ?? 0);
  let at = 4;
  if (message[0] !== HandshakeType.encrypted_extensions) {
    at += 34;
    at += 1 + (message[at] ?? 0);
    if (message[0] === HandshakeType.client_hello) {
      at += 2 + u16(at);
      at += 1 + (message[at] ?? 0);
    } else at += 3;
  }
  const types: number[] = [];
  const end = Math.min(message.length, at + 2 + u16(at));
  for (at += 2; at + 4 <= end; at += 4 + u16(at + 2)) types.push(u16(at));
  return types;
}
