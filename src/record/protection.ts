/** What the record halves ask of a cipher, whatever the version. */

/** ContentType, ProtocolVersion and length, RFC 8446 5.1. */
export const HEADER_LENGTH = 5;

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
  /**
   * The record's content, or undefined when it does not decrypt; the sequence
   * number moves only when it does.
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
  /**
   * A whole new record, header included, which belongs to the caller.
   * `padding` is a number of zero bytes.
   */
  seal(type: number, content: Uint8Array, padding: number): Uint8Array;
  clone(): RecordSealer;
}

/** Room for a record whose fragment begins at a multiple of eight bytes. */
export function newRecord(
  type: number,
  version: number,
  length: number,
): Uint8Array {
  const record = new Uint8Array(3 + HEADER_LENGTH + length).subarray(3);
  record[0] = type;
  record[1] = version >> 8;
  record[2] = version;
  record[3] = length >> 8;
  record[4] = length;
  return record;
}
