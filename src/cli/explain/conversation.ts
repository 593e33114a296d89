/** The TLS connection inside a stream: found, followed and shown. */
import { concat, NO_BYTES } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import type { KeyLog } from "../../trace/index.ts";
import type { Stream, StreamSink } from "../capture/streams.ts";
import type { Detail } from "../trace/live-trace.ts";
import { MOST_LINES, WatchedTrace } from "../trace/watched-trace.ts";

export interface ConversationOptions {
  readonly stream: Stream;
  readonly keyLog: KeyLog;
  readonly detail: Detail;
  readonly width: number;
}

type Side = "client" | "server";

export class Conversation implements StreamSink {
  readonly stream: Stream;
  readonly trace: WatchedTrace;
  /** Bytes that came before TLS. */
  before = 0;
  /** The side that sent the ClientHello; undefined before it. */
  client: string | undefined;
  /** The reason why it was not followed to its end. */
  fault: string | undefined;
  readonly #held = new Map<string, Uint8Array>();

  constructor({ stream, ...options }: ConversationOptions) {
    this.stream = stream;
    this.trace = new WatchedTrace(options);
  }

  data(from: string, bytes: Uint8Array, time: number): void {
    if (this.fault !== undefined) return;
    if (this.client !== undefined) this.#feed(from, bytes, time);
    else this.#look(from, bytes, time);
  }

  /** A ClientHello begins TLS, after whatever STARTTLS or a proxy has to say. */
  #look(from: string, bytes: Uint8Array, time: number): void {
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
    this.#feed(from, held, time);
  }

  #feed(from: string, bytes: Uint8Array, time: number): void {
    const side: Side = from === this.client ? "client" : "server";
    try {
      const since = Math.max(0, time - this.stream.began);
      this.trace.feed(side, bytes, since);
      if (this.trace.lines.length >= MOST_LINES)
        this.fault = `${MOST_LINES} lines are the most: the rest is left out`;
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      this.fault = `from here on the ${side} sends no TLS: ${error.message}`;
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
