/** What the record halves ask of a cipher, whatever the version. */

import type { AeadKey } from "../crypto/provider.ts";

/** ContentType, ProtocolVersion and length, RFC 8446 5.1. */
export const HEADER_LENGTH = 5;

/** RFC 5246 6.2.1, RFC 8446 5.1: the most content of one record. */
export const MAX_PLAINTEXT = 2 ** 14;

/** A record as it came: views, good until the next record is read. */
export interface RawRecord {
  readonly type: number;
  readonly header: Uint8Array;
  readonly fragment: Uint8Array;
}

/** A record without its protection. `content` is owned by who receives it. */
export interface PlainRecord {
  readonly type: number;
  readonly content: Uint8Array;
}

/** Removes the protection of one direction under one key. */
export interface RecordOpener {
  /** Records opened under this key. */
  readonly count: number;
  /** The most bytes that the fragment of a record of that type may have. */
  maxFragment(type: number): number;
  /**
   * Whether a record of that type comes without protection though there is a
   * key. `opened` says whether a record was opened under any key.
   */
  leavesClear(type: number, opened: boolean): boolean;
  /**
   * The record's content, or undefined when it does not decrypt; the sequence
   * number moves only when it does. `limit` counts what is protected: the
   * content, and in TLS 1.3 its type and padding too (RFC 8449 4).
   *
   * @throws TlsError for a record that decrypts to something not allowed
   */
  open(record: RawRecord, limit: number): PlainRecord | undefined;
  clone(): RecordOpener;
}

/** Protects the records of one direction under one key. */
export interface RecordSealer {
  /** Records sealed under this key. */
  readonly count: number;
  /** Records after which the key is worn out (RFC 8446 5.5). */
  readonly limit: number;
  /** Bytes beside the content that count towards a record size limit. */
  readonly innerOverhead: number;
  /** Makes arrays for what is sealed. */
  readonly allocate: Allocate;
  /**
   * A whole new record, header included, which belongs to the caller.
   * `padding` is a number of zero bytes; TLS 1.2 has none of that kind.
   */
  seal(type: number, content: Uint8Array, padding: number): Uint8Array;
  clone(): RecordSealer;
}

/** A new array whose content is of no meaning: all of it is to be written. */
export type Allocate = (length: number) => Uint8Array;

/** An {@link Allocate} for where there is no quicker one. */
export const allocateZeros: Allocate = (length) => new Uint8Array(length);

/** The quickest that a key has to offer. */
export function allocatorOf(key: AeadKey): Allocate {
  return key.allocate === undefined
    ? allocateZeros
    : (length) => key.allocate?.(length) ?? allocateZeros(length);
}

/** Room for a record whose fragment begins at a multiple of eight bytes. */
export function newRecord(
  type: number,
  version: number,
  length: number,
  allocate: Allocate = allocateZeros,
): Uint8Array {
  const room = allocate(ALIGNMENT + HEADER_LENGTH + length);
  room.fill(0, 0, ALIGNMENT);
  const record = room.subarray(ALIGNMENT);
  record[0] = type;
  record[1] = version >> 8;
  record[2] = version;
  record[3] = length >> 8;
  record[4] = length;
  return record;
}

/** With the header, eight bytes. */
const ALIGNMENT = 3;
