/** A hostile side's mutations of its own messages and records. */
import { concat, equal } from "../../../src/bytes.ts";
import {
  ContentType,
  HandshakeType,
  nameOf,
} from "../../../src/wire/code-points.ts";
import type { Tally } from "../report.ts";
import { changed } from "./mutate.ts";
import type { Content, Edits } from "./peer.ts";
import type { Mutation } from "./program.ts";

/** Changes of records that not every record is fit for. */
const FROM_THERE_ON: ReadonlySet<string> = new Set(["grow", "pad"]);

type Mutates<On extends Mutation["on"]> = Extract<Mutation, { on: On }>;

/** The effect of the applied mutations on the untouched side. */
export interface Notes {
  /** Tells whether none of them changed anything that counts. */
  neutral: boolean;
  /** Types of messages that both sides' transcripts have in another form. */
  readonly agreed: Set<string>;
  readonly applied: Tally;
}

export class MessageEdits implements Edits {
  readonly #messages: readonly Mutates<"message">[];
  readonly #records: readonly Mutates<"record">[];
  readonly #notes: Notes;
  readonly #corpus: readonly Uint8Array[];
  /** Messages up to the Finished as this side's transcript has them. */
  readonly #meant: Uint8Array[] = [];
  /** Content of handshake records, as it goes out. */
  readonly #said: Uint8Array[] = [];
  #message = 0;
  #record = 0;
  #held: Uint8Array[] = [];
  #finished = false;
  readonly #isTls13: boolean;
  readonly #paddingCounts: boolean;

  constructor(options: {
    readonly mutations: readonly Mutation[];
    readonly notes: Notes;
    readonly corpus: readonly Uint8Array[];
    readonly isTls13: boolean;
    /** Tells whether there is a limit that padding may exceed. */
    readonly paddingCounts: boolean;
  }) {
    const { mutations } = options;
    this.#messages = mutations.filter((one) => one.on === "message");
    this.#records = mutations.filter((one) => one.on === "record");
    this.#notes = options.notes;
    this.#corpus = options.corpus;
    this.#isTls13 = options.isTls13;
    this.#paddingCounts = options.paddingCounts;
  }

