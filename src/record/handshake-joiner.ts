import { concat, NO_BYTES } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";

/** HandshakeType and a length of three bytes, RFC 8446 4. */
const MESSAGE_HEADER = 4;

/** A whole handshake message: arrays that live as long as they are wanted. */
export interface RawMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body, as the transcript wants them. */
  readonly raw: Uint8Array;
}

/** Joins handshake messages that were cut or packed into records (RFC 8446 5.1). */
export class HandshakeJoiner {
  readonly #limit: (type: number) => number;
  #input: Uint8Array = NO_BYTES;
  #message: Uint8Array = NO_BYTES;
  #length = 0;

  /** `limit` says how long the body of a message of that type may be. */
  constructor(limit: (type: number) => number) {
    this.#limit = limit;
  }

  /** Whether no message is under way or waiting. */
  get isEmpty(): boolean {
    return this.#length === 0 && this.#input.length === 0;
  }

  /** Whether part of a message came, and its end is yet to come. */
  get isPartial(): boolean {
    return this.#length > 0;
  }

  /** Takes the content of a record, which is its own from then on. */
  push(fragment: Uint8Array): void {
    if (this.#input.length === 0) {
      this.#input = fragment;
      return;
    }
    this.#input = concat(this.#input, fragment);
  }

  /**
   * The next whole message.
   *
   * @throws TlsError when it is longer than its type may be
   */
  next(): RawMessage | undefined {
    if (this.#length < MESSAGE_HEADER) {
      if (this.#length === 0 && this.#input.length === 0) return undefined;
      if (this.#message.length < MESSAGE_HEADER)
        this.#message = new Uint8Array(MESSAGE_HEADER);
      if (!this.#fill(MESSAGE_HEADER)) return undefined;
    }
    const whole = MESSAGE_HEADER + this.#bodyLength();
    if (this.#message.length < whole) {
      const message = new Uint8Array(whole);
      message.set(this.#message);
      this.#message = message;
    }
    if (!this.#fill(whole)) return undefined;
    const raw = this.#message;
    this.#message = NO_BYTES;
    this.#length = 0;
    return { type: raw[0] ?? 0, body: raw.subarray(MESSAGE_HEADER), raw };
  }

  clone(): HandshakeJoiner {
    const copy = new HandshakeJoiner(this.#limit);
    copy.#input = this.#input;
    copy.#message = this.#message.slice();
    copy.#length = this.#length;
    return copy;
  }

  #bodyLength(): number {
    const [type = 0, high = 0, middle = 0, low = 0] = this.#message;
    const length = (high << 16) | (middle << 8) | low;
    if (length > this.#limit(type))
      throw new TlsError(reason.message_too_long, {
        detail: `${length} bytes`,
      });
    return length;
  }

  #fill(length: number): boolean {
    const part = this.#input.subarray(0, length - this.#length);
    this.#message.set(part, this.#length);
    this.#length += part.length;
    this.#input = this.#input.subarray(part.length);
    return this.#length === length;
  }
}
