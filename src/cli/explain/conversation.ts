/** The TLS connection inside a stream: found, followed and shown. */
import { concat, NO_BYTES } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import { TlsError } from "../../errors.ts";
import { RecordFollower } from "../../trace/follow.ts";
import type { KeyLog } from "../../trace/index.ts";
import type { Stream, StreamSink } from "../capture/streams.ts";
import { LABELS, momentOf } from "../trace/key-steps.ts";
import { TraceEntries } from "../trace/document.ts";
import { type Detail, LiveTrace } from "../trace/live-trace.ts";

export interface ConversationOptions {
  readonly stream: Stream;
  readonly keyLog: KeyLog;
  readonly detail: Detail;
  readonly width: number;
}

type Side = "client" | "server";

/** Lines of one connection; the rest is left out. */
const MOST_LINES = 500_000;

export class Conversation implements StreamSink {
  readonly stream: Stream;
  /** The lines of the trace. */
  readonly lines: string[] = [];
  readonly entries = new TraceEntries();
  /** Bytes that came before TLS. */
  before = 0;
  /** The side that sent the ClientHello; undefined before it. */
  client: string | undefined;
  /** The reason why it was not followed to its end. */
  fault: string | undefined;
  readonly #keyLog: KeyLog;
  readonly #follower: RecordFollower;
  readonly #trace: LiveTrace;
  readonly #told = new Set<string>();
  readonly #showsSteps: boolean;
  readonly #held = new Map<string, Uint8Array>();
  #time = 0;

  constructor({ stream, keyLog, detail, width }: ConversationOptions) {
    this.stream = stream;
    this.#keyLog = keyLog;
    this.#showsSteps = detail === "hex" || detail === "secrets";
    const { entries } = this;
    this.#trace = new LiveTrace({
      ...{ detail, width, side: "client" },
      say: (line) => {
        if (this.lines.length < MOST_LINES) this.lines.push(line);
        else this.fault = `more than ${MOST_LINES} lines: the rest is left out`;
      },
      ...(detail === "json" && {
        enter: (entry) => {
          entries.add(entry, this.#time);
        },
      }),
    });
    this.#follower = new RecordFollower({
      ...{ provider: noble, keyLog },
      sink: {
        record: (record) => {
          this.#steps();
          this.#trace.record(record);
        },
        message: (from, { raw }) => {
          this.#trace.watched(from, raw);
          this.#steps();
        },
      },
    });
  }

  /** Tells whether the key log has secrets of this connection. */
  get hasKeys(): boolean {
    return this.#logged().length > 0;
  }

  data(from: string, bytes: Uint8Array, time: number): void {
    if (this.fault !== undefined) return;
    this.#time = Math.max(0, time - this.stream.began);
    if (this.client !== undefined) this.#feed(from, bytes);
    else this.#look(from, bytes);
  }

  /** A ClientHello begins TLS, after whatever STARTTLS or a proxy has to say. */
  #look(from: string, bytes: Uint8Array): void {
    const held = concat(this.#held.get(from) ?? NO_BYTES, bytes);
    const likeness = helloLikeness(held);
    if (likeness === "maybe") {
      this.#held.set(from, held);
      return;
    }
    this.#held.delete(from);
    if (likeness === "no") {
      this.before += held.length;
      return;
    }
    this.client = from;
    this.#feed(from, held);
  }

  #feed(from: string, bytes: Uint8Array): void {
    const side: Side = from === this.client ? "client" : "server";
    try {
      this.#follower.feed(side, bytes);
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      this.fault = `from here on the ${side} sends no TLS: ${error.message}`;
    }
  }

  #logged(): readonly string[] {
    const random = this.#trace.clientRandom;
    return LABELS.filter((label) => this.#keyLog.find(random, label));
  }

  /** The steps of the key schedule, as soon as their transcript is there. */
  #steps(): void {
    if (!this.#showsSteps) return;
    const random = this.#trace.clientRandom;
    for (const label of LABELS) {
      if (this.#told.has(label) || !this.#trace.has(momentOf(label))) continue;
      const secret = this.#keyLog.find(random, label);
      if (secret === undefined) continue;
      this.#told.add(label);
      const hex = Buffer.from(secret).toString("hex");
      this.#trace.keyLog(`${label} ${random} ${hex}`);
    }
  }
}

/** A handshake record of any version, with a ClientHello at its beginning. */
function helloLikeness(bytes: Uint8Array): "yes" | "no" | "maybe" {
  const [type, major, minor, , , message] = bytes;
  const isLike =
    (type === undefined || type === 22) &&
    (major === undefined || major === 3) &&
    (minor === undefined || minor <= 4) &&
    (message === undefined || message === 1);
  if (!isLike) return "no";
  return message === undefined ? "maybe" : "yes";
}
