/** Prints a connection while it happens, from what the message callback tells. */
import { toHex } from "../../bytes.ts";
import type { ProtocolMessage } from "../../engine/index.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
} from "../../handshake/registries/cipher-suites.ts";
import { noble } from "../../crypto/noble/index.ts";
import {
  dissectAlert,
  dissectMessage,
  isRetry,
  type WireField,
} from "../../trace/dissect/dissect.ts";
import type { FollowedRecord } from "../../trace/follow.ts";
import { arrow, camel, keysLine, ladderHead } from "../../trace/format.ts";
import {
  ContentType,
  HandshakeType,
  nameOf,
  ProtocolVersion,
} from "../../wire/code-points.ts";
import { bytesBeside, indented } from "./field-lines.ts";
import { keySteps, type Moment } from "./key-steps.ts";

/** Grades of detail; each one tells all that those before it do. */
export const DETAILS = ["ladder", "fields", "hex", "secrets", "json"] as const;
export type Detail = (typeof DETAILS)[number];

type Side = "client" | "server";

export interface LiveTraceOptions {
  readonly detail: Detail;
  /** The side that the messages are written by. */
  readonly side: Side;
  /** Columns of a line. */
  readonly width: number;
  /** ECH may be accepted: the transcript is of a hello that is not told. */
  readonly hidesHello?: boolean;
  say(line: string): void;
  /** Takes each entry of a trace as JSON, which has no lines. */
  enter?(entry: TraceEntry): void;
}

/** A message, an alert or a record that went over the wire. */
export interface TraceEntry {
  readonly from: Side;
  /** The content type, by its RFC name. */
  readonly type: string;
  /** Of a message or an alert. */
  readonly name: string | null;
  /** Bytes: of data the record's, of anything else its own. */
  readonly bytes: number;
  /** Its keys by their RFC name, null where there are none. */
  readonly keys: string | null;
  readonly fields: readonly WireField[];
}

/** An entry before its keys are known. */
type Shown = Omit<TraceEntry, "keys">;

/** Content types of OpenSSL: a record's header, and the type inside. */
const HEADER = 256;
const INNER_TYPE = 257;
const INNER_HELLO = 258;

const CLEAR = "no encryption";
const SEALED = "keys not known";

interface SideState {
  /** TLS 1.2: change_cipher_spec was there. */
  changed: boolean;
  /** TLS 1.3: the last record was encrypted. */
  sealed: boolean;
  finished: boolean;
  updates: number;
  keys: string;
  /** Bytes of the last record, header included. */
  recordLength: number;
}

/** Follows one connection; each method prints at once. */
export class LiveTrace {
  readonly #options: LiveTraceOptions;
  readonly #sides = { client: newSide(), server: newSide() };
  readonly #messages: Uint8Array[] = [];
  readonly #moments: Partial<Record<Moment, number>> = {};
  /** Messages that were written, and go out with the next record. */
  #pending: (() => void)[] = [];
  #suite: CipherSuite | undefined;
  #began = false;

  #hidesHello: boolean;

  constructor(options: LiveTraceOptions) {
    this.#options = options;
    this.#hidesHello = options.hidesHello === true;
  }

