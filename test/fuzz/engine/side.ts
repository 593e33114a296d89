/** An unchanged engine, and what must hold of it at every moment. */
import { concat, equal } from "../../../src/bytes.ts";
import {
  type ConnectionInfo,
  DEFAULT_LIMITS,
  type EngineEvent,
  type TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { ReadHalf } from "../../../src/record/read-half.ts";
import type { Counts } from "./provider.ts";
import { recordsOf, type Sent } from "./peer.ts";

/** Something that must not be. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** The reading half that took bytes last. */
let lastRead: ReadHalf | undefined;
const { push } = Object.getOwnPropertyDescriptors(ReadHalf.prototype);
Object.defineProperty(ReadHalf.prototype, "push", {
  ...push,
  value(this: ReadHalf, bytes: Uint8Array): void {
    noteRead(this);
    Reflect.apply(push.value ?? (() => undefined), this, [bytes]);
  },
});

function noteRead(half: ReadHalf): void {
  lastRead = half;
}

const MOST_CONTENT = 2 ** 14;
/** A record of TLS 1.2 at its longest, with its header. */
const MOST_BUFFERED = 2 ** 14 + 2048 + 5;
/**
 * The limit of bytes buffered for takeTrailing() after the reading side was
 * closed.
 */
const MOST_TRAILING = DEFAULT_LIMITS.inputWhileWaiting + MOST_BUFFERED;

export class UntouchedSide {
  readonly role: "client" | "server";
  readonly engine: TlsEngine;
  readonly #counts: () => Counts;
  #received = 0;
  #written = 0;
  #sent = 0;
  #records = 0;
  #failures = 0;
  #sawCcs = false;
  #closing = false;
  /** Application data and early data, in order. */
  readonly data: Uint8Array[] = [];
  readonly early: Uint8Array[] = [];
  readonly events: EngineEvent["type"][] = [];
  /** The facts of the connection at the moment at which it connected. */
  connected: ConnectionInfo | undefined;

  constructor(
    role: "client" | "server",
    engine: TlsEngine,
    counts: () => Counts,
  ) {
    this.role = role;
    this.engine = engine;
    this.#counts = counts;
  }

  receive(bytes: Uint8Array): void {
    this.#received += bytes.length;
    this.#records++;
    const lent = bytes.slice();
    this.engine.receive(lent);
    // The engine must have let go of what it was lent.
    lent.fill(0xee);
    this.#look();
  }

  end(): void {
    this.engine.receiveEof();
    this.#look();
  }

  close(): void {
    this.#closing = true;
    this.engine.close();
    this.#look();
  }

  /** Does something that may be out of place, as programs do. */
  attempt(command: (engine: TlsEngine) => number): void {
    try {
      this.#written += command(this.engine);
    } catch (error) {
      if (!(error instanceof TlsUsageError)) throw error;
    }
    this.#look();
  }

  take(): Sent[] {
    const { engine } = this;
    const isEarly = engine.state === "WAIT_SH";
    const output = engine.takeOutput();
    this.#sent += output.length;
    this.#checkBounds();
    return recordsOf(output).map((bytes) => {
      const sealed = bytes[0] === 23 || this.#sawCcs;
      // In TLS 1.3 the dummy changes nothing: plain handshake may follow.
      if (bytes[0] === 20 && engine.info?.version !== "TLSv1.3")
        this.#sawCcs = this.#isTls12;
      return { bytes, sealed, early: isEarly && bytes[0] === 23 };
    });
  }

  get #isTls12(): boolean {
    const { info } = this.engine;
    return info === undefined || info.version === "TLSv1.2";
  }

  /** At the end: a failed connection is dead and stays so. */
  checkEnd(): void {
    const { engine } = this;
    if (engine.error === undefined) return;
    engine.receive(Uint8Array.of(22, 3, 3, 0, 4, 0, 0, 0, 0));
    if (engine.takeOutput().length > 0)
      throw new Finding(`${this.role}: output after it failed`);
    if (engine.canWrite)
      throw new Finding(`${this.role}: writes after it failed`);
    const before = this.#failures;
    this.#look();
    if (this.#failures !== before || this.#failures !== 1)
      throw new Finding(`${this.role}: failed ${this.#failures} times`);
  }

  /** Tells whether the received data is the beginning of the written data. */
  gotOnly(written: Uint8Array, early: Uint8Array): boolean {
    const data = concat(...this.data);
    const first = concat(...this.early);
    return (
      equal(data, written.subarray(0, data.length)) &&
      equal(first, early.subarray(0, first.length))
    );
  }

  #look(): void {
    const { engine } = this;
    for (let e = engine.nextEvent(); e; e = engine.nextEvent()) {
      this.events.push(e.type);
      if (e.type === "data") this.#takeData(e.bytes);
      else if (e.type === "early_data") this.early.push(e.bytes);
      else if (e.type === "failed") this.#failures++;
      else if (e.type === "need")
        throw new Finding(`${this.role}: asks for ${e.need.type}`);
    }
    const reason = engine.error?.reason;
    if (reason === "internal_error" || reason === "callback_failed")
      throw new Finding(`${this.role}: ${reason}`, { cause: engine.error });
    if (engine.error === undefined) this.connected ??= engine.info;
    const closed = this.#closing || this.events.includes("peer_closed");
    const most = closed ? MOST_TRAILING : MOST_BUFFERED;
    const buffered = lastRead?.buffered ?? 0;
    if (engine.error === undefined && buffered > most)
      throw new Finding(`${this.role}: buffers ${buffered} bytes`);
    lastRead = undefined;
  }

  #takeData(bytes: Uint8Array): void {
    // RFC 9846 5.1 and 6.1.
    if (bytes.length > MOST_CONTENT)
      throw new Finding(`${this.role}: a record of ${bytes.length} bytes`);
    if (this.events.includes("peer_closed"))
      throw new Finding(`${this.role}: data behind close_notify`);
    this.data.push(bytes);
  }

  #checkBounds(): void {
    const limit = 100_000 + 2 * (this.#received + this.#written);
    if (this.#sent > limit)
      throw new Finding(`${this.role}: ${this.#sent} bytes of output`);
    const { exchanges, signatures, verifications, opened } = this.#counts();
    // Hellos, key shares and ECH; one certificate a request; a chain and OCSP.
    if (exchanges > 12 || signatures > 34 || verifications > 24)
      throw new Finding(
        `${this.role}: ${exchanges} exchanges, ${signatures} signatures, ${verifications} verifications`,
      );
    if (opened > 4 * this.#records + this.#received / 22 + 16)
      throw new Finding(`${this.role}: ${opened} decryptions`);
  }
}
