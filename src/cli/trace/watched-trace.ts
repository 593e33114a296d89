/** A connection of which only the bytes are seen, shown as a live one is. */
import { toHex } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import { RecordFollower } from "../../trace/follow.ts";
import type { KeyLog } from "../../trace/index.ts";
import { TraceEntries } from "./document.ts";
import { LABELS, momentOf } from "./key-steps.ts";
import { type Detail, LiveTrace } from "./live-trace.ts";

type Side = "client" | "server";

/** Lines of one connection; the rest is left out. */
export const MOST_LINES = 500_000;

export class WatchedTrace {
  /** The lines of the trace. */
  readonly lines: string[] = [];
  readonly entries = new TraceEntries();
  readonly #keyLog: KeyLog;
  readonly #follower: RecordFollower;
  readonly #trace: LiveTrace;
  readonly #told = new Set<string>();
  readonly #showsSteps: boolean;
  #time = 0;

  constructor(options: {
    readonly keyLog: KeyLog;
    readonly detail: Detail;
    readonly width: number;
  }) {
    const { keyLog, detail, width } = options;
    this.#keyLog = keyLog;
    this.#showsSteps = detail === "hex" || detail === "secrets";
    this.#trace = new LiveTrace({
      ...{ detail, width, side: "client" },
      say: (line) => {
        if (this.lines.length < MOST_LINES) this.lines.push(line);
      },
      ...(detail === "json" && {
        enter: (entry) => {
          this.entries.add(entry, this.#time);
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
    const random = this.#follower.loggedRandom;
    return LABELS.some((label) => this.#keyLog.find(random, label));
  }

  /**
   * Takes bytes that one side sent; `time` is for the entries.
   *
   * @throws TlsError when they are no TLS records
   */
  feed(from: Side, bytes: Uint8Array, time: number): void {
    this.#time = time;
    this.#follower.feed(from, bytes);
  }

  /** The steps of the key schedule, as soon as their transcript is there. */
  #steps(): void {
    if (!this.#showsSteps) return;
    const random = this.#follower.loggedRandom;
    if (random !== this.#trace.clientRandom) this.#trace.hideHello();
    for (const label of LABELS) {
      if (this.#told.has(label) || !this.#trace.has(momentOf(label))) continue;
      const secret = this.#keyLog.find(random, label);
      if (secret === undefined) continue;
      this.#told.add(label);
      this.#trace.keyLog(`${label} ${random} ${toHex(secret)}`);
    }
  }
}
