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
export const DETAILS = ["ladder", "fields", "hex", "secrets"] as const;
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
}

/** Content types of OpenSSL: a record's header, and the type inside. */
const HEADER = 256;
const INNER_TYPE = 257;

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

  constructor(options: LiveTraceOptions) {
    this.#options = options;
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
    if (contentType === HEADER) this.#header(from, isOwn, bytes);
    else if (contentType === INNER_TYPE) {
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
    if (side.sealed && this.#suite?.version === "TLSv1.2") this.#data(from);
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
    if (count === undefined || this.#options.hidesHello === true)
      return undefined;
    const messages = this.#messages.slice(0, count);
    return this.#hashed === undefined
      ? messages
      : [this.#hashed, ...messages.slice(1)];
  }

  #content(from: Side, contentType: number, bytes: Uint8Array): void {
    if (contentType === ContentType.handshake) {
      const suite = this.#suite;
      this.#rung(from, `${messageName(bytes)} ${bytes.length} B`);
      this.#fields(dissectMessage(bytes, { suite }));
      this.#follow(from, bytes[0] ?? -1);
    } else if (contentType === ContentType.alert) {
      const fields = dissectAlert(bytes);
      const name = fields[1]?.value ?? "malformed";
      this.#rung(from, `alert (${name}) ${bytes.length} B`);
      this.#fields(fields);
    } else {
      const name = nameOf(ContentType, contentType) ?? "unknown";
      this.#rung(from, `${name} ${bytes.length} B`);
      this.#sides[from].changed = true;
    }
  }

  /** A record of data: of it no more is told than how long it is. */
  #data(from: Side): void {
    const { recordLength } = this.#sides[from];
    this.#rung(from, `application_data ${recordLength} B`, true);
  }

  /** Changes keys where the handshake does. */
  #follow(from: Side, type: number): void {
    const side = this.#sides[from];
    if (type === HandshakeType.finished) side.finished = true;
    if (type === HandshakeType.key_update) side.updates++;
  }

  #rung(from: Side, text: string, isData = false): void {
    const width = Math.min(40, this.#width - 34);
    if (!this.#began) this.#say([ladderHead(width)]);
    this.#began = true;
    const side = this.#sides[from];
    const keys = this.#keysOf(from, isData || text.startsWith("EndOfEarly"));
    if (side.keys !== keys) this.#say([keysLine(from, keys)]);
    side.keys = keys;
    this.#say([arrow(from, text, width)]);
  }

  #keysOf(from: Side, mayBeEarly: boolean): string {
    const side = this.#sides[from];
    if (this.#suite?.version === "TLSv1.2")
      return side.changed ? `${from}_write_key` : "no encryption";
    if (!side.sealed) return "no encryption";
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
    for (const line of lines) this.#options.say(line);
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
