import { equal, NO_BYTES } from "../bytes.ts";
import type {
  CbcKey,
  HashAlgorithm,
  RandomSource,
} from "../crypto/provider.ts";
import { ProtocolVersion } from "../wire/code-points.ts";
import { removePaddingAndMac, writePadding } from "./cbc-padding.ts";
import { HmacKey } from "./hmac-key.ts";
import {
  allocateZeros,
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

/** seq_num, type, version and length: RFC 5246 6.2.3.1. */
const PREFIX_LENGTH = 13;
/** As long as keeps what follows at a multiple of eight bytes. */
const PREFIX_ROOM = 16;

/** Keys of one direction: see RFC 5246 6.2.3.2 and RFC 7366. */
export interface Cbc12Keys {
  readonly cipher: CbcKey;
  /** Bytes of a block and of the IV. */
  readonly blockLength: number;
  readonly hash: HashAlgorithm;
  readonly macKey: Uint8Array;
  readonly encryptThenMac: boolean;
  /** For the IV of each record. */
  readonly random: RandomSource;
}

/** TLSCompressed to GenericBlockCipher. */
export class Cbc12Sealer implements RecordSealer {
  readonly innerOverhead = 0;
  readonly allocate = allocateZeros;
  /** TLS 1.2 has no other key to go on with. */
  readonly limit = Number.MAX_SAFE_INTEGER;
  readonly #keys: Cbc12Keys;
  readonly #mac: HmacKey;
  readonly #number: SequenceNumber;

  constructor(
    keys: Cbc12Keys,
    number = new SequenceNumber(),
    mac = new HmacKey(keys.hash, keys.macKey),
  ) {
    this.#keys = keys;
    this.#mac = mac;
    this.#number = number;
  }

  get count(): number {
    return this.#number.count;
  }

  fragmentLength(contentLength: number): number {
    const { blockLength, encryptThenMac } = this.#keys;
    const behind = encryptThenMac ? this.#mac.length : 0;
    return blockLength + this.#encryptedLength(contentLength) + behind;
  }

  seal(
    type: number,
    content: Uint8Array,
    _padding: number,
    record: Uint8Array,
  ): void {
    const { cipher, blockLength, encryptThenMac, random } = this.#keys;
    writeHeader(record, type, ProtocolVersion["TLSv1.2"]);
    const at = HEADER_LENGTH + blockLength;
    const end = at + this.#encryptedLength(content.length);
    const iv = record.subarray(HEADER_LENGTH, at);
    // [5246-6.2.3.2-01]
    // RFC 5246 6.2.3.2: "The Initialization Vector (IV) SHOULD be chosen at
    // random, and MUST be unpredictable."
    iv.set(random(blockLength));
    const block = record.subarray(at, end);
    block.set(content);
    if (encryptThenMac) writePadding(block, content.length);
    else {
      const { length } = content;
      block.set(this.#macOf(type, length, content), length);
      writePadding(block, length + this.#mac.length);
    }
    cipher.encrypt(iv, block, block);
    if (encryptThenMac) {
      const covered = record.subarray(HEADER_LENGTH, end);
      record.set(this.#macOf(type, covered.length, covered), end);
    }
    this.#number.advance();
  }

  clone(): Cbc12Sealer {
    return new Cbc12Sealer(this.#keys, this.#number.clone(), this.#mac);
  }

  /** With one byte that says how much padding there is. */
  #encryptedLength(contentLength: number): number {
    const { blockLength, encryptThenMac } = this.#keys;
    const inside = contentLength + (encryptThenMac ? 0 : this.#mac.length);
    // [5246-6.2.3.2-05]
    return Math.ceil((inside + 1) / blockLength) * blockLength;
  }

  #macOf(type: number, length: number, covered: Uint8Array): Uint8Array {
    return this.#mac.mac(prefix(this.#number, type, length), covered);
  }
}

/** GenericBlockCipher to TLSCompressed. */
export class Cbc12Opener implements RecordOpener {
  readonly #keys: Cbc12Keys;
  readonly #mac: HmacKey;
  readonly #number: SequenceNumber;

  constructor(
    keys: Cbc12Keys,
    number = new SequenceNumber(),
    mac = new HmacKey(keys.hash, keys.macKey),
  ) {
    this.#keys = keys;
    this.#mac = mac;
    this.#number = number;
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
    // [5246-7.2.2-07]
    const content = this.#keys.encryptThenMac
      ? this.#checkThenDecrypt(record)
      : this.#decryptThenCheck(record);
    if (content === undefined) return undefined;
    this.#number.advance();
    checkLength(content.length, limit);
    return { type: record.type, content };
  }

  clone(): Cbc12Opener {
    return new Cbc12Opener(this.#keys, this.#number.clone(), this.#mac);
  }

  /** RFC 7366 3: the MAC is over the IV and the ciphertext. */
  #checkThenDecrypt({ type, fragment }: RawRecord): Uint8Array | undefined {
    const end = fragment.length - this.#mac.length;
    if (!this.#isWhole(end, 1)) return undefined;
    const covered = fragment.subarray(0, end);
    const wanted = this.#mac.mac(prefix(this.#number, type, end), covered);
    if (!equal(fragment.subarray(end), wanted)) return undefined;
    const room = new Uint8Array(covered.length);
    return removePaddingAndMac(this.#decrypt(covered, room), 0, () => NO_BYTES);
  }

  /** RFC 5246 6.2.3.2: as much work and the same alert whatever is wrong. */
  #decryptThenCheck({ type, fragment }: RawRecord): Uint8Array | undefined {
    const macLength = this.#mac.length;
    if (!this.#isWhole(fragment.length, macLength + 1)) return undefined;
    // Room for the prefix, so that a short content is no call less to hash.
    const room = new Uint8Array(PREFIX_ROOM + fragment.length);
    const block = this.#decrypt(fragment, room.subarray(PREFIX_ROOM));
    return removePaddingAndMac(block, macLength, (content, most) => {
      const { length } = content;
      const begin = PREFIX_ROOM - PREFIX_LENGTH;
      room.set(prefix(this.#number, type, length), begin);
      const covered = room.subarray(begin, PREFIX_ROOM + length);
      return this.#mac.macEvenly(covered, PREFIX_LENGTH + most);
    });
  }

  /** An IV and blocks, that many bytes of them at least. */
  #isWhole(length: number, least: number): boolean {
    const { blockLength } = this.#keys;
    return length % blockLength === 0 && length - blockLength >= least;
  }

  /** The block at the beginning of `room`. */
  #decrypt(fragment: Uint8Array, room: Uint8Array): Uint8Array {
    const { cipher, blockLength } = this.#keys;
    const block = room.subarray(0, fragment.length - blockLength);
    const iv = fragment.subarray(0, blockLength);
    cipher.decrypt(iv, fragment.subarray(blockLength), block);
    return block;
  }
}
