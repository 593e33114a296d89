import { concat } from "../bytes.ts";
import type { AeadKey } from "../crypto/provider.ts";
import { ProtocolVersion } from "../wire/code-points.ts";
import {
  type Allocate,
  allocatorOf,
  HEADER_LENGTH,
  type PlainRecord,
  type RawRecord,
  type RecordOpener,
  type RecordSealer,
  writeHeader,
} from "./protection.ts";
import { SequenceNumber } from "./sequence-number.ts";
import {
  checkLength,
  checkVersion,
  MAX_CIPHERTEXT12,
  prefix,
} from "./tls12.ts";

/** Keys of one direction: see RFC 5246 6.2.3.3. */
export interface Aead12Keys {
  readonly aead: AeadKey;
  readonly tagLength: number;
  /** The nonce without its explicit part: copied. */
  readonly iv: Uint8Array;
  /**
   * Bytes of the nonce that stand in each record: 8 in RFC 5288 3 and RFC 6655
   * 3, none in RFC 7905 2.
   */
  readonly explicitNonceLength: 0 | 8;
}

/**
 * The nonce as a whole. The explicit part that we write is the sequence number
 * (RFC 5288 3), and RFC 7905 2 XORs that number with the IV: with zeros where
 * the explicit part goes both are the same.
 */
function nonceMask({ iv, explicitNonceLength }: Aead12Keys): Uint8Array {
  return concat(iv, new Uint8Array(explicitNonceLength));
}

/** TLSCompressed to GenericAEADCipher. */
export class Aead12Sealer implements RecordSealer {
  readonly innerOverhead = 0;
  /** TLS 1.2 has no other key to go on with. */
  readonly limit = Number.MAX_SAFE_INTEGER;
  readonly allocate: Allocate;
  readonly #keys: Aead12Keys;
  readonly #number: SequenceNumber;
  readonly #mask: Uint8Array;

  constructor(keys: Aead12Keys, number = new SequenceNumber()) {
    this.allocate = allocatorOf(keys.aead);
    this.#keys = keys;
    this.#number = number;
    this.#mask = nonceMask(keys);
  }

  get count(): number {
    return this.#number.count;
  }

  fragmentLength(contentLength: number): number {
    const { tagLength, explicitNonceLength } = this.#keys;
    return explicitNonceLength + contentLength + tagLength;
  }

  seal(
    type: number,
    content: Uint8Array,
    _padding: number,
    record: Uint8Array,
  ): void {
    const { aead, explicitNonceLength } = this.#keys;
    // [9846-E-03]
    writeHeader(record, type, ProtocolVersion["TLSv1.2"]);
    const nonce = this.#mask.slice();
    this.#number.write(nonce, this.#mask);
    record.set(
      nonce.subarray(nonce.length - explicitNonceLength),
      HEADER_LENGTH,
    );
    aead.seal(
      nonce,
      prefix(this.#number, type, content.length),
      content,
      record.subarray(HEADER_LENGTH + explicitNonceLength),
    );
    this.#number.advance();
  }

  clone(): Aead12Sealer {
    return new Aead12Sealer(this.#keys, this.#number.clone());
  }
}

/** GenericAEADCipher to TLSCompressed. */
export class Aead12Opener implements RecordOpener {
  readonly #keys: Aead12Keys;
  readonly #number: SequenceNumber;
  readonly #mask: Uint8Array;

  constructor(keys: Aead12Keys, number = new SequenceNumber()) {
    this.#keys = keys;
    this.#number = number;
    this.#mask = nonceMask(keys);
  }

  get count(): number {
    return this.#number.count;
  }

  maxFragment(): number {
    return MAX_CIPHERTEXT12;
  }

  leavesClear(): boolean {
    return false;
  }

  open(record: RawRecord, limit: number): PlainRecord | undefined {
    checkVersion(record);
    const { aead, tagLength, explicitNonceLength } = this.#keys;
    const { type, fragment } = record;
    const length = fragment.length - explicitNonceLength - tagLength;
    if (length < 0) return undefined;
    const nonce = this.#mask.slice();
    this.#number.write(nonce, this.#mask);
    // RFC 5288 3: the peer may have chosen something else than the number.
    nonce.set(
      fragment.subarray(0, explicitNonceLength),
      nonce.length - explicitNonceLength,
    );
    const content = aead.open(
      nonce,
      prefix(this.#number, type, length),
      fragment.subarray(explicitNonceLength),
    );
    if (content === undefined) return undefined;
    this.#number.advance();
    checkLength(length, limit);
    return { type, content };
  }

  clone(): Aead12Opener {
    return new Aead12Opener(this.#keys, this.#number.clone());
  }
}
