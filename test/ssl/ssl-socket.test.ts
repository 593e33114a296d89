import { describe, expect, it } from "vitest";
import { equal } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  memoryPair,
  type SSLError,
  SSLCertVerificationError,
  SSLEOFError,
  SSLSyscallError,
  SSLTimeoutError,
  type Transport,
} from "../../src/index.ts";
import {
  ascii,
  bytes,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  text,
} from "./support.ts";

const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

describe("SSLSocket: the handshake", () => {
  it("X-107: begins by itself, or when it is told", async () => {
    const { client, server } = await readyPair();
    expect([client.version(), server.version()]).toEqual([
      "TLSv1.3",
      "TLSv1.3",
    ]);
    const waiting = socketPair({
      clientOptions: { doHandshakeOnConnect: false },
    });
    await soon();
    expect(waiting.client.handshakeDone).toBe(false);
    await waiting.client.doHandshake();
    await waiting.client.doHandshake();
    await waiting.server.ready;
  });

  it("is made by the first recv and send", async () => {
    const late = { doHandshakeOnConnect: false };
    const { client, server } = socketPair({
      clientOptions: late,
      serverOptions: late,
    });
    const [, got] = await Promise.all([client.send(bytes(1)), server.recv()]);
    expect([...got]).toEqual([1]);
  });

  it("rejects the wrong server, with an alert", async () => {
    const { client, server } = socketPair({
      clientOptions: { serverHostname: "other.test" },
    });
    const seen = rejection(server.ready);
    const error = await rejection(client.ready);
    expect(error).toBeInstanceOf(SSLCertVerificationError);
    expect(error).toMatchObject({ verifyCode: 62 });
    await client.close();
    expect(await seen).toMatchObject({ reason: "SSLV3_ALERT_BAD_CERTIFICATE" });
    expect(await rejection(client.recv())).toMatchObject({
      code: "ERR_SOCKET_CLOSED",
    });
  });

  it("O-40: names plain HTTP in both roles", async () => {
    const [near, far] = memoryPair();
    const server = serverContext().wrapSocket(far);
    await near.write(ascii("GET / HTTP/1.1\r\n\r\n"));
    expect(await rejection(server.ready)).toMatchObject({
      reason: "HTTP_REQUEST",
    });
    const [one, two] = memoryPair();
    const client = clientContext().wrapSocket(one, {
      serverHostname: "server.test",
    });
    await two.write(ascii("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect((await rejection(client.ready)) as SSLError).toMatchObject({
      reason: "WRONG_VERSION_NUMBER",
      message: expect.stringContaining("plain HTTP"),
    });
  });

  it("X-109: refuses plaintext that waits in a used transport", async () => {
    const [near, far] = memoryPair();
    await far.write(ascii("220 ready\r\nslipped in"));
    const line = (await near.read()) ?? bytes();
    near.unread(line.subarray(11));
    expect(() =>
      clientContext().wrapSocket(near, { serverHostname: "server.test" }),
    ).toThrow("plaintext waits unread");
  });

  it("upgrades a used transport that is empty", async () => {
    const [near, far] = memoryPair();
    await near.write(ascii("STARTTLS\r\n"));
    await far.read();
    await far.write(ascii("220 ready\r\n"));
    await near.read();
    const server = serverContext().wrapSocket(far);
    const client = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    await Promise.all([client.ready, server.ready]);
  });
});

