/**
 * The record layer of a misbehaving side, as it writes: each record can be cut, joined,
 * changed before its protection or after it, or protected by keys of another epoch.
 */
import { concat, concatAll } from "../../bytes.ts";
import { protection12 } from "../../engine/versions.ts";
import type { ProtectionKeys } from "../../handshake/machine/io.ts";
import { Aead13Sealer } from "../../record/aead13.ts";
import {
  HEADER_LENGTH,
  MAX_PLAINTEXT,
  newRecord,
  type RecordSealer,
  sealedRecord,
} from "../../record/protection.ts";
import { ContentType } from "../../wire/code-points.ts";
import type { CbcKey } from "../../crypto/provider.ts";
import { changedBytes } from "../message/apply.ts";
import type { Change } from "../message/edits.ts";
import type { Epoch, RecordEdit } from "../scenario/records.ts";

/** Bytes that go out in one piece, perhaps after a while. */
export interface Segment {
  readonly bytes: Uint8Array;
  /** Milliseconds to wait before. */
  readonly wait: number;
}

/** The way of a message into records. */
export interface Carriage {
  readonly records: readonly RecordEdit[];
  /** Lengths of the pieces that it is cut into; the last one has the rest. */
  readonly pieces: readonly number[];
  /** The pieces of the message are segments as well as records. */
  readonly segments: boolean;
  /** Stays for the next message, which joins its record. */
  readonly joins: boolean;
  readonly under: Epoch | undefined;
  readonly wait: number;
}

/** As an ordinary side has it. */
export const PLAIN: Carriage = {
  records: [],
  pieces: [],
  segments: false,
  joins: false,
  under: undefined,
  wait: 0,
};

interface Waiting {
  readonly bytes: Uint8Array;
  readonly carriage: Carriage;
}

/** Something that waits behind a gate. */
type Gated =
  | {
      readonly op: "message";
      readonly bytes: Uint8Array;
      readonly carriage: Carriage;
    }
  | {
      readonly op: "write";
      readonly type: number;
      readonly content: Uint8Array;
      readonly carriage: Carriage;
    }
  | {
      readonly op: "keys";
      readonly keys: ProtectionKeys | undefined;
      readonly isEarly: boolean;
    };

export class WriteLayer {
  /** Things that wait to be let through, where there is a gate. */
  #gate: Gated[] | undefined;
  #sealer: RecordSealer | undefined;
  #epoch: Epoch = "clear";
  readonly #sealers = new Map<Epoch, RecordSealer>();
  #flight: Waiting[] = [];
  /** The sealer of the flight, where keys have changed since and it waits still. */
  #held: { readonly sealer: RecordSealer | undefined } | undefined;
  #segments: Segment[] = [];
  /** Changes of what CBC encrypts, in the record that is sealed. */
  #block: { changes: readonly Change[] } = { changes: [] };
  #limit = MAX_PLAINTEXT;
  #version = 0x0301;

  /** The epoch of the keys in use. */
  get epoch(): Epoch {
    return this.#epoch;
  }

  /** True where something waits to be taken. */
  get pending(): boolean {
    return this.#flight.length > 0 || this.#segments.length > 0;
  }

  /** Has everything wait from now on, until {@link letThrough}. */
  closeGate(): void {
    this.#gate ??= [];
  }

