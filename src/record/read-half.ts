import type { Bytes } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import {
  type ChangeCipherSpecPolicy,
  ContentType,
  ProtocolVersion,
} from "../wire/code-points.ts";
import { MAX_CIPHERTEXT13 } from "./aead13.ts";
import { MessageObserver } from "./message-observer.ts";
import { Deframer, type FragmentLimits } from "./deframer.ts";
import {
  HEADER_LENGTH,
  MAX_PLAINTEXT,
  type PlainRecord,
  type RawRecord,
  type RecordOpener,
} from "./protection.ts";

/** RFC 9846 5.4: 2^14 bytes of content and the type. */
const MAX_INNER_PLAINTEXT = MAX_PLAINTEXT + 1;

/** Limits on the records of a peer that make no progress. */
export interface IdleRecordLimits {
  /** Records without content in a row. */
  readonly emptyRecords: number;
  readonly changeCipherSpecs: number;
}

/**
 * Counts the unreadable records that are early data which this server refused.
 */
interface EarlyDataSkip {
  /** Bytes of data that the client was allowed to send. */
  allowed: number;
  /** Bytes of whole records beyond it, those without content among them. */
  left: number;
}

/** RFC 9846 5.2: the content type and the tag. Shorter tags have more content. */
const SEAL_OVERHEAD = 1 + 16;

/** The reading side of the record layer: bytes in, records out. */
export class ReadHalf implements FragmentLimits {
  readonly #idleLimits: IdleRecordLimits;
  readonly #observer: MessageObserver;
  #deframer = new Deframer();
  #opener: RecordOpener | undefined;
  /** True when a record was opened under any key. */
  #opened = false;
  #limit = MAX_INNER_PLAINTEXT;
  #clearLimit = MAX_PLAINTEXT;
  #emptyRecords = 0;
  /** True while data may come: empty records of it are dropped. */
  dropsEmptyData = true;
  #changeCipherSpecs = 0;
  #skip: EarlyDataSkip | undefined;
  // [9846-5-03]
  changeCipherSpec: ChangeCipherSpecPolicy = "forbidden";

  constructor(limits: IdleRecordLimits, observer = new MessageObserver()) {
    this.#idleLimits = limits;
    this.#observer = observer;
  }

  /** Bytes received that make no whole record yet or were not asked for. */
  get buffered(): number {
    return this.#deframer.buffered;
  }

  /** Records read under the present key. */
  get recordsUnderKey(): number {
    return this.#opener?.count ?? 0;
  }

  /** Drops the key, when nothing more is read. */
  forget(): void {
    this.#opener = undefined;
  }

  /** Takes bytes in. They must not change before {@link settle}. */
  push(data: Uint8Array): void {
    this.#deframer.push(data);
  }

  /** Lets go of the caller's bytes. */
  settle(): void {
    this.#deframer.settle();
  }

  /** Takes what was not read, as bytes. */
  takeBuffered(): Bytes {
    return this.#deframer.takeBuffered();
  }

  /** From the next record on, all is protected by that key. */
  setOpener(opener: RecordOpener): void {
    this.#opener = opener;
  }

  /** The record size limit (RFC 8449) that this side announced. */
  setLimit(bytes: number): void {
    this.#limit = Math.min(bytes, MAX_INNER_PLAINTEXT);
  }

  /** The same for records without protection (RFC 6066 4). */
  setClearLimit(bytes: number): void {
    this.#clearLimit = Math.min(bytes, MAX_PLAINTEXT);
  }

  /**
   * RFC 9846 4.3.10: a server that refused early data skips what it cannot
   * read, as much data as was allowed and so many bytes of records beyond it.
   */
  skipEarlyData(allowed: number, beyond: number): void {
    this.#skip = { allowed, left: beyond };
  }

