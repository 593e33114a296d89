/** A TCP proxy for one connection that does to one direction what it is told. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Direction, Fault } from "./plan.ts";

const HEADER = 5;
const CHANGES_NOTHING_BEFORE_KEYS = [1, 2];
const APPLICATION_DATA = 23;

export class FaultyProxy {
  readonly port: number;
  /** The local port of the connection to the server: what the server sees. */
  readonly upstreamPort: Promise<number>;
  /** Tells whether the fault has happened; a stream may be too short for it. */
  applied = false;
  /** Records of that direction since: none may follow a close_notify. */
  recordsAfter = 0;
  readonly #sockets: Socket[] = [];

  private constructor(
    port: number,
    accepted: Promise<Socket>,
    target: number,
    fault: Fault,
  ) {
    this.port = port;
    this.upstreamPort = accepted.then((near) =>
      this.#join(near, target, fault),
    );
  }

  static async open(target: number, fault: Fault): Promise<FaultyProxy> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const accepted = new Promise<Socket>((resolve) => {
      listener.once("connection", (socket: Socket) => {
        listener.close();
        resolve(socket);
      });
    });
    return new FaultyProxy(port, accepted, target, fault);
  }

  /** The progress of the bytes of both directions, for a report. */
  get progress(): string {
    const [near, far] = this.#sockets;
    const of = (name: string, socket: Socket | undefined): string =>
      socket === undefined
        ? `${name}: none`
        : `${name}: ${String(socket.bytesRead)} read, ${String(socket.bytesWritten)} written, ${String(socket.writableLength)} waiting, ${socket.readyState}`;
    return `proxy: ${of("client", near)}; ${of("server", far)}`;
  }

  /** Ends both connections, whatever they are about. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #join(near: Socket, target: number, fault: Fault): Promise<number> {
    near.on("error", () => undefined);
    this.#sockets.push(near);
    const far = connect({
      host: "127.0.0.1",
      port: target,
      allowHalfOpen: true,
      noDelay: true,
    });
    far.on("error", () => undefined);
    this.#sockets.push(far);
    await once(far, "connect");
    const { localPort = 0 } = far;
    void this.#carry(near, far, fault, "toServer");
    void this.#carry(far, near, fault, "toClient");
    return localPort;
  }

  async #carry(
    from: Socket,
    to: Socket,
    fault: Fault,
    direction: Direction,
  ): Promise<void> {
    const wire = new Wire(to, fault, direction === fault.direction, {
      onApplied: () => {
        this.applied = true;
        this.recordsAfter = 0;
      },
      onRecord: () => this.recordsAfter++,
    });
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }))
        await wire.take(chunk as Uint8Array);
      await wire.end();
    } catch {
      // A reset on one side is one on the other.
      if (wire.isSilent) return;
      from.destroy();
      to.resetAndDestroy();
    }
  }
}

/** One direction: cuts it into records and hands them on. */
class Wire {
  readonly #to: Socket;
  readonly #fault: Fault;
  readonly #isFaulty: boolean;
  readonly #onApplied: () => void;
  readonly #onRecord: () => void;
  #buffer: Uint8Array = new Uint8Array(0);
  #records = 0;
  #held: Uint8Array | undefined;
  #victim: number | undefined;
  #isOver = false;
  isSilent = false;

  constructor(
    to: Socket,
    fault: Fault,
    isFaulty: boolean,
    tell: { readonly onApplied: () => void; readonly onRecord: () => void },
  ) {
    this.#to = to;
    this.#fault = fault;
    this.#isFaulty = isFaulty;
    this.#onApplied = tell.onApplied;
    this.#onRecord = tell.onRecord;
  }

