/** The other end: a scripted engine over a wire that can break. */
import { once } from "node:events";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { connect } from "node:net";
import { node } from "../../../src/crypto/node.ts";
import { TlsEngine } from "../../../src/engine/index.ts";
import { memoryPair, type Transport } from "../../../src/index.ts";
import { fromNodeSocket } from "../../../src/net/node.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";

export type Version = "TLSv1.2" | "TLSv1.3";

/** A byte stream whose other end is the user's. */
export interface Wire {
  readonly transport: Transport;
  reset(): void;
}

/** An alert of that description in the clear. */
export const plainAlert = (level: number, description: number): Uint8Array =>
  Uint8Array.of(21, 3, 3, 0, 2, level, description);

function configsOf(version: Version) {
  const options = { provider: node, versions: [version] } as const;
  return {
    client: testClientConfig(options),
    server: testServerConfig(options),
  };
}

const CONFIGS = {
  "TLSv1.2": configsOf("TLSv1.2"),
  "TLSv1.3": configsOf("TLSv1.3"),
};

export class Peer {
  readonly engine: TlsEngine;
  readonly #wire: Wire;
  /** Data that came. */
  received = 0;
  #reads: Promise<void> | undefined;
  #stopped = false;

  constructor(role: "client" | "server", version: Version, wire: Wire) {
    const { client, server } = CONFIGS[version];
    this.engine =
      role === "client"
        ? TlsEngine.client(client, "server.test")
        : TlsEngine.server(server);
    this.#wire = wire;
  }

  /** Reads and answers until `stop()`, or until the handshake is done. */
  async handshake(): Promise<void> {
    await this.flush();
    while (this.engine.info === undefined) await this.#readOnce();
    // What else was said in the same breath.
    await this.flush();
  }

  /** Reads on, in the background. */
  readOn(): void {
    this.#reads = (async () => {
      try {
        while (!this.#stopped && (await this.#readOnce()));
      } catch {
        // A wire that broke has no more to read.
      }
    })();
  }

  /** Waits until that much data has come. */
  async until(bytes: number): Promise<void> {
    while (this.received < bytes)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async sayClose(): Promise<void> {
    this.engine.close();
    await this.flush();
  }

  /** Fails by a record under an unknown key: its alert is bad_record_mac. */
  async sayAlert(): Promise<void> {
    const record = new Uint8Array(5 + 64);
    record.set([23, 3, 3, 0, 64]);
    this.engine.receive(record);
    await this.flush();
  }

  async fin(): Promise<void> {
    await this.#wire.transport.closeWrite();
  }

  reset(): void {
    this.#stopped = true;
    this.#wire.reset();
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#wire.transport.write(bytes);
  }

  async end(): Promise<void> {
    this.#stopped = true;
    this.#wire.transport.abort();
    await this.#reads;
  }

  async flush(): Promise<void> {
    const bytes = this.engine.takeOutput();
    if (bytes.length > 0) await this.#wire.transport.write(bytes);
  }

  async #readOnce(): Promise<boolean> {
    const bytes = await this.#wire.transport.read();
    if (bytes === null) return false;
    this.engine.receive(bytes);
    for (let e = this.engine.nextEvent(); e; e = this.engine.nextEvent())
      if (e.type === "data") this.received += e.bytes.length;
    await this.flush();
    return true;
  }
}

/** A wire in memory; the user has the other end of it. */
export function memoryWire(): { wire: Wire; user: Transport } {
  const [user, transport] = memoryPair();
  const reset = (): void => {
    transport.abort(
      Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
    );
  };
  return { wire: { transport, reset }, user };
}

/** A listener whose connections are wires of peers. */
export class WireServer {
  readonly #server: Server = createServer({ allowHalfOpen: true });

  async open(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next connection. */
  async next(): Promise<Wire> {
    const [socket] = (await once(this.#server, "connection")) as [Socket];
    return wireOf(socket);
  }

  close(): void {
    this.#server.close();
  }
}

/** A wire to a server of the user. */
export async function wireTo(port: number): Promise<Wire> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  await once(socket, "connect");
  return wireOf(socket);
}

function wireOf(socket: Socket): Wire {
  socket.on("error", () => undefined);
  return {
    transport: fromNodeSocket(socket),
    reset: () => {
      socket.resetAndDestroy();
    },
  };
}
