/** Mutates records between the sides, and tells which changes do not count. */
import { concat, equal } from "../../../src/bytes.ts";
import { ContentType } from "../../../src/wire/code-points.ts";
import { covered, type Notes } from "./edits.ts";
import { recordsOf, type Sent } from "./peer.ts";
import type { WireMutation } from "./program.ts";

/** One direction between two sides. */
export class Wire {
  readonly #mutations: readonly WireMutation[];
  readonly #notes: Notes;
  readonly #corpus: readonly Uint8Array[];
  /**
   * Tells whether a change_cipher_spec at this place is a dummy without
   * meaning.
   */
  readonly #dummyIsNeutral: () => boolean;
  readonly sent: Sent[] = [];
  readonly delivered: Uint8Array[] = [];
  #index = 0;
  #held: Sent | undefined;
  /** Tells whether the transport ends after the records that were delivered. */
  ended = false;

  constructor(options: {
    readonly mutations: readonly WireMutation[];
    readonly notes: Notes;
    readonly corpus: readonly Uint8Array[];
    readonly dummyIsNeutral: () => boolean;
  }) {
    this.#mutations = options.mutations;
    this.#notes = options.notes;
    this.#corpus = options.corpus;
    this.#dummyIsNeutral = options.dummyIsNeutral;
  }

  /** Carries records, and returns those that arrive. */
  carry(records: readonly Sent[]): readonly Uint8Array[] {
    const arriving: Uint8Array[] = [];
    const waiting = [...records];
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      this.sent.push(one);
      const index = this.#index++;
      const held = this.#held;
      this.#held = undefined;
      let out: readonly Uint8Array[] = [one.bytes];
      for (const mutation of this.#mutations)
        if (mutation.at === index)
          out = this.#mutate(out, one, mutation, waiting);
      arriving.push(...out);
      if (held !== undefined) arriving.push(held.bytes);
    }
    return arriving;
  }

  /** Returns the record that was held back, if no later record released it. */
  rest(): readonly Uint8Array[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [held.bytes];
  }

  #mutate(
    out: readonly Uint8Array[],
    record: Sent,
    mutation: WireMutation,
    waiting: Sent[],
  ): readonly Uint8Array[] {
    const { change, a, b } = mutation;
    this.#notes.applied.add(`wire ${change}`);
    switch (change) {
      case "drop":
        this.#notes.neutral = false;
        return [];
      case "repeat":
        this.#notes.neutral = false;
        return [...out, ...out];
      case "swap":
        this.#notes.neutral = false;
        this.#held = record;
        return [];
      case "end":
        this.#notes.neutral = false;
        this.ended = true;
        return out;
      case "ccs":
        if (!this.#dummyIsNeutral()) this.#notes.neutral = false;
        return [Uint8Array.of(20, 3, 3, 0, 1, 1), ...out];
      case "split":
        return this.#split(out, record, a);
      case "merge":
        return this.#merge(out, record, waiting);
      case "inject":
      case "alert":
      case "message":
        this.#notes.neutral = false;
        return [this.#injected(change, a, b), ...out];
      case "version":
        // RFC 9846 5.1: "MUST be ignored for all purposes".
        if (record.sealed || a % 4 === 0) this.#notes.neutral = false;
        return out.map((bytes) => changedRecord(bytes, change, a, b));
      default:
        this.#notes.neutral = false;
        return out.map((bytes) => changedRecord(bytes, change, a, b));
    }
  }

  #split(
    out: readonly Uint8Array[],
    record: Sent,
    a: number,
  ): readonly Uint8Array[] {
    const { bytes, sealed } = record;
    const length = bytes.length - 5;
    if (length < 2 || out[0] !== bytes || out.length !== 1) {
      this.#notes.neutral = false;
      return out;
    }
    if (sealed || bytes[0] !== ContentType.handshake)
      this.#notes.neutral = false;
    const at = 5 + 1 + (a % (length - 1));
    return [
      withHeader(bytes, bytes.subarray(5, at)),
      withHeader(bytes, bytes.subarray(at)),
    ];
  }

  /** With the record behind it, where both are plain handshake. */
  #merge(
    out: readonly Uint8Array[],
    record: Sent,
    waiting: Sent[],
  ): readonly Uint8Array[] {
    const [next] = waiting;
    if (next === undefined || out.length !== 1 || out[0] !== record.bytes)
      return out;
    if ([record, next].some((one) => one.sealed || one.bytes[0] !== 22))
      return out;
    waiting.shift();
    this.sent.push(next);
    this.#index++;
    const content = concat(record.bytes.subarray(5), next.bytes.subarray(5));
    // RFC 6066 4: a client may have asked for small ones.
    if (content.length > 512) this.#notes.neutral = false;
    return [withHeader(record.bytes, content)];
  }

  #injected(change: string, a: number, b: number): Uint8Array {
    const message = this.#corpus[b % this.#corpus.length] ?? new Uint8Array();
    if (change === "message")
      return withHeader(Uint8Array.of(22, 3, 3), message.subarray(0, 2 ** 14));
    if (change === "alert")
      return Uint8Array.of(21, 3, 3, 0, 2, 1 + (a % 2), b % 128);
    const type = [20, 21, 22, 23, 24, 0x80][a % 6] ?? 22;
    return withHeader(
      Uint8Array.of(type, 3, 3),
      new Uint8Array(b % 300).fill(a >> 3),
    );
  }
}