  message(raw: Uint8Array): { out: readonly Uint8Array[]; agreed: boolean } {
    const index = this.#message++;
    const mine = this.#messages.filter(({ at }) => at === index);
    const held = this.#held.splice(0);
    let out: Uint8Array[] = [raw];
    for (const mutation of mine) out = this.#change(out, mutation);
    out.push(...held);
    const agreed = mine.every((mutation) => mutation.agreed);
    if (out.length !== 1 || !equal(out[0] ?? raw, raw))
      this.#note(raw, out, mine, agreed);
    if (!this.#finished) this.#meant.push(...(agreed ? out : [raw]));
    this.#finished ||= raw[0] === HandshakeType.finished;
    return { out, agreed };
  }

  record(content: Content, early: boolean): readonly Content[] {
    const index = this.#record++;
    const out = this.#records
      // Few records can grow, or have padding: any from there on will do.
      .filter(({ at, change }) =>
        FROM_THERE_ON.has(change) ? at <= index : at === index,
      )
      .reduce<readonly Content[]>(
        (list, mutation) =>
          list.flatMap((one) => this.#changeRecord(one, mutation)),
        [content],
      );
    // A server that refuses early data skips it, whatever is in it.
    const isData = early && content.type === ContentType.application_data;
    for (const one of out)
      if (one.type === ContentType.handshake && !isData)
        this.#said.push(one.content);
    return out;
  }

  /**
   * Tells whether the other side received the handshake that this side's
   * transcript has, up to the Finished: without it that side must not connect.
   */
  get isTrue(): boolean {
    if (!this.#finished) return false;
    const meant = covered(concat(...this.#meant), this.#isTls13);
    const said = covered(concat(...this.#said), this.#isTls13);
    return equal(meant, said.subarray(0, meant.length));
  }

  /** Handshake messages as the other side has had them. */
  get said(): readonly Uint8Array[] {
    return this.#said;
  }

  #change(
    out: readonly Uint8Array[],
    { change, a, b }: Mutates<"message">,
  ): Uint8Array[] {
    const other = this.#other(b);
    switch (change) {
      case "omit":
        return [];
      case "repeat":
        return [...out, ...out];
      case "delay":
        this.#held = [...out];
        return [];
      case "inject":
        return [other, ...out];
      case "replace":
        return [other];
      default:
        return out.map((raw) => changed(raw, change, { a, b }, other));
    }
  }

  #other(b: number): Uint8Array {
    return this.#corpus[b % this.#corpus.length] ?? Uint8Array.of(0, 0, 0, 0);
  }

  #note(
    raw: Uint8Array,
    out: readonly Uint8Array[],
    mutations: readonly Mutates<"message">[],
    agreed: boolean,
  ): void {
    const [type = 0] = raw;
    const name = nameOf(HandshakeType, type) ?? "unassigned";
    const notes = this.#notes;
    notes.neutral = false;
    for (const { change, agreed: too } of mutations)
      notes.applied.add(`message ${change}${too ? ", agreed" : ""}`);
    // What stands behind a Finished comes when the other side is connected.
    const whole = concat(...out).subarray(0, raw.length);
    const isBehind = type === HandshakeType.finished && equal(whole, raw);
    const stands = isBehind || out.some((one) => equal(one, raw));
    if (agreed && !stands) notes.agreed.add(name);
  }

  #changeRecord(
    one: Content,
    { change, a, b }: Mutates<"record">,
  ): readonly Content[] {
    const { content, type } = one;
    this.#notes.applied.add(`record ${change}`);
    const isHandshake = type === ContentType.handshake;
    const isData = type === ContentType.application_data;
    if (change === "split" && content.length > 1 && (isHandshake || isData)) {
      const at = 1 + (a % (content.length - 1));
      return [
        { ...one, content: content.subarray(0, at) },
        { ...one, content: content.subarray(at) },
      ];
    }
    if (change === "pad" && !this.#isTls13) {
      // RFC 5246 6.2.3.2: of CBC, and no byte of it may be another.
      this.#notes.neutral = false;
      return [{ ...one, spoilt: a }];
    }
    if (change === "pad" && content.length < 2 ** 13) {
      if (this.#paddingCounts) this.#notes.neutral = false;
      return [{ ...one, padding: a % 100 }];
    }
    this.#notes.neutral = false;
    switch (change) {
      case "grow": {
        // RFC 9846 5.1: at and about the most that a record may hold.
        const grown = new Uint8Array(2 ** 14 - 1 + (a % 4));
        grown.set(content.subarray(0, grown.length));
        return isData ? [{ ...one, content: grown }] : [one];
      }
      case "type":
        return [{ ...one, type: [20, 21, 22, 23, 24, 0, 99][b % 7] ?? 0 }];
      case "flip": {
        const copy = content.slice();
        if (copy.length > 0) {
          const at = a % copy.length;
          copy[at] = (copy[at] ?? 0) ^ (1 << (b % 8));
        }
        return [{ ...one, content: copy }];
      }
      case "cut":
        return [{ ...one, content: content.subarray(0, a % content.length) }];
      case "empty":
        return [{ ...one, content: new Uint8Array() }, one];
      case "repeat":
        return [one, one];
      case "omit":
        return [];
      case "inject":
        return [injected(a, b, this.#other(b)), one];
      default:
        return [one];
    }
  }
}

/** A stream of messages without those that no transcript has. */
export function covered(bytes: Uint8Array, isTls13: boolean): Uint8Array {
  if (isTls13) return bytes;
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const [type = 0, high = 0, middle = 0, low = 0] = bytes.subarray(at);
    const end = at + 4 + ((high << 16) | (middle << 8) | low);
    const isRequest = type === HandshakeType.hello_request && end === at + 4;
    if (!isRequest) messages.push(bytes.subarray(at, end));
    at = end;
  }
  return concat(...messages);
}

function injected(a: number, b: number, message: Uint8Array): Content {
  const type = [20, 21, 22, 23, 24][a % 5] ?? 22;
  const alert = Uint8Array.of(1 + (b % 2), (b >> 1) % 128);
  const content =
    type === ContentType.handshake
      ? message
      : type === ContentType.alert
        ? alert
        : new Uint8Array(b % 50).fill(1);
  return { type, content, padding: 0 };
}