describe("SSLSocket: data", () => {
  it("S-11 S-12: recv, recvInto, send, sendAll", async () => {
    const { client, server } = await readyPair();
    expect(await client.send(ascii("hello"))).toBe(5);
    expect(await client.send(bytes())).toBe(0);
    expect(text(await server.recv(2))).toBe("he");
    expect(server.pending()).toBe(3);
    const buffer = new Uint8Array(8);
    expect(await server.recvInto(buffer, 2)).toBe(2);
    expect(await server.recvInto(buffer.subarray(2))).toBe(1);
    expect(text(buffer.subarray(0, 3))).toBe("llo");
    expect(await server.recvInto(bytes())).toBe(0);
    expect(await server.recv(0)).toHaveLength(0);
  });

  it("gives data to the calls as they came, at hand or not", async () => {
    const { client, server } = await readyPair();
    const order: string[] = [];
    const take = async (name: string, most?: number): Promise<void> => {
      order.push(`${name}${text(await server.recv(most))}`);
    };
    // Two wait; the third comes when there is something, and waits its turn.
    const waiting = [take("1", 1), take("2", 1)];
    await soon();
    const late = server.recv(1, {}).then((got) => order.push(`3${text(got)}`));
    await client.sendAll(ascii("abcdef"));
    await Promise.all([...waiting, late]);
    // Now two bytes are at hand, and then nothing is.
    await take("4", 1);
    await Promise.all([take("5", 1), take("6", 1)]);
    expect(order).toEqual(["1a", "2b", "3c", "4d", "5e", "6f"]);
    await client.sendAll(ascii("g"));
    await soon();
    await take("7");
    expect(order.at(-1)).toBe("7g");
  });

  it("lets no call overtake one that waits for what has just come", async () => {
    const { client, server } = await readyPair();
    const first = server.recv(1);
    const sent = client.sendAll(ascii("ab"));
    // As early as it can be seen: before the call that waits has taken it.
    for (let i = 0; i < 1000 && server.pending() === 0; i++)
      await Promise.resolve();
    expect(server.pending()).toBe(2);
    const second = server.recv(1);
    expect([text(await first), text(await second)]).toEqual(["a", "b"]);
    await sent;
  });

  it("gives nothing that is at hand after it was closed", async () => {
    const { client, server } = await readyPair();
    await client.sendAll(ascii("ab"));
    expect(text(await server.recv(1))).toBe("a");
    await server.close();
    expect(await rejection(server.recv(1))).toMatchObject({
      code: "ERR_SOCKET_CLOSED",
    });
  });

  it("carries 1 MiB both ways at once, in odd pieces", async () => {
    const { client, server } = await readyPair({ highWaterMark: 10_000 });
    const data = noble.random(1 << 20);
    const send = async (socket: typeof client) => {
      let size = 1;
      for (let at = 0; at < data.length; at += size) {
        size = ((at * 7919) % 100_000) + 1;
        await socket.sendAll(data.subarray(at, at + size));
      }
      await socket.shutdown("write");
    };
    const receive = async (socket: typeof client) => {
      const got = new Uint8Array(data.length);
      let at = 0;
      for (;;) {
        const part = await socket.recv(((at * 31) % 20_000) + 1);
        if (part.length === 0) return got.subarray(0, at);
        got.set(part, at);
        at += part.length;
      }
    };
    const [, , one, two] = await Promise.all([
      send(client),
      send(server),
      receive(client),
      receive(server),
    ]);
    // toEqual() takes seconds for a mebibyte.
    expect(equal(one, data) && equal(two, data)).toBe(true);
  });

  it("serves two recv calls in their order, and two sendAll calls", async () => {
    const { client, server } = await readyPair();
    const first = server.recv(3);
    const second = server.recv(3);
    await client.sendAll(ascii("onetwo"));
    expect([text(await first), text(await second)]).toEqual(["one", "two"]);
    const long = new Uint8Array(200_000).fill(1);
    void client.sendAll(long);
    void client.sendAll(bytes(2));
    let at = 0;
    let last = 0;
    while (at < 200_001) {
      const part = await server.recv();
      at += part.length;
      last = part[part.length - 1] ?? 0;
      if (at < 200_001) expect(part.every((byte) => byte === 1)).toBe(true);
    }
    expect(last).toBe(2);
  });

  it("a slow reader stops the writer, and nothing piles up", async () => {
    const { client, server, far } = await readyPair({ highWaterMark: 16_384 });
    let sent = 0;
    const writing = (async () => {
      for (let i = 0; i < 64; i++)
        sent += await client.send(new Uint8Array(65_536));
      await client.shutdown("write");
    })();
    await soon();
    expect(sent).toBeLessThanOrEqual(65_536);
    let most = 0;
    let got = 0;
    for await (const part of server) {
      got += part.length;
      most = Math.max(most, far.buffered + server.pending());
    }
    await writing;
    expect(got).toBe(64 * 65_536);
    expect(most).toBeLessThan(4 * 65_536);
  });

  it("answers KeyUpdates of a peer that only sends", async () => {
    const { client, server } = await readyPair();
    for (let i = 0; i < 20; i++) {
      await client.keyUpdate({ requestPeer: true });
      await client.sendAll(bytes(i));
      expect([...(await server.recv())]).toEqual([i]);
    }
    await server.sendAll(bytes(9));
    expect([...(await client.recv())]).toEqual([9]);
  });
});

