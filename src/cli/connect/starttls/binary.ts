/** Protocols of bytes that turn to TLS. */
import { fromHex, toHex } from "../../../bytes.ts";
import type { Dialogue } from "./lines.ts";

/** The SSLRequest of PostgreSQL's protocol: its length, and 1234 5679. */
export const postgres: Dialogue = async (talk) => {
  await talk.send(fromHex("0000000804d2162f"));
  const [answer = 0] = await talk.bytes(1);
  if (answer !== 0x53) throw talk.refusal('"S"', String.fromCharCode(answer));
};

/** RFC 4511 4.14: ExtendedRequest 1.3.6.1.4.1.1466.20037, as message 1. */
export const ldap: Dialogue = async (talk) => {
  const oid = Buffer.from("1.3.6.1.4.1.1466.20037", "latin1");
  const name = [0x80, oid.length, ...oid];
  const operation = [0x77, name.length, ...name];
  const message = [0x02, 0x01, 0x01, ...operation];
  await talk.send(Uint8Array.of(0x30, message.length, ...message));
  const answer = await readElement(talk);
  // After the message's number the operation, and first in it the result.
  const isAnswer = answer[0] === 0x02 && answer[1] === 1 && answer[3] === 0x78;
  const at = 4 + lengthBytes(answer[4] ?? 0);
  const isSuccess =
    answer[at] === 0x0a && answer[at + 1] === 1 && answer[at + 2] === 0;
  if (!isAnswer || !isSuccess)
    throw talk.refusal(
      "an ExtendedResponse with resultCode success",
      toHex(answer.subarray(0, 32)),
    );
};

/** The content of a BER SEQUENCE whose length is definite. */
async function readElement(talk: {
  bytes(length: number): Promise<Uint8Array>;
}): Promise<Uint8Array> {
  const [, first = 0] = await talk.bytes(2);
  if (first < 0x80) return talk.bytes(first);
  const size = Math.min(first & 0x7f, 4);
  const long = await talk.bytes(size);
  const length = long.reduce((value, byte) => value * 256 + byte, 0);
  return talk.bytes(Math.min(length, 4096));
}

function lengthBytes(first: number): number {
  return first < 0x80 ? 1 : 1 + (first & 0x7f);
}

/** Capabilities of MySQL's protocol, of the client that asks for TLS. */
const CLIENT_SSL = 0x0800;
const CLIENT_PROTOCOL_41 = 0x0200;
const CLIENT_SECURE_CONNECTION = 0x8000;

/** The SSLRequest of MySQL's protocol, after the server's handshake packet. */
export const mysql: Dialogue = async (talk) => {
  const head = await talk.bytes(4);
  const [low = 0, middle = 0, high = 0] = head;
  const packet = await talk.bytes(low | (middle << 8) | (high << 16));
  // Version, a text that ends with 0, a number of 4, 8 of a challenge and a 0.
  const end = packet.indexOf(0, 1);
  const at = end + 1 + 4 + 8 + 1;
  if (packet[0] !== 10 || end === -1)
    throw talk.refusal(
      "a handshake of version 10",
      Buffer.from(packet.subarray(0, 60)).toString("latin1"),
    );
  const capabilities = (packet[at] ?? 0) | ((packet[at + 1] ?? 0) << 8);
  if ((capabilities & CLIENT_SSL) === 0)
    throw talk.refusal(
      "with CLIENT_SSL among its capabilities",
      capabilities.toString(16),
    );
  const wanted = CLIENT_SSL | CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION;
  const request = new Uint8Array(4 + 32);
  // Length 32, the second packet; capabilities, 16 MiB, utf8mb4.
  request.set([32, 0, 0, 1, wanted & 0xff, wanted >> 8, 0, 0]);
  request.set([0, 0, 0, 1, 45], 8);
  await talk.send(request);
};