  async take(chunk: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    if (!this.#isFaulty) return this.#write(chunk);
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const [, , , high = 0, low = 0] = this.#buffer;
      const length = HEADER + ((high << 8) | low);
      if (this.#buffer.length < HEADER || this.#buffer.length < length) return;
      const record = this.#buffer.slice(0, length);
      this.#buffer = this.#buffer.subarray(length);
      this.#onRecord();
      await this.#pass(record, this.#records++);
      if (this.#isOver) return;
    }
  }

  async end(): Promise<void> {
    if (this.#isOver) return;
    if (this.#held !== undefined) await this.#write(this.#held);
    await this.#write(this.#buffer);
    this.#to.end();
  }

  async #pass(record: Uint8Array, index: number): Promise<void> {
    const { kind, record: from, size, at } = this.#fault;
    const isIt = index === from;
    switch (kind) {
      case "none":
        return this.#write(record);
      case "split": {
        this.#onApplied();
        // Each piece takes a turn of the loop.
        const most = index < 8 ? 24 : 3;
        const piece = Math.max(size, Math.ceil(record.length / most));
        for (let i = 0; i < record.length; i += piece) {
          await this.#write(record.subarray(i, i + piece));
          await new Promise((resolve) => setImmediate(resolve));
        }
        return;
      }
      case "delay":
        this.#onApplied();
        // A second in all for a stream of sixteen records or more.
        await pause(Math.min(size, index < 16 ? 60 : 1));
        return this.#write(record);
      case "stall":
        if (isIt) {
          this.#onApplied();
          await this.#write(record.subarray(0, at % record.length));
          await pause(2 * size);
          return this.#write(record.subarray(at % record.length));
        }
        return this.#write(record);
      case "flip":
        return this.#write(isIt ? this.#flipped(record) : record);
      case "swap":
        return this.#swap(record, index);
      case "duplicate":
        await this.#write(record);
        if (this.#isVictim(record, index)) await this.#write(record);
        return;
      case "drop":
        if (!this.#isVictim(record, index)) await this.#write(record);
        return;
      default:
        if (!isIt) return this.#write(record);
        await this.#write(record.subarray(0, at % record.length));
        this.#break(kind);
    }
  }

  /** The first record of application data from that index on. */
  #isVictim(record: Uint8Array, index: number): boolean {
    if (index < this.#fault.record || record[0] !== APPLICATION_DATA)
      return false;
    if (this.#victim !== undefined) return false;
    this.#victim = index;
    this.#onApplied();
    return true;
  }

  /** Two records of application data change places. */
  async #swap(record: Uint8Array, index: number): Promise<void> {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      if (record[0] === APPLICATION_DATA) this.#onApplied();
      const isData = record[0] === APPLICATION_DATA;
      for (const one of isData ? [record, held] : [held, record])
        await this.#write(one);
      return;
    }
    const waits =
      index >= this.#fault.record &&
      record[0] === APPLICATION_DATA &&
      this.#victim === undefined;
    if (!waits) return this.#write(record);
    this.#victim = index;
    this.#held = record;
    // Where nothing follows there is nothing to change places with.
    setTimeout(() => {
      if (this.#held !== record) return;
      this.#held = undefined;
      // The other side may be gone by then, and says so to who reads.
      this.#write(record).catch(() => undefined);
    }, 100);
  }

  #flipped(record: Uint8Array): Uint8Array {
    const changed = record.slice();
    const bit = this.#fault.at % (8 * record.length);
    let byte = bit >> 3;
    // legacy_record_version is nobody's concern before there are keys.
    if (
      CHANGES_NOTHING_BEFORE_KEYS.includes(byte) &&
      record[0] !== APPLICATION_DATA
    )
      byte = HEADER;
    changed[byte] = (changed[byte] ?? 0) ^ (1 << (bit & 7));
    this.#onApplied();
    return changed;
  }

  #break(kind: "cut" | "reset" | "silence"): void {
    this.#isOver = true;
    this.#onApplied();
    if (kind === "cut") this.#to.end();
    else if (kind === "reset") throw new Error("reset");
    else this.isSilent = true;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#to.destroyed) throw new Error("the other side is gone");
    if (!this.#to.write(bytes)) {
      const over = new AbortController();
      await Promise.race([
        once(this.#to, "drain", { signal: over.signal }),
        once(this.#to, "close", { signal: over.signal }),
      ]).finally(() => {
        over.abort();
      });
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
