import { NO_BYTES } from "../bytes.ts";
import type { AeadKey } from "../crypto/provider.ts";
import { TlsError } from "../errors.ts";
import { ContentType, ProtocolVersion } from "../wire/code-points.ts";
import {
  HEADER_LENGTH,
  newRecord,
  type PlainRecord,
  type RawRecord,
  type RecordOpener,
  type RecordSealer,
} from "./protection.ts";

/** What protects one direction: see RFC 8446 5.2, 5.3, 7.3. */
export interface Aead13Keys {
  readonly aead: AeadKey;
  readonly tagLength: number;
  /** The write_iv: copied. */
  readonly iv: Uint8Array;
  /** Records to seal before the key is worn out (RFC 8446 5.5). */
  readonly recordsPerKey: number;
}

/** RFC 8446 5.3: the sequence number, padded and XORed with the write_iv. */
class NonceSequence {
  readonly #iv: Uint8Array;
  readonly #nonce: Uint8Array;
  #next: number;

  constructor(iv: Uint8Array, next = 0) {
    this.#iv = iv.slice();
    this.#nonce = iv.slice();
    this.#next = next;
  }

  get count(): number {
    return this.#next;
  }

  /** The nonce of the record at hand; overwritten by the next call. */
  current(): Uint8Array {
    if (this.#next >= Number.MAX_SAFE_INTEGER)
      throw new TlsError("sequence_number_overflow");
    const end = this.#nonce.length;
    let left = this.#next;
    for (let i = end - 1; i >= end - 8; i--) {
      this.#nonce[i] = (this.#iv[i] ?? 0) ^ (left & 0xff);
      left = left > 0xff ? Math.floor(left / 256) : 0;
    }
    return this.#nonce;
  }

  advance(): void {
    this.#next++;
  }

  clone(): NonceSequence {
    return new NonceSequence(this.#iv, this.#next);
  }
}

/** TLSInnerPlaintext to TLSCiphertext, RFC 8446 5.2 and 5.4. */
export class Aead13Sealer implements RecordSealer {
  readonly #keys: Aead13Keys;
  readonly #nonces: NonceSequence;

  constructor(keys: Aead13Keys, nonces = new NonceSequence(keys.iv)) {
    this.#keys = keys;
    this.#nonces = nonces;
  }

  get count(): number {
    return this.#nonces.count;
  }

  get limit(): number {
    return this.#keys.recordsPerKey;
  }

  seal(type: number, content: Uint8Array, padding: number): Uint8Array {
    const inner = content.length + 1 + padding;
    const record = newRecord(
      ContentType.application_data,
      ProtocolVersion["TLSv1.2"],
      inner + this.#keys.tagLength,
    );
    record.set(content, HEADER_LENGTH);
    record[HEADER_LENGTH + content.length] = type;
    this.#keys.aead.seal(
      this.#nonces.current(),
      record.subarray(0, HEADER_LENGTH),
      record.subarray(HEADER_LENGTH, HEADER_LENGTH + inner),
      record.subarray(HEADER_LENGTH),
    );
    this.#nonces.advance();
    return record;
  }

  clone(): Aead13Sealer {
    return new Aead13Sealer(this.#keys, this.#nonces.clone());
  }
}

/** TLSCiphertext to TLSInnerPlaintext, RFC 8446 5.2 and 5.4. */
export class Aead13Opener implements RecordOpener {
  readonly #keys: Aead13Keys;
  readonly #nonces: NonceSequence;

  constructor(keys: Aead13Keys, nonces = new NonceSequence(keys.iv)) {
    this.#keys = keys;
    this.#nonces = nonces;
  }

  get count(): number {
    return this.#nonces.count;
  }

  open(record: RawRecord, limit: number): PlainRecord | undefined {
    const length = record.fragment.length - this.#keys.tagLength;
    if (length < 0) return undefined;
    const inner = new Uint8Array(length);
    const opened = this.#keys.aead.open(
      this.#nonces.current(),
      record.header,
      record.fragment,
      inner,
    );
    if (!opened) return undefined;
    this.#nonces.advance();
    // RFC 8446 5.4 and 8449 4: the limit covers type and padding too.
    if (length > limit)
      throw new TlsError("record_overflow", { detail: `${length} bytes` });
    return unpad(inner);
  }

  clone(): Aead13Opener {
    return new Aead13Opener(this.#keys, this.#nonces.clone());
  }
}

function unpad(inner: Uint8Array): PlainRecord {
  let end = inner.length;
  while (end > 0 && inner[end - 1] === 0) end--;
  // RFC 8446 5.4: "If a receiving implementation does not find a non-zero
  // octet in the cleartext, it MUST terminate the connection with an
  // "unexpected_message" alert."
  if (end === 0) throw new TlsError("record_without_content_type");
  return {
    type: inner[end - 1] ?? 0,
    content: end === 1 ? NO_BYTES : inner.subarray(0, end - 1),
  };
}
