/** One end of a connection, and the calls that its program makes. */
import { concat, NO_BYTES } from "../../../src/bytes.ts";
import {
  SSLError,
  type SSLObject,
  type SSLSocket,
  SSLTimeoutError,
} from "../../../src/index.ts";
import type { CallName } from "./program.ts";
import { Stream } from "./stream.ts";
import type { Endpoint } from "./transport.ts";

/** The arguments of a call. */
export interface Options {
  readonly size: number;
  readonly timeout?: number;
  readonly signal?: Signal;
}

/** An AbortSignal whose listeners can be counted. */
export class Signal {
  aborted = false;
  readonly reason: unknown;
  readonly #listeners = new Set<() => void>();

  constructor(reason: unknown) {
    this.reason = reason;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A call that reads: its place among them is that of its beginning. */
interface Reading {
  settled: boolean;
  bytes: Uint8Array;
}

/** The common part of both ends of a run. */
export abstract class End {
  readonly sent = new Stream();
  readonly early = new Stream();
  readonly #readings: Reading[] = [];
  readonly receivedEarly: Uint8Array[] = [];
  readonly endpoint: Endpoint;
  /** Tells whether its program got the transport back. */
  detached = false;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  abstract readonly connection: SSLSocket | SSLObject | undefined;

  /** Makes a call; undefined where this end has no such call. */
  abstract call(name: CallName, options: Options): Promise<unknown> | undefined;

  /** Moves what has no promise of its own; whether something moved. */
  abstract poll(): boolean;

  /** Reads to the end, as an orderly program does. */
  abstract drain(): Promise<unknown>;

  /** Ends the sending direction. */
  abstract finish(): Promise<unknown>;

  abstract close(): Promise<unknown>;

  abstract destroy(): Promise<unknown>;

  /**
   * The bytes that the calls have read, in the order of the calls, up to the
   * first that still waits: promises of later ones can settle before its own.
   */
  get receivedBytes(): Uint8Array {
    const waits = this.#readings.findIndex(({ settled }) => !settled);
    const done = waits < 0 ? this.#readings : this.#readings.slice(0, waits);
    return concat(...done.map(({ bytes }) => bytes));
  }

  /** True when a later call has data and an earlier one waits. */
  get isOvertaken(): boolean {
    const waits = this.#readings.findIndex(({ settled }) => !settled);
    return (
      waits >= 0 &&
      this.#readings.slice(waits).some(({ bytes }) => bytes.length > 0)
    );
  }

  protected keep(bytes: Uint8Array): number {
    this.#readings.push({ settled: true, bytes });
    return bytes.length;
  }

  /** Keeps what a call will read, in the place that it has now. */
  protected async reading(read: Promise<Uint8Array>): Promise<number> {
    const reading: Reading = { settled: false, bytes: NO_BYTES };
    this.#readings.push(reading);
    try {
      reading.bytes = await read;
      return reading.bytes.length;
    } finally {
      reading.settled = true;
    }
  }

  /** Asks everything that can be asked. */
  protected look(): void {
    const { connection } = this;
    if (connection === undefined) return;
    connection.version();
    connection.cipher();
    connection.sharedCiphers();
    connection.selectedAlpnProtocol();
    connection.group();
    connection.getChannelBinding("tls-unique");
    connection.getChannelBinding("tls-server-end-point");
    connection.pending();
    if (!connection.handshakeDone) return;
    connection.getPeerCert();
    connection.getPeerCert({ binary: true });
    connection.getVerifiedChain();
    connection.getUnverifiedChain();
    connection.getPeerPublicKey();
  }

  protected takeEarly(): void {
    const bytes = this.connection?.readEarlyData() ?? null;
    if (bytes !== null) this.receivedEarly.push(bytes);
  }

  /** Undefined where this end exports nothing. */
  exported(): Uint8Array | undefined {
    const { connection } = this;
    if (connection?.handshakeDone !== true) return undefined;
    try {
      return connection.exportKeyingMaterial("EXPORTER-fuzz", 24);
    } catch (error) {
      if (error instanceof SSLError) return undefined;
      throw error;
    }
  }
}

/** As a promise, whatever a call throws or returns. */
export function attempt(call: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(call());
  });
}

/** Tells whether calls are documented to fail with that error. */
export function isDeclared(error: unknown): boolean {
  return error instanceof SSLError || error instanceof SSLTimeoutError;
}
