/** Clients of the service, and someone who records and replays their flights. */
import { connect as connectTcp } from "node:net";
import { SSLContext, type SSLSession, type Transport } from "puretls";
import { node as provider } from "puretls/crypto/node";
import { fromNodeSocket, openTcp } from "puretls/node";

const NAME = "fleet.example";
const PATIENCE = { timeout: 20_000 };
let requests = 0;

export interface Visit {
  readonly resumed: boolean;
  readonly offered: boolean;
  readonly early: string | null;
  readonly milliseconds: number;
  /** The bytes that the client sent before the server's first message. */
  readonly flight: Uint8Array;
}

/** A client that comes again and again, each time with its last session. */
export class Client {
  readonly #context: SSLContext;
  readonly #port: number;
  #session: SSLSession | null = null;

  constructor(ca: string, port: number) {
    this.#port = port;
    this.#context = new SSLContext({
      provider,
      verifyLocations: { ca },
    });
  }

  /** @throws where the connection fails */
  async visit(early: boolean): Promise<Visit> {
    const session = this.#session;
    this.#context.earlyData = early; // Else a session that allows it offers it.
    const { transport, sent } = recording(
      fromNodeSocket(await openTcp({ host: "127.0.0.1", port: this.#port })),
    );
    const socket = this.#context.wrapSocket(transport, {
      serverHostname: NAME,
      doHandshakeOnConnect: false,
      session,
    });
    try {
      const began = performance.now();
      const request = new TextEncoder().encode(`GET ${requests++}`);
      if (early) await socket.sendEarlyData(request, PATIENCE);
      await socket.doHandshake(PATIENCE);
      const milliseconds = performance.now() - began;
      const outcome = socket.earlyDataOutcome;
      if (outcome !== "accepted") await socket.sendAll(request);
      const answer = await socket.recv(1024, PATIENCE);
      if (new TextDecoder().decode(answer) !== "fine")
        throw new Error("no answer");
      this.#session = socket.session; // Tickets come with the answer.
      const resumed = socket.sessionReused === true;
      const flight = sent();
      return {
        ...{ resumed, offered: session !== null, early: outcome },
        ...{ milliseconds, flight },
      };
    } finally {
      await socket.close(PATIENCE).catch(() => undefined);
    }
  }
}

/** Keeps what is written until the first bytes come. */
function recording(inner: Transport) {
  const chunks: Uint8Array[] = [];
  let isAnswered = false;
  const keep = (bytes: Uint8Array): void => {
    if (!isAnswered) chunks.push(bytes.slice());
  };
  const transport: Transport = {
    read: async () => {
      const bytes = await inner.read();
      isAnswered = true;
      return bytes;
    },
    write: (bytes) => {
      keep(bytes);
      return inner.write(bytes);
    },
    closeWrite: () => inner.closeWrite(),
    close: () => inner.close(),
    abort: (error) => {
      inner.abort(error);
    },
    unread: (bytes) => {
      inner.unread(bytes);
    },
    get buffered() {
      return inner.buffered;
    },
    get bytesRead() {
      return inner.bytesRead;
    },
  };
  return { transport, sent: () => Buffer.concat(chunks) };
}

/** Sends a flight again, to any worker; resolves with its answer's length. */
export function replay(port: number, flight: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1");
    let length = 0;
    socket.setTimeout(10_000, () => socket.destroy());
    socket.once("error", () => undefined);
    socket.once("close", () => {
      resolve(length);
    });
    socket.once("data", (bytes) => {
      length = bytes.length;
      socket.destroy();
    });
    socket.write(flight);
  });
}