function withHeader(header: Uint8Array, content: Uint8Array): Uint8Array {
  const { length } = content;
  const [type = 0, major = 0, minor = 0] = header;
  return concat(
    Uint8Array.of(type, major, minor, length >> 8, length),
    content,
  );
}

function changedRecord(
  bytes: Uint8Array,
  change: WireMutation["change"],
  a: number,
  b: number,
): Uint8Array {
  const copy = bytes.slice();
  switch (change) {
    case "flip": {
      const at = a % copy.length;
      copy[at] = (copy[at] ?? 0) ^ (1 << (b % 8));
      return copy;
    }
    case "insert":
    case "remove": {
      const at = a % copy.length;
      const inserted = new Uint8Array(change === "insert" ? 1 + (b % 40) : 0);
      const removed = change === "remove" ? 1 + (b % 40) : 0;
      return concat(
        copy.subarray(0, at),
        inserted.fill(b >> 8),
        copy.subarray(at + removed),
      );
    }
    case "truncate":
      return copy.subarray(0, a % copy.length);
    case "length":
      copy[3] = a >> 8;
      copy[4] = a;
      return copy;
    case "version":
      if (a % 4 === 0) copy[1] = b % 5;
      copy[2] = b >> 4;
      return copy;
    case "type":
      copy[0] = [20, 21, 22, 23, 24, 0, 0x80][b % 7] ?? 0;
      return copy;
    default:
      return copy;
  }
}

/**
 * A part of the bytes that the receiver's connection depends on; the boundaries
 * of plain records are not among them.
 */
interface Token {
  readonly kind: "handshake" | "change_cipher_spec" | "sealed";
  readonly bytes: Uint8Array;
}

/**
 * Tells whether a side that connected received what was sent, except for what
 * is not protected: how plain messages are cut into records, the version in a
 * plain record's header, alerts in the clear, HelloRequests of TLS 1.2, and the
 * dummy change_cipher_spec of TLS 1.3, which may still mean the choice of a
 * version where `dummies` are dropped before the first message. Early data that
 * a server rejected may change.
 */
export function gotWhatWasSent(
  { sent, delivered }: Wire,
  version: string,
  refusedEarlyData: boolean,
  dummies: boolean,
): boolean {
  const kept = sent.filter(({ early }) => !(early && refusedEarlyData));
  const known = kept.map(({ bytes }) => bytes);
  const arrived = recordsOf(concat(...delivered)).filter(
    (record) =>
      isWhole(record) &&
      !(
        refusedEarlyData &&
        record[0] === ContentType.application_data &&
        !known.some((one) => equal(one, record))
      ),
  );
  const wanted = tokensOf(known, version, dummies);
  return tokensOf(arrived, version, dummies).every(
    ({ kind, bytes }, i, all) => {
      const other = wanted[i];
      if (other?.kind !== kind) return false;
      const isLast = i === all.length - 1;
      return equal(
        bytes,
        isLast ? other.bytes.subarray(0, bytes.length) : other.bytes,
      );
    },
  );
}

function isWhole(record: Uint8Array): boolean {
  const [, , , high = 0, low = 0] = record;
  return record.length === 5 + ((high << 8) | low);
}

function tokensOf(
  records: readonly Uint8Array[],
  version: string,
  dummies: boolean,
): Token[] {
  const tokens: Token[] = [];
  let plain: Uint8Array[] = [];
  let sealed = false;
  const flush = (): void => {
    const bytes = covered(concat(...plain), version === "TLSv1.3");
    plain = [];
    if (bytes.length > 0) tokens.push({ kind: "handshake", bytes });
  };
  for (const record of records) {
    const [type] = record;
    if (sealed || type === ContentType.application_data) {
      flush();
      tokens.push({ kind: "sealed", bytes: record });
    } else if (type === ContentType.change_cipher_spec) {
      const first = tokens.length === 0 && plain.length === 0;
      if (version === "TLSv1.3" || (dummies && first)) continue;
      flush();
      tokens.push({ kind: "change_cipher_spec", bytes: record.subarray(5) });
      sealed = true;
    } else if (type === ContentType.handshake) plain.push(record.subarray(5));
  }
  flush();
  return tokens;
}
