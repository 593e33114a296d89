import { NO_BYTES } from "../bytes.ts";
import type { AeadKey } from "../crypto/provider.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { ContentType, ProtocolVersion } from "../wire/code-points.ts";
import {
  type Allocate,
  allocatorOf,
  HEADER_LENGTH,
  MAX_PLAINTEXT,
  type PlainRecord,
  type RawRecord,
  type RecordOpener,
  type RecordSealer,
  writeHeader,
} from "./protection.ts";
import { withScratch } from "./scratch.ts";
import { SequenceNumber } from "./sequence-number.ts";

/** RFC 9846 5.2: 2^14 bytes of plaintext and 256 of expansion. */
export const MAX_CIPHERTEXT13 = MAX_PLAINTEXT + 256;

/** Keys of one direction: see RFC 9846 5.2, 5.3, 7.3. */
export interface Aead13Keys {
  readonly aead: AeadKey;
  readonly tagLength: number;
  /** The write_iv: not to be changed after. */
  readonly iv: Uint8Array;
  /** Records to seal before the key is worn out (RFC 9846 5.5). */
  readonly recordsPerKey: number;
}

/**
 * RFC 9846 5.3: the sequence number, padded and XORed with the write_iv. Made
 * anew for each record: an idle connection need not keep one.
 */
function nonceOf(number: SequenceNumber, iv: Uint8Array): Uint8Array {
  const nonce = iv.slice();
  number.write(nonce, iv);
  return nonce;
}

/** TLSInnerPlaintext to TLSCiphertext, RFC 9846 5.2 and 5.4. */
export class Aead13Sealer implements RecordSealer {
  /** The type. */
  readonly innerOverhead = 1;
  readonly allocate: Allocate;
  readonly #keys: Aead13Keys;
  readonly #number: SequenceNumber;

  constructor(keys: Aead13Keys, number = new SequenceNumber()) {
    this.allocate = allocatorOf(keys.aead);
    this.#keys = keys;
    this.#number = number;
  }

  get count(): number {
    return this.#number.count;
  }

  get limit(): number {
    return this.#keys.recordsPerKey;
  }

  fragmentLength(contentLength: number, padding: number): number {
    return contentLength + 1 + padding + this.#keys.tagLength;
  }

  seal(
    type: number,
    content: Uint8Array,
    padding: number,
    record: Uint8Array,
  ): void {
    writeHeader(
      record,
      ContentType.application_data,
      ProtocolVersion["TLSv1.2"],
    );
    const { length } = content;
    // [9846-5.4-02]
    // RFC 9846 5.2: the content, its type and zeros, which the room is full of.
    withScratch(length + 1 + padding, (inner) => {
      inner.set(content);
      inner[length] = type;
      this.#keys.aead.seal(
        nonceOf(this.#number, this.#keys.iv),
        record.subarray(0, HEADER_LENGTH),
        inner,
        record.subarray(HEADER_LENGTH),
      );
    });
    this.#number.advance();
  }

  clone(): Aead13Sealer {
    return new Aead13Sealer(this.#keys, this.#number.clone());
  }
}

/** TLSCiphertext to TLSInnerPlaintext, RFC 9846 5.2 and 5.4. */
export class Aead13Opener implements RecordOpener {
  readonly #keys: Aead13Keys;
  readonly #number: SequenceNumber;

  constructor(keys: Aead13Keys, number = new SequenceNumber()) {
    this.#keys = keys;
    this.#number = number;
  }

  get count(): number {
    return this.#number.count;
  }

  maxFragment(type: number): number {
    // [9846-5.2-02] [9846-5.2-05]
    return type === ContentType.application_data
      ? MAX_CIPHERTEXT13
      : MAX_PLAINTEXT;
  }

  leavesClear(type: number, opened: boolean): boolean {
    // RFC 9846 5: a change_cipher_spec is never encrypted.
    if (type === ContentType.change_cipher_spec) return true;
    // A peer that failed before it had our keys can only complain in the
    // clear. Once a record was opened it has them, and whoever sends an
    // alert in the clear then wants to cut the data off.
    return type === ContentType.alert && !opened;
  }

  open(record: RawRecord, limit: number): PlainRecord | undefined {
    if (record.type !== ContentType.application_data)
      throw new TlsError(reason.unencrypted_record);
    const inner = this.#keys.aead.open(
      nonceOf(this.#number, this.#keys.iv),
      record.header,
      record.fragment,
    );
    if (inner === undefined) return undefined;
    this.#number.advance();
    const { length } = inner;
    // [9846-5.4-06]
    // RFC 9846 5.4 and 8449 4: the limit covers type and padding too.
    if (length > limit)
      throw new TlsError(reason.record_overflow, { detail: `${length} bytes` });
    return unpad(inner);
  }

  clone(): Aead13Opener {
    return new Aead13Opener(this.#keys, this.#number.clone());
  }
}

function unpad(inner: Uint8Array): PlainRecord {
  let end = inner.length;
  // [9846-5.4-04]
  while (end > 0 && inner[end - 1] === 0) end--;
  // [9846-5.4-05]
  // RFC 9846 5.4: "If a receiving implementation does not find a non-zero
  // octet in the cleartext, it MUST terminate the connection with an
  // "unexpected_message" alert."
  if (end === 0) throw new TlsError(reason.record_without_content_type);
  const type = inner[end - 1] ?? 0;
  // RFC 9846 5: a change_cipher_spec is never encrypted.
  if (type === ContentType.change_cipher_spec)
    // [9846-5-02]
    throw new TlsError(reason.unexpected_change_cipher_spec);
  return {
    type,
    content: end === 1 ? NO_BYTES : inner.subarray(0, end - 1),
  };
}