  /**
   * The next record with content for the layers above.
   *
   * @throws TlsError
   */
  next(): PlainRecord | undefined {
    for (;;) {
      const raw = this.#deframer.next(this);
      if (raw === undefined) return undefined;
      const isObserved = this.#observer.callback !== undefined;
      if (isObserved) this.#observer.header("read", raw.header);
      const opener = this.#opener;
      const record =
        opener === undefined || opener.leavesClear(raw.type, this.#opened)
          ? this.#plain(raw)
          : this.#open(raw, opener);
      if (record === undefined) continue;
      if (record.type === ContentType.change_cipher_spec)
        this.#checkChangeCipherSpec(record.content);
      if (isObserved) this.#observe(raw, record);
      if (!this.#dropsIdle(record)) return record;
    }
  }

  /** See {@link FragmentLimits}. */
  maxFragment(type: number): number {
    if (this.#opener !== undefined) return this.#opener.maxFragment(type);
    // What a server skips is the encrypted early data of TLS 1.3.
    return this.#skip !== undefined && type === ContentType.application_data
      ? MAX_CIPHERTEXT13
      : this.#clearLimit;
  }

  clone(observer: MessageObserver): ReadHalf {
    const copy = new ReadHalf(this.#idleLimits, observer);
    copy.#deframer = this.#deframer.clone();
    copy.#opener = this.#opener?.clone();
    copy.#opened = this.#opened;
    copy.#limit = this.#limit;
    copy.#clearLimit = this.#clearLimit;
    copy.#emptyRecords = this.#emptyRecords;
    copy.#changeCipherSpecs = this.#changeCipherSpecs;
    copy.#skip = this.#skip && { ...this.#skip };
    copy.changeCipherSpec = this.changeCipherSpec;
    copy.dropsEmptyData = this.dropsEmptyData;
    return copy;
  }

  /** Handshake messages are reported whole, by {@link HandshakeJoiner}. */
  #observe(raw: RawRecord, { type, content }: PlainRecord): void {
    const isSealed = raw.type === ContentType.application_data;
    if (isSealed && this.#observer.version === ProtocolVersion["TLSv1.3"])
      this.#observer.innerType("read", type);
    if (type !== ContentType.handshake)
      this.#observer.content("read", type, content);
  }

  #plain(raw: RawRecord): PlainRecord | undefined {
    if (raw.type === ContentType.application_data && this.#skip) {
      this.#skipRecord(this.#skip, raw);
      return undefined;
    }
    if (raw.type === ContentType.handshake) this.#skip = undefined;
    return { type: raw.type, content: raw.fragment.slice() };
  }

  #open(raw: RawRecord, opener: RecordOpener): PlainRecord | undefined {
    const record = opener.open(raw, this.#limit);
    if (record === undefined) {
      // [5246-6.2.3.3-04] [9846-4.3.10-11] [9846-4.3.10-12] [9846-5.2-03]
      if (this.#skip === undefined) throw new TlsError(reason.bad_record_mac);
      this.#skipRecord(this.#skip, raw);
      return undefined;
    }
    this.#opened = true;
    this.#skip = undefined;
    return record;
  }

  /**
   * Drops what the layers above need not see; counted, for it costs work too.
   */
  #dropsIdle({ type, content }: PlainRecord): boolean {
    // [9846-5-01]
    if (type === ContentType.change_cipher_spec)
      return this.changeCipherSpec === "dropped";
    if (type !== ContentType.application_data || content.length > 0) {
      // RFC 5246 6.2.1, RFC 9846 5.4: data alone may be empty.
      if (content.length === 0) checkMayBeEmpty(type);
      // Between empty records an alert is no progress either.
      if (type !== ContentType.alert) this.#emptyRecords = 0;
      return false;
    }
    if (++this.#emptyRecords > this.#idleLimits.emptyRecords)
      throw new TlsError(reason.too_many_empty_records);
    // Until then the layer above has to say that data is out of place.
    return this.dropsEmptyData && this.#opener !== undefined;
  }

  // [9846-4.3.10-05b] [9846-4.3.10-10b]
  #skipRecord(skip: EarlyDataSkip, raw: RawRecord): void {
    const content = raw.fragment.length - SEAL_OVERHEAD;
    if (content > 0 && content <= skip.allowed) {
      skip.allowed -= content;
      return;
    }
    // A record without content counts too: its header is to be read.
    skip.left -= HEADER_LENGTH + raw.fragment.length;
    if (skip.left < 0) throw new TlsError(reason.too_much_early_data);
  }

  #checkChangeCipherSpec(content: Uint8Array): void {
    // RFC 5246 7.1: the single byte 0x01. RFC 9846 5: and only before the
    // peer's Finished.
    if (
      this.changeCipherSpec === "forbidden" ||
      content.length !== 1 ||
      content[0] !== 1
    )
      // [9846-5-02]
      throw new TlsError(reason.unexpected_change_cipher_spec);
    if (++this.#changeCipherSpecs > this.#idleLimits.changeCipherSpecs)
      throw new TlsError(reason.too_many_change_cipher_specs);
  }
}

// [9846-5.4-03]
function checkMayBeEmpty(type: number): void {
  if (type === ContentType.handshake)
    throw new TlsError(reason.empty_handshake_record);
  if (type === ContentType.alert) throw new TlsError(reason.empty_alert_record);
}
