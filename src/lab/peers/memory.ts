/** The honest side in memory: an engine of ours, which echoes what it gets. */
import { concatAll } from "../../bytes.ts";
import { TlsEngine } from "../../engine/tls-engine.ts";
import type {
  ClientConfig,
  ServerConfig,
  Session,
} from "../../engine/index.ts";

/** A connection to a side in memory. */
export interface MemoryConnection {
  /** Takes bytes of the misbehaving side. */
  receive(bytes: Uint8Array): void;
  receiveEnd(): void;
  /** Bytes to send; empty where there are none. */
  take(): Uint8Array;
  /** True when it has ended the transport: behind its last bytes. */
  readonly ended: boolean;
  /** The name of its state, for graphs and coverage. */
  readonly state: string;
  /** The reason of its end by an error of its own; undefined where there is none. */
  readonly reason: string | undefined;
  /** The connection as it is, to go on from any number of times. */
  fork?(): () => MemoryConnection;
}

/** Limits on what one run in memory may grow to. */
const MOST_BYTES = 4 * 2 ** 20;

export class EnginePeer implements MemoryConnection {
  readonly engine: TlsEngine;
  #received = 0;
  #ended = false;
  /** The session that a client was left. */
  session: Session | undefined;

  constructor(engine: TlsEngine) {
    this.engine = engine;
  }

  /** A side that begins with that config. */
  static of(
    config: ClientConfig | ServerConfig,
    serverName: string,
  ): EnginePeer {
    return new EnginePeer(
      config.role === "client"
        ? TlsEngine.client(config, serverName)
        : TlsEngine.server(config),
    );
  }

  get ended(): boolean {
    return this.#ended && !this.engine.hasOutput;
  }

  get state(): string {
    return this.engine.state;
  }

  get reason(): string | undefined {
    return this.engine.error?.reason;
  }

  receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#received += bytes.length;
    if (this.#received > MOST_BYTES) {
      this.engine.abandon();
      this.#ended = true;
      return;
    }
    this.engine.receive(bytes);
    this.#look();
  }

  receiveEnd(): void {
    if (this.#ended) return;
    this.engine.receiveEof();
    this.#look();
    this.#ended = true;
  }

  take(): Uint8Array {
    return this.engine.takeOutput();
  }

  fork(): () => EnginePeer {
    const snapshot = this.engine.snapshot();
    const [ended, received] = [this.#ended, this.#received];
    return () => {
      const copy = new EnginePeer(TlsEngine.restore(snapshot));
      copy.#ended = ended;
      copy.#received = received;
      return copy;
    };
  }

  #look(): void {
    const { engine } = this;
    const early: Uint8Array[] = [];
    for (let e = engine.nextEvent(); e; e = engine.nextEvent())
      if (e.type === "data" && engine.canWrite) engine.write(e.bytes);
      else if (e.type === "early_data") early.push(e.bytes);
      else if (e.type === "session") this.session = e.session;
      else if (e.type === "peer_closed") {
        engine.close();
        this.#ended = true;
      } else if (e.type === "failed") this.#ended = true;
    if (early.length > 0 && engine.canWrite) engine.write(concatAll(early));
  }
}