  /** The random of the ClientHello as key logs have it; "" before it. */
  get clientRandom(): string {
    return toHex((this.#messages[0] ?? new Uint8Array()).subarray(6, 38));
  }

  /** Takes what `messageCallback` of a context is told. */
  message(message: ProtocolMessage): void {
    const { direction, contentType, bytes } = message;
    const isOwn = direction === "write";
    const other = this.#options.side === "client" ? "server" : "client";
    const from = isOwn ? this.#options.side : other;
    // The trace shows what is on the wire.
    if (contentType === INNER_HELLO) return;
    if (contentType === HEADER) {
      this.#header(from, isOwn, bytes);
      // Of TLS 1.3 the inner type tells it.
      if (this.#sides[from].sealed && this.#is12) this.#data(from);
    } else if (contentType === INNER_TYPE) {
      if (message.messageType === ContentType.application_data)
        this.#data(from);
    } else {
      if (contentType === ContentType.handshake) this.#note(from, bytes);
      const print = (): void => {
        this.#content(from, contentType, bytes);
      };
      // Their headers come after messages, but before change_cipher_spec.
      if (isOwn && contentType !== ContentType.change_cipher_spec)
        this.#pending.push(print);
      else print();
    }
  }

  /** Takes a record of a connection that is only watched. */
  record(record: FollowedRecord): void {
    const { from, type, content, length } = record;
    this.#header(from, false, record.header);
    if (content === undefined) {
      const name = nameOf(ContentType, type) ?? "unknown";
      const shown = { from, type: name, name: "sealed", bytes: length };
      this.#show({ ...shown, fields: [] }, SEALED);
    } else if (type === ContentType.application_data) {
      this.#data(from);
    } else if (type !== ContentType.handshake)
      this.#content(from, type, content);
  }

  /** Takes a message that such a record ended. */
  watched(from: Side, raw: Uint8Array): void {
    this.#note(from, raw);
    this.#content(from, ContentType.handshake, raw);
  }

  /** Takes a line of the key log. */
  keyLog(line: string): void {
    const { detail } = this.#options;
    if (detail !== "hex" && detail !== "secrets") return;
    const schedule = {
      suite: this.#suite,
      messages: (until: Moment) => this.#messagesUntil(until),
    };
    const lines = keySteps(line, schedule, detail === "secrets");
    const print = (): void => {
      for (const one of lines) this.#say(indented(one, 0, this.#width));
    };
    if (this.#pending.length > 0) this.#pending.push(print);
    else print();
  }

  /** Prints what was written and never went out. */
  end(): void {
    this.#flush();
  }

  /** The transcript is of a hello that is not on the wire. */
  hideHello(): void {
    this.#hidesHello = true;
  }

  /** Tells whether the messages up to a moment are there. */
  has(until: Moment): boolean {
    return this.#moments[until] !== undefined;
  }

  /** The suite that the server chose, undefined before. */
  get suite(): CipherSuite | undefined {
    return this.#suite;
  }

  get #is12(): boolean {
    return this.#suite?.version === "TLSv1.2";
  }

  get #width(): number {
    return this.#options.width;
  }

  #header(from: Side, isOwn: boolean, bytes: Uint8Array): void {
    const [type = 0, high = 0, low = 0, long = 0, short = 0] = bytes;
    const side = this.#sides[from];
    const length = (long << 8) | short;
    side.recordLength = bytes.length + length;
    side.sealed = type === ContentType.application_data;
    if (this.#showsBytes) {
      const version = nameOf(ProtocolVersion, (high << 8) | low) ?? "unknown";
      const words = nameOf(ContentType, type) ?? "unknown";
      this.#say(
        bytesBeside(
          [
            {
              name: `record from the ${from}`,
              value: `${words}, ${version}, length ${length}`,
              section: "RFC 9846 5.1",
              depth: 0,
              bytes,
            },
          ],
          this.#width,
        ),
      );
    }
    if (isOwn) this.#flush();
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const print of pending) print();
  }

  /** Remembers what the key schedule and later messages depend on. */
  #note(from: Side, raw: Uint8Array): void {
    const type = raw[0] ?? -1;
    const { server_hello, client_hello, finished } = HandshakeType;
    if (type === server_hello) {
      const at = 39 + (raw[38] ?? 0);
      const code = ((raw[at] ?? 0) << 8) | (raw[at + 1] ?? 0);
      this.#suite = Object.values(CIPHER_SUITES).find((s) => s.code === code);
      if (isRetry(raw)) this.#hashFirstHello();
    }
    this.#messages.push(raw);
    const now = this.#messages.length;
    if (type === client_hello) this.#moments.client_hello = now;
    if (type === server_hello) this.#moments.server_hello = now;
    if (type === finished && from === "server")
      this.#moments.server_finished ??= now;
  }

  /** RFC 9846 4.1: message_hash stands in for the first ClientHello. */
  #hashFirstHello(): void {
    const [first] = this.#messages;
    if (first === undefined || this.#suite === undefined) return;
    const digest = noble.hashes[this.#suite.hash].hash(first);
    const head = [HandshakeType.message_hash, 0, 0, digest.length];
    this.#hashed = Uint8Array.of(...head, ...digest);
  }
  #hashed: Uint8Array | undefined;

  #messagesUntil(until: Moment): readonly Uint8Array[] | undefined {
    const count = this.#moments[until];
    if (count === undefined || this.#hidesHello) return undefined;
    const messages = this.#messages.slice(0, count);
    return this.#hashed === undefined
      ? messages
      : [this.#hashed, ...messages.slice(1)];
  }

  #content(from: Side, contentType: number, bytes: Uint8Array): void {
    const type = nameOf(ContentType, contentType) ?? "unknown";
    const about = { from, type, bytes: bytes.length };
    if (contentType === ContentType.handshake) {
      const fields = dissectMessage(bytes, { suite: this.#suite });
      const isEarly = bytes[0] === HandshakeType.end_of_early_data;
      const shown = { ...about, name: messageName(bytes), fields };
      this.#show(shown, this.#keysOf(from, isEarly));
      this.#follow(from, bytes[0] ?? -1);
    } else if (contentType === ContentType.alert) {
      const fields = dissectAlert(bytes);
      const name = fields[1]?.value ?? "malformed";
      this.#show({ ...about, name, fields }, this.#keysOf(from, false));
    } else {
      const shown = { ...about, name: null, fields: [] };
      this.#show(shown, this.#keysOf(from, false));
      this.#sides[from].changed = true;
    }
  }

  /** A record of data: of it no more is told than how long it is. */
  #data(from: Side): void {
    const bytes = this.#sides[from].recordLength;
    const shown = { from, type: "application_data", name: null, bytes };
    this.#show({ ...shown, fields: [] }, this.#keysOf(from, true));
  }

  /** Changes keys where the handshake does. */
  #follow(from: Side, type: number): void {
    const side = this.#sides[from];
    if (type === HandshakeType.finished) side.finished = true;
    if (type === HandshakeType.key_update) side.updates++;
  }

  #show(shown: Shown, keys: string): void {
    const { enter } = this.#options;
    enter?.({ ...shown, keys: keys === CLEAR ? null : keys });
    const { from, type, name, bytes, fields } = shown;
    const width = Math.min(40, this.#width - 34);
    if (!this.#began) this.#say([ladderHead(width)]);
    this.#began = true;
    const side = this.#sides[from];
    if (side.keys !== keys) this.#say([keysLine(from, keys)]);
    side.keys = keys;
    const text =
      type === "handshake" && keys !== SEALED
        ? (name ?? "unknown")
        : name === null
          ? type
          : `${type} (${name})`;
    this.#say([arrow(from, `${text} ${bytes} B`, width)]);
    this.#fields(fields);
  }

  #keysOf(from: Side, mayBeEarly: boolean): string {
    const side = this.#sides[from];
    if (this.#is12) return side.changed ? `${from}_write_key` : CLEAR;
    if (!side.sealed) return CLEAR;
    if (!side.finished)
      return from === "client" && mayBeEarly
        ? "client_early_traffic_secret"
        : `${from}_handshake_traffic_secret`;
    return `${from}_application_traffic_secret_${side.updates}`;
  }

  #fields(fields: readonly WireField[]): void {
    if (this.#showsBytes) this.#say(bytesBeside(fields, this.#width));
    else if (this.#options.detail === "fields")
      for (const { name, value, section, depth } of fields)
        this.#say(
          indented(`${name}: ${value} [${section}]`, depth, this.#width),
        );
  }

  get #showsBytes(): boolean {
    const { detail } = this.#options;
    return detail === "hex" || detail === "secrets";
  }

  #say(lines: readonly string[]): void {
    const { say, enter } = this.#options;
    if (enter === undefined) for (const line of lines) say(line);
  }
}

function newSide(): SideState {
  return {
    changed: false,
    sealed: false,
    finished: false,
    updates: 0,
    keys: "",
    recordLength: 0,
  };
}

function messageName(raw: Uint8Array): string {
  const type = raw[0] ?? -1;
  if (type === HandshakeType.server_hello && isRetry(raw))
    return "HelloRetryRequest";
  return camel(nameOf(HandshakeType, type) ?? "unknown");
}
