/** A side that goes on only when it is told to, and says other things in between. */
import { ContentType, nameOf } from "../../wire/code-points.ts";
import { TlsError } from "../../errors.ts";
import { LabSide, type TappedConfig } from "../engine/side.ts";
import type { Segment } from "../engine/write-layer.ts";
import { messageName } from "../names.ts";
import { alertOf, isEnd, seenText } from "../play/seen.ts";
import type { Letter } from "./letters.ts";

/** Says the next thing that an honest side says. */
export const NEXT = "next";

const SILENT = { sent: () => undefined };

export class Walk {
  readonly #side: LabSide;
  #seen: string[] = [];
  #ended = false;

  private constructor(side: LabSide) {
    this.#side = side;
  }

  /** A side that has said nothing yet. */
  static begin(made: TappedConfig): Walk {
    const side = new LabSide(made, SILENT);
    side.write.closeGate();
    side.begin();
    return new Walk(side);
  }

  /** The walk as it is, to go on from any number of times. */
  fork(): () => Walk {
    const restore = this.#side.fork(SILENT);
    const ended = this.#ended;
    return () => {
      const copy = new Walk(restore());
      copy.#ended = ended;
      return copy;
    };
  }

  /** True when the peer has ended the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Names of what an honest side would say next. */
  get waiting(): readonly string[] {
    return this.#side.write.waiting.map(({ isMessage, type, bytes }) =>
      isMessage ? messageName(bytes) : (nameOf(ContentType, type) ?? "record"),
    );
  }

  get isConnected(): boolean {
    return this.#side.engine.info !== undefined;
  }

  say(letter: Letter | typeof NEXT): void {
    const side = this.#side;
    if (letter === NEXT) side.write.letThrough();
    else side.write.ungated(() => side.send(letter.items));
  }

  take(): Segment[] {
    return this.#side.take();
  }

  receive(bytes: Uint8Array): void {
    try {
      for (const { type, content, messages } of this.#side.receive(bytes)) {
        for (const message of messages) this.#seen.push(messageName(message));
        if (type === ContentType.alert) {
          const alert = alertOf(content);
          this.#seen.push(seenText(alert));
          // Not every peer closes at once.
          this.#ended ||= isEnd(alert);
        } else if (type === ContentType.application_data)
          this.#seen.push("data");
        else if (type === undefined)
          this.#seen.push("a record that does not decrypt");
      }
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      this.#seen.push("no TLS");
    }
  }

  receiveEnd(): void {
    if (!this.#ended) this.#seen.push("close");
    this.#ended = true;
  }

  /** The things that the peer did since they were taken last; "silence" for none. */
  get seen(): string {
    return this.#seen.join(", ") || "silence";
  }

  /** Takes what the peer did since the last time. */
  takeSeen(): string {
    const { seen } = this;
    this.#seen = [];
    return seen;
  }
}
