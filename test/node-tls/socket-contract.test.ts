/**
 * The same program over `node:tls` and over puretls, the peer always one of
 * `node:tls`: the same events in the same order, the same codes, the same counts.
 */
import { once } from "node:events";
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type Socket,
} from "node:net";
import { Duplex } from "node:stream";
import * as nodeTls from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import * as pureTls from "../../src/node-tls/index.ts";
import { ca, cert, HOST, key, listening, watch } from "./support.ts";

/** The module, as the program sees it: what it may differ in is not used here. */
const MODULES: Readonly<Record<string, typeof nodeTls>> = {
  "node:tls": nodeTls,
  puretls: pureTls as unknown as typeof nodeTls,
};
type Options = nodeTls.ConnectionOptions & {
  readonly allowHalfOpen?: boolean;
  readonly signal?: AbortSignal;
};
const MIB = 1024 * 1024;

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server of `node:tls`, whatever the client is. */
async function peer(
  onSocket: (socket: nodeTls.TLSSocket) => void,
  options: nodeTls.TlsOptions = {},
): Promise<number> {
  const server = nodeTls.createServer({ cert, key, ...options }, (socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  server.on("tlsClientError", () => undefined);
  ends.push(() => server.close());
  return listening(server);
}

async function plain(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  ends.push(() => server.close());
  return listening(server);
}

/** TCP between the port and its peer, which can be cut. */
async function relay(port: number) {
  const raws: Socket[] = [];
  const near = await plain((socket) => {
    const far = connectTcp({ port, host: HOST, allowHalfOpen: true });
    far.on("error", () => undefined);
    socket.pipe(far).pipe(socket);
    raws.push(socket);
  });
  const cut = (how: "resetAndDestroy" | "destroy"): void => {
    for (const raw of raws) raw[how]();
  };
  return { port: near, cut };
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

const OPEN = ["connect", "ready", "secureConnect"];
const ENDED = ["end", "finish", "close false"];

describe.each(Object.entries(MODULES))("a client socket of %s", (name, tls) => {
  const open = (port: number, options: Options = {}) => {
    const socket = tls.connect({ port, host: HOST, ca, ...options });
    ends.push(() => socket.destroy());
    return socket;
  };
  const over = (below: Duplex) => {
    const socket = tls.connect({ socket: below, servername: HOST, ca });
    ends.push(() => socket.destroy());
    return socket;
  };

  it.each(["end", "destroy"] as const)(
    "closes after the peer's %s(), read or not",
    async (how) => {
      const port = await peer((socket) => {
        socket.resume();
        setTimeout(() => socket[how](), 20);
      });
      for (const isRead of [true, false]) {
        const socket = open(port);
        if (isRead) socket.resume();
        expect(await watch(socket).closed).toEqual([...OPEN, ...ENDED]);
      }
    },
  );

  it("writes on after the peer's end where it is half-open", async () => {
    let got = "";
    const port = await peer(
      (socket) => {
        socket.end("hello");
        socket.on("data", (data: Buffer) => (got += data.toString()));
      },
      { allowHalfOpen: true },
    );
    const socket = open(port, { allowHalfOpen: true });
    const { events, closed } = watch(socket);
    socket.resume();
    await once(socket, "end");
    await sleep(20);
    expect(events).toEqual([...OPEN, "end"]);
    socket.end("late");
    expect(await closed).toEqual([...OPEN, ...ENDED]);
    await sleep(20);
    expect(got).toBe("late");
  });

  it("keeps data for a reader that comes late, and only so much", async () => {
    const port = await peer((socket) => socket.end(Buffer.alloc(3 * MIB)));
    const socket = open(port);
    const { closed } = watch(socket);
    await sleep(150);
    expect(socket.readableLength).toBeLessThan(128 * 1024);
    let length = 0;
    socket.on("readable", () => {
      for (;;) {
        const data = socket.read() as Buffer | null;
        if (data === null) return;
        length += data.length;
      }
    });
    await closed;
    expect(length).toBe(3 * MIB);
  });

  it("refuses a write after the peer's end with EPIPE", async () => {
    const port = await peer((socket) => socket.end("x"));
    const socket = open(port);
    const { closed } = watch(socket);
    socket.resume();
    await once(socket, "end");
    const codes: unknown[] = [];
    socket.write("y", (error) => {
      codes.push(Reflect.get(error ?? {}, "code"));
    });
    expect(await closed).toEqual([...OPEN, "end", "error EPIPE", "close true"]);
    expect(codes).toEqual(["EPIPE"]);
  });

  it("is reset in the middle of a write", async () => {
    const port = await peer((socket) => socket.pause());
    const { port: near, cut } = await relay(port);
    const socket = open(near);
    const { closed } = watch(socket);
    await once(socket, "secureConnect");
    socket.write(Buffer.alloc(32 * MIB));
    await sleep(50);
    cut("resetAndDestroy");
    // The system tells a read or a write of it, and the other one of an end.
    const events = (await closed).filter((event) => event !== "end");
    expect(events).toEqual([...OPEN, "error ECONNRESET", "close true"]);
  });

  it("waits for a peer that does not read, in bounded memory", async () => {
    // The client is secure first: its peer may come to that behind the sleep.
    let isThere: (socket: nodeTls.TLSSocket) => void = () => undefined;
    const reader = new Promise<nodeTls.TLSSocket>((resolve) => {
      isThere = resolve;
    });
    let length = 0;
    const port = await peer((socket) => {
      socket.on("data", (data: Buffer) => {
        length += data.length;
        if (length === 32 * MIB) socket.end();
      });
      isThere(socket.pause());
    });
    const socket = open(port);
    const { events, closed } = watch(socket);
    socket.resume();
    await once(socket, "secureConnect");
    const before = process.memoryUsage().arrayBuffers;
    const bytes = Buffer.alloc(32 * MIB);
    let drained = false;
    socket.once("drain", () => (drained = true));
    expect(socket.write(bytes)).toBe(false);
    await sleep(100);
    const more = process.memoryUsage().arrayBuffers - before;
    // The data itself, what the system holds, and the records under way.
    if (name === "puretls") expect(more).toBeLessThan(48 * MIB);
    expect(drained).toBe(false);
    (await reader).resume();
    await closed;
    expect([drained, events.at(-1)]).toEqual([true, "close false"]);
    expect([length, socket.bytesWritten]).toEqual([32 * MIB, 32 * MIB]);
  });

  it("sends ten thousand small writes, and calls back for each", async () => {
    let text = "";
    let pieces = 0;
    const port = await peer((socket) => {
      socket.on("data", (data: Buffer) => {
        text += data.toString();
        pieces++;
      });
    });
    const socket = open(port);
    const { closed } = watch(socket);
    let done = 0;
    for (let i = 0; i < 10_000; i++)
      socket.write(String(i % 10), () => {
        done++;
      });
    socket.end();
    socket.resume();
    await closed;
    expect([done, text]).toEqual([10_000, "0123456789".repeat(1000)]);
    expect(pieces).toBeLessThan(10);
  });

  // Node's own socket has the alert or the reset, whichever it meets first.
  if (name === "puretls")
    it("gives the alert, and not the write that failed on it", async () => {
      const port = await peer((socket) => socket.resume(), {
        requestCert: true,
        rejectUnauthorized: true,
      });
      const socket = open(port);
      const { closed } = watch(socket);
      await once(socket, "secureConnect");
      for (let i = 0; i < 5; i++) socket.write(Buffer.alloc(100));
      expect((await closed).slice(-2)).toEqual([
        "error ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "close true",
      ]);
    });

  it.each(["end", "resetAndDestroy"] as const)(
    "has ECONNRESET for %s() in the handshake",
    async (how) => {
      const port = await plain((socket) => {
        socket.once("data", () => socket[how]());
      });
      const events = await watch(open(port)).closed;
      expect(events.slice(-2)).toEqual(["error ECONNRESET", "close true"]);
    },
  );

  it("has ECONNREFUSED, and tells it to who waits for a write", async () => {
    const server = createTcpServer();
    const port = await listening(server);
    server.close();
    await once(server, "close");
    const socket = open(port);
    const codes: unknown[] = [];
    socket.write("x", (error) => {
      codes.push(Reflect.get(error ?? {}, "code"));
    });
    expect([socket.connecting, socket.pending]).toEqual([true, true]);
    expect(await watch(socket).closed).toEqual([
      "error ECONNREFUSED",
      "close true",
    ]);
    await sleep(5);
    expect(codes).toEqual(["ERR_SOCKET_CLOSED_BEFORE_CONNECTION"]);
    expect([socket.connecting, socket.readyState]).toEqual([false, "closed"]);
  });

  it("is destroyed before it connects, and in the handshake", async () => {
    const port = await plain((socket) => socket.resume());
    const first = open(port);
    const { closed } = watch(first);
    first.destroy();
    expect(await closed).toEqual(["close false"]);
    const second = open(port);
    const seen = watch(second);
    await once(second, "connect");
    second.destroy(new Error("mine"));
    const [last] = (await seen.closed).slice(-1);
    expect(last).toBe("close true");
  });

  it("is aborted by a signal", async () => {
    const port = await peer((socket) => socket.resume());
    const abort = new AbortController();
    const socket = open(port, { signal: abort.signal });
    const { closed } = watch(socket);
    await once(socket, "secureConnect");
    abort.abort();
    expect(await closed).toEqual([...OPEN, "error ABORT_ERR", "close true"]);
  });

  it("times out by its own activity, in the handshake too", async () => {
    const silent = await plain((socket) => socket.resume());
    const slow = open(silent);
    slow.setTimeout(60);
    await once(slow, "timeout");
    const port = await peer((socket) => {
      let times = 0;
      const timer = setInterval(() => {
        socket.write(".");
        if (++times === 4) clearInterval(timer);
      }, 40);
    });
    const socket = open(port);
    const { events } = watch(socket);
    socket.resume();
    await once(socket, "secureConnect");
    socket.setTimeout(100);
    await sleep(170);
    expect([events, socket.timeout]).toEqual([OPEN, 100]);
    await once(socket, "timeout");
  });

  it("goes on after an error that a listener throws", async () => {
    const port = await peer((socket) => {
      socket.once("data", () => {
        socket.write("a");
        setTimeout(() => socket.end("b"), 30);
      });
    });
    const socket = open(port);
    socket.write("x");
    const { closed } = watch(socket);
    const thrown: unknown[] = [];
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => thrown.push(error.message));
    let got = "";
    socket.once("secureConnect", () => {
      throw new Error("first");
    });
    socket.once("data", () => {
      throw new Error("second");
    });
    socket.on("data", (data: Buffer) => (got += data.toString()));
    await closed;
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener);
    expect([thrown, got]).toEqual([["first", "second"], "b"]);
  });

  it("lets promises run between two records", async () => {
    const port = await peer((socket) => {
      socket.setMaxSendFragment(512);
      socket.end("a".repeat(512) + "b".repeat(512) + "c".repeat(512));
    });
    const socket = open(port);
    const { closed } = watch(socket);
    await once(socket, "secureConnect");
    const parts: string[] = [];
    for (let i = 0; i < 3; i++)
      parts.push(String((await once(socket, "data"))[0]).slice(0, 1));
    await closed;
    expect(parts).toEqual(["a", "b", "c"]);
  });

  it("takes over a socket that still connects, or is paused, or cleared", async () => {
    const port = await peer((socket) => {
      socket.once("data", (data: Buffer) => socket.end(data));
    });
    const raw = connectTcp(port, HOST);
    const first = over(raw);
    expect([first.connecting, first.readyState]).toEqual([true, "opening"]);
    first.write("a");
    const second = connectTcp(port, HOST);
    await once(second, "connect");
    const later = over(second.pause());
    second.removeAllListeners();
    later.write("b");
    const got: string[] = [];
    for (const socket of [first, later])
      socket.on("data", (data: Buffer) => got.push(data.toString()));
    await Promise.all([watch(first).closed, watch(later).closed]);
    expect(got.sort()).toEqual(["a", "b"]);
    expect([raw.destroyed, second.destroyed]).toEqual([true, true]);
  });

  it("closes with the socket below", async () => {
    const port = await peer((socket) => socket.resume());
    const raw = connectTcp(port, HOST);
    const socket = over(raw);
    const { closed } = watch(socket);
    await once(socket, "secureConnect");
    socket.resume();
    raw.destroy();
    expect(await closed).toEqual(["connect", "secureConnect", "close false"]);
  });

  it("runs over any duplex stream", async () => {
    const port = await peer((socket) => {
      socket.once("data", (data: Buffer) => socket.end(data));
    });
    const raw = connectTcp({ port, host: HOST, allowHalfOpen: true });
    const below = new Duplex({
      read: () => void raw.resume(),
      write: (chunk: Uint8Array, _encoding, done) =>
        void raw.write(chunk, done),
      final: (done) => void raw.end(done),
    });
    raw.on("data", (data) => {
      if (!below.push(data)) raw.pause();
    });
    raw.on("end", () => below.push(null));
    const socket = over(below);
    let got = "";
    socket.on("data", (data: Buffer) => (got += data.toString()));
    socket.write("q");
    await once(socket, "end");
    expect([got, socket.remoteAddress]).toEqual(["q", undefined]);
    raw.destroy();
  });
});

describe.each(Object.entries(MODULES))(
  "a server socket of %s",
  (_name, tls) => {
    const secureContext = tls.createSecureContext({ cert, key });
    const serve = (options: { readonly allowHalfOpen: boolean }) => {
      const sockets: ReturnType<typeof watch>[] = [];
      const port = plain((raw) => {
        const socket = new tls.TLSSocket(raw, {
          isServer: true,
          secureContext,
          ...options,
        });
        ends.push(() => socket.destroy());
        sockets.push(watch(socket));
        socket.on("data", () => undefined);
        socket.on("end", () => {
          setTimeout(() => socket.end("answer"), 10);
        });
      });
      return { sockets, port };
    };
    it("answers a client that has ended, with close_notify or without", async () => {
      const { sockets, port } = serve({ allowHalfOpen: true });
      for (const says of [true, false]) {
        const raw = connectTcp({
          port: await port,
          host: HOST,
          allowHalfOpen: true,
        });
        const below = new Duplex({
          read: () => undefined,
          write: (chunk: Uint8Array, _encoding, done) =>
            void raw.write(chunk, done),
        });
        raw.on("data", (data) => below.push(data));
        const client = nodeTls.connect({
          socket: below,
          ca,
          servername: HOST,
          allowHalfOpen: true,
        } as object);
        let got = "";
        client.on("data", (data: Buffer) => (got += data.toString()));
        await once(client, "secureConnect");
        client.write("request");
        await sleep(20);
        if (says) client.end();
        await sleep(10);
        raw.end();
        await sockets.at(-1)?.closed;
        await sleep(20);
        expect(got).toBe("answer");
        raw.destroy();
      }
      for (const { events } of sockets) expect(events).toEqual(ENDED);
    });
  },
);