describe("SSLSocket: answers that were not requested", () => {
  it("wait behind what is being sent", async () => {
    const { client, server } = await readyPair({ highWaterMark: 10 });
    const sending = client.sendAll(new Uint8Array(100_000).fill(1));
    void server.keyUpdate({ requestPeer: true });
    void server.sendAll(bytes(5));
    expect([...(await client.recv())]).toEqual([5]);
    void client.sendAll(bytes(2));
    let got = 0;
    let last = 0;
    while (last !== 2) {
      const part = await server.recv();
      got += part.length;
      last = part[part.length - 1] ?? 0;
    }
    await sending;
    expect(got).toBe(100_001);
  });

  it("do not pile up for a peer that does not take them", async () => {
    const { client, server } = await readyPair({ highWaterMark: 10 });
    // The client cannot send a byte beyond ten, and answers all of it by one.
    for (let round = 0; round < 200; round++) {
      void server.keyUpdate({ requestPeer: true });
      void server.sendAll(bytes(1));
      expect([...(await client.recv())]).toEqual([1]);
    }
    void client.sendAll(bytes(2));
    expect([...(await server.recv())]).toEqual([2]);
    client.destroy();
  });
});

describe("SSLSocket: deadlines", () => {
  it("S-08 S-09 E-18: a timeout is for the whole call and loses nothing", async () => {
    const { client, server } = await readyPair();
    const error = await rejection(server.recv(10, { timeout: 5 }));
    expect(error).toBeInstanceOf(SSLTimeoutError);
    expect(error).toMatchObject({ name: "TimeoutError" });
    server.setTimeout(5);
    expect(server.timeout).toBe(5);
    expect(await rejection(server.recv())).toBeInstanceOf(SSLTimeoutError);
    server.setTimeout(null);
    await client.sendAll(ascii("late"));
    expect(text(await server.recv())).toBe("late");
  });

  it("an abort gives its reason as it is, and loses nothing", async () => {
    const { client, server } = await readyPair();
    const controller = new AbortController();
    const reason = new Error("not any more");
    const receiving = rejection(server.recv(10, { signal: controller.signal }));
    controller.abort(reason);
    expect(await receiving).toBe(reason);
    expect(await rejection(server.recv(1, { signal: controller.signal }))).toBe(
      reason,
    );
    await client.sendAll(ascii("late"));
    expect(text(await server.recv())).toBe("late");
  });

  it("leaves nothing behind in the signal", async () => {
    const { client, server } = await readyPair();
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      addEventListener: (_type: "abort", listener: () => void) => {
        listeners.add(listener);
      },
      removeEventListener: (_type: "abort", listener: () => void) => {
        listeners.delete(listener);
      },
    };
    const receiving = server.recv(1, { signal });
    expect(listeners.size).toBe(1);
    await client.sendAll(bytes(1), { signal });
    await receiving;
    expect(listeners.size).toBe(0);
  });

  it("in the middle of the handshake, which can go on", async () => {
    const { client, server } = socketPair({
      clientOptions: { timeout: 5 },
      serverOptions: { doHandshakeOnConnect: false },
    });
    expect(await rejection(client.ready)).toBeInstanceOf(SSLTimeoutError);
    await Promise.all([client.doHandshake(), server.doHandshake()]);
    expect(client.version()).toBe("TLSv1.3");
  });

  it("in the middle of sending: nothing more is begun", async () => {
    const { client, server } = await readyPair({ highWaterMark: 10 });
    const data = new Uint8Array(1 << 20);
    const error = await rejection(client.sendAll(data, { timeout: 5 }));
    expect(error).toBeInstanceOf(SSLTimeoutError);
    const marker = client.sendAll(bytes(7));
    let got = 0;
    let last = bytes();
    while (last[last.length - 1] !== 7) {
      last = await server.recv();
      got += last.length;
    }
    await marker;
    expect(got).toBeLessThan(200_000);
  });

  it("refuses what is no time", async () => {
    const { client } = await readyPair();
    expect(() => {
      client.setTimeout(-1);
    }).toThrow(RangeError);
    expect(() => {
      client.setTimeout(NaN);
    }).toThrow(RangeError);
    client.setTimeout(Infinity);
    expect(client.timeout).toBe(null);
  });

  it("uses the transport's timer, and reports that there is none", async () => {
    const [near] = memoryPair();
    const timed: Transport = Object.assign(Object.create(near) as Transport, {
      read: () => near.read(),
      write: (data: Uint8Array) => near.write(data),
      setTimer: (callback: () => void, milliseconds: number) => {
        expect(milliseconds).toBe(1_000_000);
        callback();
        return () => undefined;
      },
    });
    Object.defineProperties(timed, {
      buffered: { value: 0 },
      bytesRead: { value: 0 },
    });
    const socket = clientContext().wrapSocket(timed, {
      serverHostname: "a",
      timeout: 1_000_000,
    });
    expect(await rejection(socket.ready)).toBeInstanceOf(SSLTimeoutError);
    const { setTimeout: saved } = globalThis;
    const pair = await readyPair();
    try {
      Reflect.deleteProperty(globalThis, "setTimeout");
      expect(
        await rejection(pair.client.recv(1, { timeout: 5 })),
      ).toMatchObject({ code: "ERR_UNSUPPORTED_PLATFORM" });
    } finally {
      globalThis.setTimeout = saved;
    }
  });
});

