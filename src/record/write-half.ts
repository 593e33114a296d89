import { type Bytes, concatAll, NO_BYTES, unshared } from "../bytes.ts";
import { callProgram, TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { MessageObserver } from "./message-observer.ts";
import { ContentType, ProtocolVersion } from "../wire/code-points.ts";
import {
  alignedPart,
  alignedRoom,
  type Allocate,
  HEADER_LENGTH,
  MAX_PLAINTEXT,
  newRecord,
  type RecordSealer,
} from "./protection.ts";

/**
 * Returns the number of zero bytes to add to a record with that many bytes of
 * content.
 */
export type PaddingPolicy = (contentLength: number) => number;

/** The writing side of the record layer: content in, bytes out. */
export class WriteHalf {
  readonly #observer: MessageObserver;
  #padding: PaddingPolicy | undefined;
  /** The most content that this side wants in a record. */
  #maxFragment: number;
  #sealer: RecordSealer | undefined;
  #output: Uint8Array[] = [];
  /** Messages of one flight, which share records. */
  #handshake: Uint8Array[] = [];
  #limit = MAX_PLAINTEXT + 1;
  // [9846-5.1-17] [9846-E.5-10]
  /** RFC 9846 5.1: the first ClientHello may say 0x0301, and does. */
  #version: number = ProtocolVersion["TLSv1.0"];

  constructor(
    padding?: PaddingPolicy,
    maxFragment = MAX_PLAINTEXT,
    observer = new MessageObserver(),
  ) {
    this.#observer = observer;
    this.#padding = padding;
    this.#maxFragment = maxFragment;
  }

  /** Takes the rules of another config, for the records to come. */
  setRules(padding: PaddingPolicy | undefined, maxFragment: number): void {
    this.#padding = padding;
    this.#maxFragment = maxFragment;
  }

  /** The most content that one record takes. */
  get maxContent(): number {
    // [9846-5.1-15] [9846-5.2-01]
    const overhead = this.#sealer?.innerOverhead ?? 0;
    return Math.min(this.#maxFragment, this.#limit - overhead);
  }

  /** True when the present key has sealed as many records as it may. */
  get wornOut(): boolean {
    return (
      this.#sealer !== undefined && this.#sealer.count >= this.#sealer.limit
    );
  }

  /** @throws TlsError where the present key is worn out, and none follows it */
  requireKey(): void {
    if (this.wornOut) throw new TlsError(reason.sequence_number_overflow);
  }

  /** Bytes of content that the present key may still seal. */
  get contentLeft(): number {
    if (this.#sealer === undefined) return Number.MAX_SAFE_INTEGER;
    const records = this.#sealer.limit - this.#sealer.count;
    return Math.min(records * this.maxContent, Number.MAX_SAFE_INTEGER);
  }

  /** True when there is something to take. */
  get pending(): boolean {
    return this.#output.length > 0 || this.#handshake.length > 0;
  }

  /** Puts a handshake message into the flight under way. */
  handshake(message: Uint8Array): void {
    this.#handshake.push(message);
    this.#observe(ContentType.handshake, message);
  }

  /**
   * Writes content of another type, in as many records as it needs: into
   * `room` where that can be.
   */
  write(type: number, content: Uint8Array, room?: Uint8Array): void {
    this.flushHandshake();
    this.#records(type, content, room);
    this.#observe(type, content);
  }

  /** RFC 5246 7.1, or RFC 9846 E.4's dummy: in clear either way. */
  changeCipherSpec(): void {
    this.setFinalRecordVersion();
    const type = ContentType.change_cipher_spec;
    const version = ProtocolVersion["TLSv1.2"];
    const content = Uint8Array.of(1);
    const record = this.#plainRecord(type, content, version);
    this.#output.push(record);
    this.#observeRecords(record, undefined);
    this.#observe(type, content);
  }

  // [9846-5.1-05] [9846-5.1-07]
  /** From the next record on, all is protected by that key. */
  setSealer(sealer: RecordSealer): void {
    this.flushHandshake();
    this.#sealer = sealer;
  }

  /** Drops the key, when nothing more is written. */
  forget(): void {
    this.flushHandshake();
    this.#sealer = undefined;
  }

  /** From the next record on nothing is protected, until there is a key. */
  clearSealer(): void {
    this.flushHandshake();
    this.#sealer = undefined;
  }

  /** From the next record on the record version says TLS 1.2. */
  setFinalRecordVersion(): void {
    this.flushHandshake();
    // [9846-5.1-13]
    this.#version = ProtocolVersion["TLSv1.2"];
  }

  /** The record size limit (RFC 8449) that the peer announced. */
  setLimit(bytes: number): void {
    this.flushHandshake();
    this.#limit = Math.min(bytes, MAX_PLAINTEXT + 1);
  }

  /** All that is to be sent; the array belongs to the caller. */
  takeOutput(): Bytes {
    this.flushHandshake();
    const output = this.#output;
    this.#output = [];
    return unshared(joined(output, this.#sealer?.allocate));
  }

  // [9846-5.1-07]
  /** Ends the flight under way: its messages share no record with later ones. */
  flushHandshake(): void {
    // [5246-6.2.1-03] [9846-5.1-08]
    if (this.#handshake.length === 0) return;
    const flight = joined(this.#handshake);
    this.#handshake = [];
    this.#records(ContentType.handshake, flight);
  }

  clone(observer: MessageObserver): WriteHalf {
    const copy = new WriteHalf(this.#padding, this.#maxFragment, observer);
    copy.#sealer = this.#sealer?.clone();
    // Copies, for they may lie in a room that is written to again.
    copy.#output = this.#output.map((bytes) => bytes.slice());
    copy.#handshake = [...this.#handshake];
    copy.#limit = this.#limit;
    copy.#version = this.#version;
    return copy;
  }

  #records(type: number, content: Uint8Array, room?: Uint8Array): void {
    const sealer = this.#sealer;
    // A callback that is told of them may take the output, and begin another.
    const records =
      sealer === undefined
        ? this.#plainRecords(type, content)
        : this.#sealedRecords(sealer, type, content, room);
    this.#output.push(records);
    const isSealed = sealer !== undefined && sealer.innerOverhead > 0;
    this.#observeRecords(records, isSealed ? type : undefined);
  }

  /** All in one array, which is made once. */
  #sealedRecords(
    sealer: RecordSealer,
    type: number,
    content: Uint8Array,
    room: Uint8Array | undefined,
  ): Uint8Array {
    const cuts = this.#cuts(content).map((part) => {
      const padding = this.#paddingFor(part.length);
      const length = sealer.fragmentLength(part.length, padding);
      return { part, padding, length: HEADER_LENGTH + length };
    });
    let total = 0;
    for (const { length } of cuts) total += length;
    // What waits to be taken may lie in that room, and so may the content.
    const isFree = this.#output.length === 0 && room?.buffer !== content.buffer;
    const records =
      (isFree && room !== undefined ? alignedPart(room, total) : undefined) ??
      alignedRoom(total, sealer.allocate);
    let at = 0;
    // [5246-6.2.1-06]
    for (const { part, padding, length } of cuts) {
      const record = records.subarray(at, at + length);
      sealer.seal(type, part, padding, record);
      at += length;
    }
    return records;
  }

  #plainRecords(type: number, content: Uint8Array): Uint8Array {
    return joined(
      this.#cuts(content).map((part) => this.#plainRecord(type, part)),
    );
  }

  /** At least one, which may be empty. */
  #cuts(content: Uint8Array): Uint8Array[] {
    const { maxContent } = this;
    const cuts = [content.subarray(0, maxContent)];
    for (let at = maxContent; at < content.length; at += maxContent)
      cuts.push(content.subarray(at, at + maxContent));
    return cuts;
  }

  #paddingFor(length: number): number {
    if (this.#padding === undefined) return 0;
    const policy = this.#padding;
    // One that throws is not asked again.
    this.#padding = undefined;
    const ask = (): number => policy(length);
    try {
      const wanted = callProgram("padding", ask, paddingOf);
      this.#padding = policy;
      return wanted > 0 ? Math.min(wanted, this.maxContent - length) : 0;
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      // The record goes out without, and the step that wrote it ends with this.
      this.#observer.keep(error);
      return 0;
    }
  }

  #plainRecord(
    type: number,
    content: Uint8Array,
    version = this.#version,
  ): Uint8Array {
    const record = newRecord(type, version, content.length);
    record.set(content, HEADER_LENGTH);
    return record;
  }

  #observe(type: number, content: Uint8Array): void {
    if (this.#observer.callback !== undefined)
      this.#observer.content("write", type, content);
  }

  /** Tells of records once they stand in the output: a callback may write. */
  #observeRecords(records: Uint8Array, innerType: number | undefined): void {
    if (this.#observer.callback === undefined) return;
    // What is told may be taken, and its place be written to again.
    const told = records.slice();
    for (let at = 0; at < told.length;) {
      const [high = 0, low = 0] = told.subarray(at + HEADER_LENGTH - 2);
      this.#observer.header("write", told.subarray(at));
      if (innerType !== undefined) this.#observer.innerType("write", innerType);
      at += HEADER_LENGTH + ((high << 8) | low);
    }
  }
}

/** One array is handed on as it is. */
function joined(parts: readonly Uint8Array[], allocate?: Allocate): Uint8Array {
  const [first = NO_BYTES] = parts;
  return parts.length < 2 ? first : concatAll(parts, allocate);
}

/** @throws TypeError for what is no number */
function paddingOf(answer: unknown): number {
  if (typeof answer === "number" && !Number.isNaN(answer))
    return Math.floor(answer);
  throw new TypeError("a number of bytes is allowed");
}
