import { concat, NO_BYTES } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { ContentType, HandshakeType } from "../wire/code-points.ts";
import { MessageObserver } from "./message-observer.ts";

/** Messages whose length the RFC or the cipher suite fixes, far below any limit. */
const FIXED_LENGTH: ReadonlySet<number> = new Set([
  HandshakeType.hello_request,
  HandshakeType.end_of_early_data,
  HandshakeType.server_hello_done,
  HandshakeType.finished,
  HandshakeType.key_update,
]);

/** HandshakeType and a length of three bytes, RFC 9846 4. */
const MESSAGE_HEADER = 4;

/** A whole handshake message: arrays that live as long as they are wanted. */
export interface RawMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body, as the transcript wants them. */
  readonly raw: Uint8Array;
}

/** Joins handshake messages that were cut or packed into records (RFC 9846 5.1). */
export class HandshakeJoiner {
  readonly #limit: (type: number) => number;
  readonly #observer: MessageObserver;
  #input: Uint8Array = NO_BYTES;
  #message: Uint8Array = NO_BYTES;
  #length = 0;

  /** `limit` says how long the body of a message of that type may be. */
  constructor(
    limit: (type: number) => number,
    observer = new MessageObserver(),
  ) {
    this.#limit = limit;
    this.#observer = observer;
  }

  /** True when no message is under way or waiting. */
  get isEmpty(): boolean {
    return this.#length === 0 && this.#input.length === 0;
  }

  /** True when part of a message came, and its end is yet to come. */
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
      if (this.#length === 0) {
        if (this.#input.length === 0) return undefined;
        const raw = this.#wholeMessage();
        if (raw !== undefined) return this.#observed(raw);
      }
      if (this.#message.length < MESSAGE_HEADER)
        this.#message = new Uint8Array(MESSAGE_HEADER);
      if (!this.#fill(MESSAGE_HEADER)) return undefined;
    }
    const whole = MESSAGE_HEADER + this.#bodyLength(this.#message);
    this.#reserve(whole);
    if (!this.#fill(whole)) return undefined;
    const raw = this.#message;
    this.#message = NO_BYTES;
    this.#length = 0;
    return this.#observed(raw);
  }

  clone(observer?: MessageObserver): HandshakeJoiner {
    const copy = new HandshakeJoiner(this.#limit, observer);
    copy.#input = this.#input;
    copy.#message = this.#message.slice();
    copy.#length = this.#length;
    return copy;
  }

  /** A copy of the next message, where all of it stands in one record. */
  #wholeMessage(): Uint8Array | undefined {
    const input = this.#input;
    if (input.length < MESSAGE_HEADER) return undefined;
    const whole = MESSAGE_HEADER + this.#bodyLength(input);
    if (input.length < whole) return undefined;
    this.#input = input.subarray(whole);
    return input.slice(0, whole);
  }

  #observed(raw: Uint8Array): RawMessage {
    if (this.#observer.callback !== undefined)
      this.#observer.content("read", ContentType.handshake, raw);
    return { type: raw[0] ?? 0, body: raw.subarray(MESSAGE_HEADER), raw };
  }

  #bodyLength(header: Uint8Array): number {
    const type = header[0] ?? 0;
    const length =
      ((header[1] ?? 0) << 16) | ((header[2] ?? 0) << 8) | (header[3] ?? 0);
    if (length > this.#limit(type)) {
      // RFC 9846 6.2: decode_error where "the length of the message was
      // incorrect"; a limit of this side is no matter of the message's form.
      const isFixed = FIXED_LENGTH.has(type);
      throw new TlsError(
        isFixed ? reason.malformed_message : reason.message_too_long,
        { detail: `${length} bytes` },
      );
    }
    return length;
  }

  /**
   * Makes room for what came of a message of that length, and as much again: a
   * header alone gets no memory for the message that it announces.
   */
  #reserve(whole: number): void {
    const came = this.#length + this.#input.length;
    if (this.#message.length >= Math.min(came, whole)) return;
    const message = new Uint8Array(Math.min(whole, Math.max(2 * came, 1024)));
    message.set(this.#message.subarray(0, this.#length));
    this.#message = message;
  }

  #fill(length: number): boolean {
    const end = Math.min(length, this.#message.length);
    const part = this.#input.subarray(0, end - this.#length);
    this.#message.set(part, this.#length);
    this.#length += part.length;
    this.#input = this.#input.subarray(part.length);
    return this.#length === length;
  }
}