describe("SSLSocket: the end", () => {
  it("half-close, either way", async () => {
    const { client, server } = await readyPair();
    await client.sendAll(ascii("question"));
    await client.shutdown("write");
    expect(await rejection(client.sendAll(bytes(1)))).toMatchObject({
      reason: "PROTOCOL_IS_SHUTDOWN",
    });
    expect(text(await server.recv())).toBe("question");
    expect(await server.recv()).toHaveLength(0);
    await server.sendAll(ascii("answer"));
    await server.shutdown("write");
    expect(text(await client.recv())).toBe("answer");
    expect(await client.recv()).toHaveLength(0);
    expect(await client.recv()).toHaveLength(0);
    expect([client.truncated, server.truncated]).toEqual([false, false]);
  });

  it("S-14: shutdown('read') ends the recv under way", async () => {
    const { client } = await readyPair();
    const receiving = client.recv();
    await soon();
    await client.shutdown("read");
    expect(await receiving).toHaveLength(0);
    expect(await client.recv()).toHaveLength(0);
    await client.sendAll(bytes(1));
    expect(await rejection(client.shutdown("x" as never))).toBeInstanceOf(
      RangeError,
    );
  });

  it("shutdown('read') leaves a sendAll under way alone", async () => {
    const [near, far] = memoryPair({ highWaterMark: 1000 });
    const client = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    const server = serverContext().wrapSocket(far, { serverSide: true });
    await Promise.all([client.ready, server.ready]);
    const sending = client.sendAll(new Uint8Array(50_000));
    await soon();
    await client.shutdown("read");
    let received = 0;
    while (received < 50_000) received += (await server.recv()).length;
    await sending;
    await Promise.all([client.close(), server.close()]);
  });

  // [9846-6.1-06]
  it("S-03 S-18: close says goodbye; await using does too", async () => {
    const { client, server } = await readyPair();
    {
      await using closing = client;
      await closing.sendAll(ascii("bye"));
    }
    expect(text(await server.recv())).toBe("bye");
    expect(await server.recv()).toHaveLength(0);
    expect(server.truncated).toBe(false);
    expect(await rejection(client.sendAll(bytes(1)))).toMatchObject({
      code: "ERR_SOCKET_CLOSED",
    });
    await client.close();
  });

  it("close during a pending recv ends it, and a for await quietly", async () => {
    const { client, server } = await readyPair();
    const receiving = rejection(client.recv());
    const queued = rejection(client.recv());
    const iterating = (async () => {
      for await (const part of server) void part;
      return "ended";
    })();
    await soon();
    await client.close();
    expect(await receiving).toMatchObject({ code: "ERR_SOCKET_CLOSED" });
    expect(await queued).toMatchObject({ code: "ERR_SOCKET_CLOSED" });
    await server.close();
    expect(await iterating).toBe("ended");
  });

  it("destroy ends everything with its error, and without close_notify", async () => {
    const { client, server } = await readyPair();
    const reason = new Error("enough");
    const receiving = rejection(client.recv());
    await soon();
    client.destroy(reason);
    expect(await receiving).toBe(reason);
    expect(await rejection(client.send(bytes(1)))).toBe(reason);
    const error = await rejection(server.recv());
    expect(error).toBeInstanceOf(SSLSyscallError);
    expect((error as Error).cause).toBe(reason);
  });

  it("X-108 E-11: a truncation is an end, or an error", async () => {
    const quiet = await readyPair();
    await quiet.server.sendAll(ascii("cut"));
    await quiet.far.closeWrite();
    expect(text(await quiet.client.recv())).toBe("cut");
    expect(await quiet.client.recv()).toHaveLength(0);
    expect(quiet.client.truncated).toBe(true);
    const loud = await readyPair({
      clientOptions: { suppressRaggedEofs: false },
    });
    await loud.far.closeWrite();
    expect(await rejection(loud.client.recv())).toBeInstanceOf(SSLEOFError);
    expect(loud.client.truncated).toBe(true);
  });

  it("O-39: a truncation in the handshake is always an error", async () => {
    const [near, far] = memoryPair();
    const client = clientContext().wrapSocket(near, { serverHostname: "a" });
    await far.closeWrite();
    expect(await rejection(client.ready)).toBeInstanceOf(SSLEOFError);
  });

  it("E-10: an error of the transport, with its cause", async () => {
    const { client, far } = await readyPair();
    const reset = new Error("ECONNRESET");
    far.abort(reset);
    const error = await rejection(client.recv());
    expect(error).toBeInstanceOf(SSLSyscallError);
    expect(error).toMatchObject({ errno: 5, cause: reset });
    expect(await rejection(client.sendAll(bytes(1)))).toBeInstanceOf(
      SSLSyscallError,
    );
  });

  it("S-27: unwrap, and on in plain with what had come already", async () => {
    const { client, server } = await readyPair();
    const ours = client.unwrap();
    const theirs = await server.unwrap();
    await theirs.write(ascii("plain text"));
    const transport = await ours;
    expect(text((await transport.read()) ?? bytes())).toBe("plain text");
    await transport.write(ascii("too"));
    expect(text((await theirs.read()) ?? bytes())).toBe("too");
    expect([client.version(), client.pending(), client.cipher()]).toEqual([
      null,
      0,
      null,
    ]);
    for (const call of [client.unwrap(), client.recv(), client.send(bytes(1))])
      expect(await rejection(call)).toMatchObject({
        code: "ERR_SOCKET_UNWRAPPED",
      });
  });

  it("data after close_notify goes back into the transport", async () => {
    const { client, server, far } = await readyPair();
    await server.shutdown("write").catch(() => undefined);
    expect(await client.recv()).toHaveLength(0);
    expect(far.buffered).toBe(0);
    const other = await readyPair();
    const unwrapping = other.server.unwrap();
    await soon();
    await other.far.write(ascii("after"));
    const transport = await other.client.unwrap();
    expect(text((await transport.read()) ?? bytes())).toBe("after");
    await unwrapping;
  });

  it("O-31 O-32: unwrap too early", async () => {
    const late = socketPair({
      clientOptions: { doHandshakeOnConnect: false },
    });
    expect(await rejection(late.client.unwrap())).toMatchObject({
      reason: "SHUTDOWN_WHILE_IN_INIT",
    });
    const { client, server } = await readyPair();
    await server.sendAll(ascii("unread"));
    expect(await rejection(client.unwrap())).toMatchObject({
      reason: "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
    });
    expect(text(await client.recv())).toBe("unread");
  });

  it("S-05: detach gives the transport as it is, when it is idle", async () => {
    const { client, near } = await readyPair();
    const receiving = rejection(client.recv(1, { timeout: 5 }));
    await soon();
    await receiving;
    expect(() => client.detach()).toThrow("a read is under way");
    const other = await readyPair();
    expect(other.server.detach()).toBe(other.far);
    expect(near.buffered).toBe(0);
  });

  it("close gives up on a peer that reads nothing, after its timeout", async () => {
    const { client } = await readyPair({ highWaterMark: 10 });
    void client.sendAll(new Uint8Array(1000)).catch(() => undefined);
    expect(await rejection(client.close({ timeout: 5 }))).toBeInstanceOf(
      SSLTimeoutError,
    );
  });
});
