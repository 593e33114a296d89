/** Two transports with a wire between them that can be faulty, slow or broken. */
import { equal } from "../../../src/bytes.ts";
import type { Transport } from "../../../src/index.ts";
import { ByteQueue } from "../../../src/queues.ts";
import { recordsOf } from "../engine/peer.ts";
import type { Wire } from "../engine/wire.ts";
import type { Clock } from "./clock.ts";

/** An error that the run itself made. */
export class Planned extends Error {
  override readonly name = "Planned";
}

export interface LinkOptions {
  readonly clock: Clock;
  readonly highWaterMark: number;
  readonly chunk: number;
  readonly flows: boolean;
  readonly lends: boolean;
  readonly ownTimers: boolean;
  /** Called with each misuse of a transport by its user. */
  readonly found: (what: string) => void;
  /** Called when bytes arrive at a reader. */
  readonly arrived: () => void;
}

/** One direction. */
class Direction {
  readonly queue = new ByteQueue();
  readonly #wire: Wire;
  readonly #options: LinkOptions;
  #flying: Uint8Array[] = [];
  /** Tells whether bytes arrive without being delivered by an action. */
  flows: boolean;
  /** Tells whether writers wait, whatever arrives. */
  stalled = false;
  highWaterMark: number;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = new Set<() => void>();
  #reading = false;
  #writing = false;
  /** Bytes that were given to {@link write}. */
  written = 0;

  constructor(wire: Wire, options: LinkOptions) {
    this.#wire = wire;
    this.#options = options;
    this.flows = options.flows;
    this.highWaterMark = options.highWaterMark;
  }

  /** Tells whether all that was sent has arrived, and nothing more can. */
  get isOver(): boolean {
    return this.#ended && this.#flying.length === 0;
  }

  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#writing) this.#options.found("two writes at once");
    this.#writing = true;
    try {
      this.#requireWhole();
      if (this.#ended) throw new Planned("this direction has ended");
      const kept = bytes.slice();
      this.written += kept.length;
      const sent = recordsOf(kept).map((record) => ({
        bytes: record,
        sealed: true,
        early: false,
      }));
      this.#send(this.#wire.carry(sent));
      while (this.#isFull && !this.isBroken) await this.#change();
      if (!equal(bytes, kept))
        this.#options.found("bytes changed while the transport has them");
      this.#requireWhole();
    } finally {
      this.#writing = false;
    }
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#reading) this.#options.found("two reads at once");
    this.#reading = true;
    try {
      while (this.queue.length === 0) {
        this.#requireWhole();
        if (this.isOver) return null;
        await this.#change();
      }
      return this.takeArrived();
    } finally {
      this.#reading = false;
    }
  }

  /** Takes the bytes that have arrived, possibly none. */
  takeArrived(): Uint8Array {
    const most = Math.min(this.queue.length, this.#options.chunk);
    const bytes = this.queue.take(most);
    this.#changed();
    return bytes;
  }

  /** That many bytes arrive; 0: all. */
  deliver(size: number): void {
    let left = size === 0 ? Infinity : size;
    for (
      let [first] = this.#flying;
      first && left > 0;
      [first] = this.#flying
    ) {
      this.#flying.shift();
      const part = first.subarray(0, left);
      left -= part.length;
      if (part.length < first.length)
        this.#flying.unshift(first.subarray(part.length));
      this.queue.push(part.slice());
    }
    this.#changed();
  }

  /** Delivers the record that the wire holds back, too. */
  deliverRest(): void {
    this.#send(this.#wire.rest());
    this.deliver(0);
  }

  /** Resolves when all has arrived. */
  async emptied(): Promise<void> {
    while (this.#flying.length > 0 && !this.isBroken) await this.#change();
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  /** The end comes at once: what is on its way is lost. */
  cut(): void {
    this.#flying = [];
    this.end();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#changed();
  }

  /** Writers and readers look again. */
  #changed(): void {
    const wake = [...this.#wake];
    this.#wake.clear();
    for (const one of wake) one();
    this.#options.arrived();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.add(resolve));
  }

  get #isFull(): boolean {
    const flying = this.#flying.reduce((sum, { length }) => sum + length, 0);
    return this.stalled || flying + this.queue.length > this.highWaterMark;
  }

  #send(pieces: readonly Uint8Array[]): void {
    // Behind an end that the wire made up nothing comes.
    if (this.isOver || this.isBroken) return;
    this.#flying.push(...pieces.filter(({ length }) => length > 0));
    if (this.#wire.ended) this.end();
    if (this.flows) this.deliver(0);
  }

  #requireWhole(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** One end: what an SSLSocket is given. */
export class Endpoint implements Transport {
  readonly incoming: Direction;
  readonly outgoing: Direction;
  #closeFails = false;
  #bytesRead = 0;
  /** Tells whether the program has closed it. */
  closed = false;
  readonly setTimer: Transport["setTimer"];
  readonly readLent?: NonNullable<Transport["readLent"]>;
  readonly writeLent?: NonNullable<Transport["writeLent"]>;

  constructor(incoming: Direction, outgoing: Direction, options: LinkOptions) {
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.setTimer = options.ownTimers ? options.clock.setTimer : undefined;
    if (!options.lends) return;
    this.readLent = async (take) => {
      const bytes = await this.read();
      if (bytes === null) return false;
      take(bytes);
      bytes.fill(0xee);
      return true;
    };
    this.writeLent = (bytes) => outgoing.write(bytes);
  }

  get buffered(): number {
    return this.incoming.queue.length;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  async read(): Promise<Uint8Array | null> {
    const bytes = await this.incoming.read();
    this.#bytesRead += bytes?.length ?? 0;
    return bytes;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.outgoing.write(bytes);
  }

  async closeWrite(): Promise<void> {
    this.outgoing.end();
    await this.outgoing.emptied();
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.#closeFails) throw new Planned("close");
    this.outgoing.end();
    this.incoming.queue.clear();
    this.incoming.fail(new Planned("closed"));
    await this.outgoing.emptied();
  }

  abort(error: unknown = new Planned("aborted")): void {
    this.closed = true;
    this.incoming.queue.clear();
    this.incoming.fail(error);
    this.outgoing.fail(error);
  }

  unread(bytes: Uint8Array): void {
    this.#bytesRead -= bytes.length;
    this.incoming.queue.unshift(bytes);
  }

  /**
   * Reads for the program of an SSLObject; null at the end, undefined: nothing
   * yet.
   */
  poll(): Uint8Array | null | undefined {
    if (this.buffered > 0) return this.incoming.takeArrived();
    return this.incoming.isOver || this.incoming.isBroken ? null : undefined;
  }

  /** Breaks it as networks do. */
  break(how: "end" | "reset" | "resetOddly" | "closeFails"): void {
    if (how === "closeFails") this.#closeFails = true;
    else if (how === "end") this.incoming.cut();
    else {
      // Not every transport throws errors.
      const error = how === "reset" ? new Planned("reset") : undefined;
      this.incoming.fail(error);
      this.outgoing.fail(error);
    }
  }
}

/** A connected pair. */
export function link(
  wires: { readonly client: Wire; readonly server: Wire },
  options: LinkOptions,
): { readonly client: Endpoint; readonly server: Endpoint } {
  const there = new Direction(wires.client, options);
  const back = new Direction(wires.server, options);
  return {
    client: new Endpoint(back, there, options),
    server: new Endpoint(there, back, options),
  };
}
