/** Interface of a cipher for the record halves, whatever the version. */

import type { AeadKey } from "../crypto/provider.ts";

/** ContentType, ProtocolVersion and length, RFC 9846 5.1. */
export const HEADER_LENGTH = 5;

/** RFC 5246 6.2.1, RFC 9846 5.1: the most content of one record. */
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
   * Tells whether a record of that type comes without protection though there
   * is a key. `opened` says whether a record was opened under any key.
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
  /** Records after which the key is worn out (RFC 9846 5.5). */
  readonly limit: number;
  /** Bytes beside the content that count towards a record size limit. */
  readonly innerOverhead: number;
  /** Makes arrays for what is sealed. */
  readonly allocate: Allocate;
  /**
   * Returns the length of the fragment of a record with so much content.
   * `padding` is a number of zero bytes; TLS 1.2 has none of that kind.
   */
  fragmentLength(contentLength: number, padding: number): number;
  /**
   * Writes a whole record over `record`, which is as long as the header and
   * that fragment. It need not be aligned, and is no part of `content`.
   */
  seal(
    type: number,
    content: Uint8Array,
    padding: number,
    record: Uint8Array,
  ): void;
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

/** A record in clear, by itself; its fragment is to be written. */
export function newRecord(
  type: number,
  version: number,
  length: number,
): Uint8Array {
  const record = alignedRoom(HEADER_LENGTH + length, allocateZeros);
  writeHeader(record, type, version);
  return record;
}

/** A sealed record by itself. */
export function sealedRecord(
  sealer: RecordSealer,
  type: number,
  content: Uint8Array,
  padding = 0,
): Uint8Array {
  const length = sealer.fragmentLength(content.length, padding);
  const record = alignedRoom(HEADER_LENGTH + length, sealer.allocate);
  sealer.seal(type, content, padding, record);
  return record;
}

/** Room whose first fragment begins at a multiple of eight bytes. */
export function alignedRoom(length: number, allocate: Allocate): Uint8Array {
  const room = allocate(ALIGNMENT + length);
  room.fill(0, 0, ALIGNMENT);
  return room.subarray(ALIGNMENT);
}

/** The same in a room that is there, undefined where it is too small. */
export function alignedPart(
  room: Uint8Array,
  length: number,
): Uint8Array | undefined {
  const fragment = room.byteOffset + HEADER_LENGTH;
  const start = (8 - (fragment % 8)) % 8;
  const end = start + length;
  return end > room.length ? undefined : room.subarray(start, end);
}

/** With the header, eight bytes. */
const ALIGNMENT = 3;

/** The header of a record that is as long as `record`. */
export function writeHeader(
  record: Uint8Array,
  type: number,
  version: number,
): void {
  const length = record.length - HEADER_LENGTH;
  record[0] = type;
  record[1] = version >> 8;
  record[2] = version;
  record[3] = length >> 8;
  record[4] = length;
}