  /** Messages and records that wait, by their bytes; a message begins with its type. */
  get waiting(): readonly {
    readonly isMessage: boolean;
    readonly type: number;
    readonly bytes: Uint8Array;
  }[] {
    return (this.#gate ?? []).flatMap((one) => {
      if (one.op === "keys") return [];
      const { handshake } = ContentType;
      return one.op === "message"
        ? { isMessage: true, type: handshake, bytes: one.bytes }
        : { isMessage: false, type: one.type, bytes: one.content };
    });
  }

  /** Lets the next message or record through, with the keys that follow it. */
  letThrough(): void {
    const gate = this.#gate;
    if (gate === undefined) return;
    let passed = 0;
    this.ungated(() => {
      for (let one = gate[0]; one !== undefined; one = gate[0]) {
        if (one.op !== "keys" && passed++ > 0) return;
        gate.shift();
        if (one.op === "message") this.message(one.bytes, one.carriage);
        else if (one.op === "write")
          this.write(one.type, one.content, one.carriage);
        else if (one.keys === undefined) this.clearKeys();
        else this.setKeys(one.keys, one.isEarly);
      }
    });
  }

  /** Does something past the gate. */
  ungated(step: () => void): void {
    const gate = this.#gate;
    this.#gate = undefined;
    try {
      step();
    } finally {
      this.#gate = gate;
    }
  }

  /** Puts a message into the flight under way. */
  message(bytes: Uint8Array, carriage: Carriage): void {
    if (this.#gate !== undefined) {
      this.#gate.push({ op: "message", bytes, carriage });
      return;
    }
    if (carriage === PLAIN && !this.#flight.some(isApart)) {
      this.#flight.push({ bytes, carriage });
      if (this.#held !== undefined) this.flush();
      return;
    }
    if (!this.#joins) this.flush();
    this.#flight.push({ bytes, carriage });
    if (!carriage.joins) this.flush();
  }

  /** Writes content of another type. */
  write(type: number, content: Uint8Array, carriage = PLAIN): void {
    if (this.#gate !== undefined) {
      this.#gate.push({ op: "write", type, content, carriage });
      return;
    }
    const isDummy = type === ContentType.change_cipher_spec;
    // What waits for another message to join it goes out behind.
    if (!isDummy || !this.#joins) this.flush();
    if (isDummy) this.#version = 0x0303;
    this.#cut(type, content, carriage, this.#sealerFor(type, carriage));
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array, wait = 0): void {
    this.flush();
    this.#segments.push({ bytes, wait });
  }

  setKeys(keys: ProtectionKeys, isEarly: boolean): void {
    if (this.#gate !== undefined) {
      this.#gate.push({ op: "keys", keys, isEarly });
      return;
    }
    const epoch: Epoch = isEarly ? "early" : keys.epoch;
    const sealer =
      keys.kind === "aead13"
        ? new Aead13Sealer(keys)
        : protection12.sealerOf(
            keys.kind === "cbc12"
              ? { ...keys, cipher: changingCipher(keys.cipher, this.#block) }
              : keys,
          );
    this.#change(epoch, sealer);
    this.#sealers.set(epoch, sealer);
  }

  clearKeys(): void {
    if (this.#gate !== undefined) {
      this.#gate.push({ op: "keys", keys: undefined, isEarly: false });
      return;
    }
    this.#change("clear", undefined);
  }

  setLimit(bytes: number): void {
    this.flush();
    this.#limit = Math.max(1, Math.min(bytes, MAX_PLAINTEXT));
  }

  /** From now on records say TLS 1.2. */
  setFinalVersion(): void {
    this.flush();
    this.#version = 0x0303;
  }

  /** Moves the sequence number of the present keys on. */
  skipSequence(records: number): void {
    this.flush();
    const { alert } = ContentType;
    for (let i = 0; i < records && this.#sealer !== undefined; i++)
      sealedRecord(this.#sealer, alert, new Uint8Array(2));
  }

  /** All that is to go out, in pieces where a step wants them. */
  take(): Segment[] {
    this.flush();
    const segments = this.#segments;
    this.#segments = [];
    const joined: Segment[] = [];
    let bytes: Uint8Array[] = [];
    const end = (): void => {
      if (bytes.length > 0) joined.push({ bytes: concatAll(bytes), wait: 0 });
      bytes = [];
    };
    for (const segment of segments)
      if (segment.wait === 0) bytes.push(segment.bytes);
      else {
        end();
        joined.push(segment);
      }
    end();
    return joined;
  }

  flush(): void {
    const flight = this.#flight;
    if (flight.length === 0) return;
    this.#flight = [];
    const sealer = this.#held === undefined ? this.#sealer : this.#held.sealer;
    this.#held = undefined;
    const [one] = flight;
    const apart = flight.find(isApart) ?? one;
    if (apart === undefined) return;
    const { carriage } = apart;
    this.#cut(
      ContentType.handshake,
      concatAll(flight.map(({ bytes }) => bytes)),
      carriage,
      carriage.under === undefined ? sealer : this.#under(carriage.under),
    );
  }

  clone(): WriteLayer {
    const copy = new WriteLayer();
    copy.#block = this.#block;
    copy.#gate = this.#gate && [...this.#gate];
    copy.#sealer = this.#sealer?.clone();
    copy.#epoch = this.#epoch;
    for (const [epoch, sealer] of this.#sealers)
      copy.#sealers.set(
        epoch,
        epoch === this.#epoch && copy.#sealer ? copy.#sealer : sealer.clone(),
      );
    copy.#flight = [...this.#flight];
    copy.#held = this.#held && { sealer: this.#held.sealer?.clone() };
    copy.#segments = [...this.#segments];
    copy.#limit = this.#limit;
    copy.#version = this.#version;
    return copy;
  }

  /** True where a message waits for another one to join its record. */
  get #joins(): boolean {
    return this.#flight.some(({ carriage: { joins } }) => joins);
  }

  #change(epoch: Epoch, sealer: RecordSealer | undefined): void {
    if (this.#joins) this.#held ??= { sealer: this.#sealer };
    else this.flush();
    this.#sealer = sealer;
    this.#epoch = epoch;
  }

  #sealerFor(type: number, { under }: Carriage): RecordSealer | undefined {
    if (under !== undefined) return this.#under(under);
    return type === ContentType.change_cipher_spec ? undefined : this.#sealer;
  }

  #under(epoch: Epoch): RecordSealer | undefined {
    return epoch === "clear" ? undefined : this.#sealers.get(epoch);
  }

  #cut(
    type: number,
    content: Uint8Array,
    carriage: Carriage,
    sealer: RecordSealer | undefined,
  ): void {
    const { pieces, segments, records } = carriage;
    let wait = carriage.wait;
    for (const piece of piecesOf(content, pieces, this.#limit)) {
      for (const bytes of this.#protect(type, piece, records, sealer)) {
        this.#segments.push({ bytes, wait });
        wait = segments ? SEGMENT_WAIT : 0;
      }
    }
  }

  /** One record, or what the edits make of it. */
  #protect(
    type: number,
    content: Uint8Array,
    edits: readonly RecordEdit[],
    sealer: RecordSealer | undefined,
  ): Uint8Array[] {
    let record = { type, content, padding: 0 };
    let [skips, repeats, version] = [0, 1, this.#version];
    for (const edit of edits)
      if (edit.record === "content")
        record = {
          ...record,
          content: edit.changes.reduce(changedBytes, record.content),
        };
      else if (edit.record === "inner_type")
        record = { ...record, type: edit.to };
      else if (edit.record === "pad")
        record = { ...record, padding: edit.bytes };
      else if (edit.record === "sequence") skips += edit.skip;
      else if (edit.record === "repeat") repeats += edit.times;
      else if (edit.record === "version") version = edit.to;
    for (let i = 0; i < skips && sealer !== undefined; i++)
      sealedRecord(sealer, ContentType.alert, new Uint8Array(2));
    this.#block.changes = edits.flatMap((edit) =>
      edit.record === "block" ? edit.changes : [],
    );
    const made: Uint8Array[] = [];
    for (let i = 0; i < repeats; i++) {
      const replay = edits.find((edit) => edit.record === "repeat")?.replay;
      const [again] = made;
      if (replay === true && again !== undefined) made.push(again);
      else made.push(sealed(record, sealer, version));
    }
    this.#block.changes = [];
    return made.map((bytes) => edits.reduce(changedRecord, bytes));
  }
}

/** A cipher that changes what it encrypts, as the record at hand wants it. */
function changingCipher(
  own: CbcKey,
  block: { readonly changes: readonly Change[] },
): CbcKey {
  return {
    decrypt: (iv, ciphertext, out) => own.decrypt(iv, ciphertext, out),
    encrypt: (iv, plaintext, out) => {
      const changed = block.changes.reduce(changedBytes, plaintext);
      const whole = new Uint8Array(plaintext.length);
      whole.set(changed.subarray(0, whole.length));
      own.encrypt(iv, whole, out);
    },
  };
}

/** Enough for two writes to be two segments on any stack. */
const SEGMENT_WAIT = 20;

function sealed(
  record: { type: number; content: Uint8Array; padding: number },
  sealer: RecordSealer | undefined,
  version: number,
): Uint8Array {
  const { type, content, padding } = record;
  if (sealer !== undefined)
    return sealedRecord(sealer, type, content, padding).slice();
  const bytes = newRecord(type, version, content.length);
  bytes.set(content, HEADER_LENGTH);
  return bytes;
}

/** A record after an edit of what lies on the wire. */
function changedRecord(bytes: Uint8Array, edit: RecordEdit): Uint8Array {
  const header = bytes.slice(0, HEADER_LENGTH);
  const fragment = bytes.subarray(HEADER_LENGTH);
  switch (edit.record) {
    case "fragment": {
      const changed = edit.changes.reduce(changedBytes, fragment);
      header[3] = changed.length >> 8;
      header[4] = changed.length;
      return concat(header, changed);
    }
    case "header_type":
      header[0] = edit.to;
      return concat(header, fragment);
    case "header_version":
      header[1] = edit.to >> 8;
      header[2] = edit.to;
      return concat(header, fragment);
    case "header_length": {
      const length = fragment.length + edit.by;
      header[3] = length >> 8;
      header[4] = length;
      return concat(header, fragment);
    }
    case "cut":
      return bytes.subarray(0, Math.max(0, bytes.length - edit.bytes));
    default:
      return bytes;
  }
}

function isApart({ carriage }: Waiting): boolean {
  return carriage !== PLAIN;
}

function* piecesOf(
  content: Uint8Array,
  pieces: readonly number[],
  limit: number,
): Generator<Uint8Array> {
  let at = 0;
  for (const length of pieces) {
    yield content.subarray(at, at + length);
    at += length;
  }
  if (at > 0 && at >= content.length) return;
  for (const from = at; at === from || at < content.length; at += limit)
    yield content.subarray(at, at + limit);
}
