/**
 * TDS, the protocol of Microsoft SQL Server (MS-TDS 2.2.6.5): the handshake of
 * TLS goes inside of its packets, and all that follows does not.
 */
import { concatAll, NO_BYTES } from "../../../bytes.ts";
import type { Transport } from "../../../ssl/socket/transport.ts";
import type { Dialogue, PlainTalk } from "./lines.ts";

const PRELOGIN = 0x12;
const RESPONSE = 0x04;
const HEADER = 8;
/** The size of a packet until a login asks for another. */
const PACKET = 4096;
/** Status: no packet of the message follows. */
const LAST = 1;

/** ENCRYPTION of a PRELOGIN: on; and of its answer also required. */
const ENCRYPT_ON = 1;
const ENCRYPT_REQUIRED = 3;

/** Asks for encryption of all, not of the login alone. */
export const tds: Dialogue = async (talk) => {
  // VERSION (six bytes behind the list), ENCRYPTION (one), the list's end.
  const options = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff];
  const body = Uint8Array.of(...options, 0, 0, 0, 0, 0, 0, ENCRYPT_ON);
  await talk.send(packetOf(body, LAST));
  const answer = await readAnswer(talk);
  const encryption = optionOf(answer, 1);
  if (encryption !== ENCRYPT_ON && encryption !== ENCRYPT_REQUIRED)
    throw talk.refusal(
      "ENCRYPTION 1 or 3",
      `ENCRYPTION ${encryption?.toString() ?? "(none)"}`,
    );
};

function packetOf(body: Uint8Array, status: number): Uint8Array {
  const length = HEADER + body.length;
  const header = [PRELOGIN, status, length >> 8, length & 255, 0, 0, 0, 0];
  return concatAll([Uint8Array.from(header), body]);
}

async function readAnswer(talk: PlainTalk): Promise<Uint8Array> {
  const header = await talk.bytes(HEADER);
  const [type = 0, , high = 0, low = 0] = header;
  const length = ((high << 8) | low) - HEADER;
  if (type !== RESPONSE || length <= 0)
    throw talk.refusal("a PRELOGIN", `packet type ${type.toString()}`);
  return talk.bytes(length);
}

/** The first byte of an option. */
function optionOf(body: Uint8Array, wanted: number): number | undefined {
  for (let at = 0; at + 5 <= body.length && body[at] !== 0xff; at += 5) {
    const offset = ((body[at + 1] ?? 0) << 8) | (body[at + 2] ?? 0);
    if (body[at] === wanted) return body[offset];
  }
  return undefined;
}

/** A transport that puts TLS into TDS packets, and takes it out of them. */
export class TdsTransport implements Transport {
  readonly #plain: Transport;
  /** Writing goes in packets, until the handshake is done. */
  #wraps = true;
  #input: Uint8Array = NO_BYTES;
  /** Bytes of the packet under way that are yet to come. */
  #left = 0;

  constructor(plain: Transport) {
    this.#plain = plain;
  }

  /** The handshake is done: what is written from now on is no packet. */
  unwrap(): void {
    this.#wraps = false;
  }

  /** A packet begins with its type, a record of TLS with another number. */
  async read(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#left > 0 && this.#input.length > 0) {
        const part = this.#input.slice(0, this.#left);
        this.#input = this.#input.slice(part.length);
        this.#left -= part.length;
        return part;
      }
      const [type, , high = 0, low = 0] = this.#input;
      const isPacket = type === PRELOGIN || type === RESPONSE;
      if (type !== undefined && !isPacket) {
        const rest = this.#input;
        this.#input = NO_BYTES;
        return rest;
      }
      if (isPacket && this.#input.length >= HEADER) {
        this.#left = Math.max(0, ((high << 8) | low) - HEADER);
        this.#input = this.#input.slice(HEADER);
        continue;
      }
      const more = await this.#plain.read();
      if (more === null) return null;
      this.#input = concatAll([this.#input, more]);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#wraps) {
      await this.#plain.write(bytes);
      return;
    }
    const most = PACKET - HEADER;
    const packets: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += most) {
      const body = bytes.subarray(at, at + most);
      packets.push(packetOf(body, at + most < bytes.length ? 0 : LAST));
    }
    await this.#plain.write(concatAll(packets));
  }

  closeWrite(): Promise<void> {
    return this.#plain.closeWrite();
  }

  close(): Promise<void> {
    return this.#plain.close();
  }

  abort(error?: unknown): void {
    this.#plain.abort(error);
  }

  unread(bytes: Uint8Array): void {
    this.#plain.unread(bytes);
  }

  get buffered(): number {
    return this.#plain.buffered;
  }

  get bytesRead(): number {
    return this.#plain.bytesRead;
  }
}
