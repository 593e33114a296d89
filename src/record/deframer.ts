import { type Bytes, concat, latin1, NO_BYTES } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { HEADER_LENGTH, type RawRecord } from "./protection.ts";

/** Bytes of a record that must have come before memory is taken for all of it. */
const ENOUGH = 1024;

/** Limits on the length of records. */
export interface FragmentLimits {
  /** The most bytes that the fragment of a record of that type may have. */
  maxFragment(type: number): number;
}

/**
 * Cuts a byte stream into records (RFC 9846 5.1). Whole records are handed out
 * as views on the caller's bytes; only what is incomplete gets copied.
 */
export class Deframer {
  /** Bytes not yet looked at: the caller's own until {@link settle}. */
  #input: Uint8Array = NO_BYTES;
  /** The memory of `#input` once it is ours; it has space to grow. */
  #store: Uint8Array = NO_BYTES;
  /** The record under way: its header, then header and fragment. */
  #held: Uint8Array = NO_BYTES;
  /** The memory of `#held`: a buffer that is used again while data flows. */
  #room: Uint8Array = NO_BYTES;
  #heldLength = 0;
  #first = true;

  /** Bytes that wait, in the record under way and behind it. */
  get buffered(): number {
    return this.#heldLength + this.#input.length;
  }

  /** Takes bytes in. They must not change before {@link settle}. */
  push(data: Uint8Array): void {
    if (this.#input.length === 0) {
      this.#input = data;
      return;
    }
    const length = this.#input.length;
    const start = this.#input.byteOffset - this.#store.byteOffset;
    const fits = start + length + data.length <= this.#store.length;
    if (this.#isOurs && fits) {
      this.#store.set(data, start + length);
      this.#input = this.#store.subarray(start, start + length + data.length);
      return;
    }
    // Twice the room: many small arrays cost no more than one large one.
    this.#store = new Uint8Array(2 * (length + data.length));
    this.#store.set(this.#input);
    this.#store.set(data, length);
    this.#input = this.#store.subarray(0, length + data.length);
  }

  /**
   * The next whole record, a view that is good until the next call.
   *
   * @throws TlsError for a header that no TLS peer writes
   */
  next(limits: FragmentLimits): RawRecord | undefined {
    if (this.#heldLength > 0) return this.#nextHeld(limits);
    if (this.#input.length < HEADER_LENGTH) {
      this.#hold(HEADER_LENGTH);
      return undefined;
    }
    const length = this.#checkHeader(this.#input, limits);
    if (this.#input.length < length) {
      this.#hold(length);
      return undefined;
    }
    return rawRecord(this.#take(length));
  }

  /** Lets go of the caller's bytes: copies what is still unread. */
  settle(): void {
    if (this.#heldLength === 0) this.#held = this.#room = NO_BYTES;
    if (this.#input.length === 0) this.#store = NO_BYTES;
    else if (!this.#isOurs) this.#input = this.#store = this.#input.slice();
  }

  /** Takes all that waits, as bytes of their own. */
  takeBuffered(): Bytes {
    const bytes = concat(this.#held.subarray(0, this.#heldLength), this.#input);
    this.#held = this.#room = this.#input = NO_BYTES;
    this.#heldLength = 0;
    return bytes;
  }

  clone(): Deframer {
    const copy = new Deframer();
    copy.#input = this.#input.slice();
    copy.#held = copy.#room = this.#held.slice();
    copy.#heldLength = this.#heldLength;
    copy.#first = this.#first;
    return copy;
  }

  get #isOurs(): boolean {
    return this.#input.buffer === this.#store.buffer;
  }

  #nextHeld(limits: FragmentLimits): RawRecord | undefined {
    if (this.#heldLength < HEADER_LENGTH && !this.#fill(HEADER_LENGTH))
      return undefined;
    const length = this.#checkHeader(this.#held, limits);
    if (this.#held.length < length) this.#reserve(length);
    if (!this.#fill(length)) return undefined;
    this.#heldLength = 0;
    return rawRecord(this.#held);
  }

  #hold(length: number): undefined {
    if (this.#input.length === 0) return;
    this.#reserve(length);
    this.#fill(length);
  }

  /**
   * Makes room for what came of a record of that length; keeps what is held of
   * it. A header alone gets no memory for the record that it announces.
   */
  #reserve(length: number): void {
    const came = this.#heldLength + this.#input.length;
    if (this.#room.length < Math.min(length, came)) {
      const size = came < ENOUGH ? Math.min(length, came + ENOUGH) : length;
      this.#room = aligned(this.#held.subarray(0, this.#heldLength), size);
    }
    this.#held = this.#room.subarray(0, length);
  }

  /** Moves input to the record under way; says whether it is that long now. */
  #fill(length: number): boolean {
    const end = Math.min(length, this.#held.length);
    const part = this.#take(end - this.#heldLength);
    this.#held.set(part, this.#heldLength);
    this.#heldLength += part.length;
    return this.#heldLength === length;
  }

  #take(length: number): Uint8Array {
    const part = this.#input.subarray(0, length);
    this.#input =
      part.length === this.#input.length
        ? NO_BYTES
        : this.#input.subarray(part.length);
    return part;
  }

  /** The record's whole length, header included. */
  #checkHeader(bytes: Uint8Array, limits: FragmentLimits): number {
    // [5246-E.1-05] [9846-5.1-14] [9846-E-01] [9846-E.2-04]
    const [type = 0, major = 0, , high = 0, low = 0] = bytes;
    // [9846-E.5-06] [9846-E.5-07] [9846-E.5-11]
    // RFC 9846 5.1: legacy_record_version is to be ignored. Its first byte is
    // looked at all the same, as every stack does, to know what is no TLS.
    if (major !== 3)
      throw notTls(bytes.subarray(0, HEADER_LENGTH), this.#first);
    // [5246-6-02] [9846-5-05b]
    // RFC 9846 5: an unexpected record type is an unexpected_message.
    if (type < 20 || type > 24)
      throw new TlsError(reason.unexpected_record_type, {
        detail: `type ${type}`,
      });
    this.#first = false;
    const length = (high << 8) | low;
    // [9846-5.1-16]
    if (length > limits.maxFragment(type))
      throw new TlsError(reason.record_overflow, { detail: `${length} bytes` });
    return HEADER_LENGTH + length;
  }
}

function rawRecord(bytes: Uint8Array): RawRecord {
  return {
    type: bytes[0] ?? 0,
    header: bytes.subarray(0, HEADER_LENGTH),
    fragment: bytes.subarray(HEADER_LENGTH),
  };
}

/** Room whose fragment begins at a multiple of eight: ciphers like that. */
function aligned(start: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(3 + length).subarray(3);
  bytes.set(start);
  return bytes;
}

function notTls(start: Uint8Array, first: boolean): TlsError {
  const text = latin1(start);
  if (first && /^(GET |POST |HEAD |PUT )/.test(text))
    return new TlsError(reason.http_request);
  if (first && text === "CONNE")
    return new TlsError(reason.https_proxy_request);
  if (first && text === "HTTP/") return new TlsError(reason.http_response);
  return new TlsError(reason.wrong_version_number);
}
