/** One end of a connection, and the calls that its program makes. */
import { concat } from "../../../src/bytes.ts";
import {
  SSLError,
  type SSLObject,
  type SSLSocket,
  SSLTimeoutError,
} from "../../../src/index.ts";
import type { CallName } from "./program.ts";
import { Stream } from "./stream.ts";
import type { Endpoint } from "./transport.ts";

/** What a call is made with. */
export interface Options {
  readonly size: number;
  readonly timeout?: number;
  readonly signal?: Signal;
}

/** As an AbortSignal, but it can be asked who listens. */
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

/** What both ends of a run have in common. */
export abstract class End {
  readonly sent = new Stream();
  readonly early = new Stream();
  readonly received: Uint8Array[] = [];
  readonly receivedEarly: Uint8Array[] = [];
  readonly endpoint: Endpoint;
  /** Whether its program got the transport back. */
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

  /** Says that it has nothing more to send. */
  abstract finish(): Promise<unknown>;

  abstract close(): Promise<unknown>;

  abstract destroy(): Promise<unknown>;

  get receivedBytes(): Uint8Array {
    return concat(...this.received);
  }

  protected keep(bytes: Uint8Array): number {
    this.received.push(bytes);
    return bytes.length;
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

/** Whether calls are documented to fail with that. */
export function isDeclared(error: unknown): boolean {
  return error instanceof SSLError || error instanceof SSLTimeoutError;
}
