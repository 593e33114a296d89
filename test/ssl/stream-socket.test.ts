import { describe, expect, it } from "vitest";
import {
  fromWebStreams,
  memoryPair,
  MemoryBIO,
  pump,
  SSLError,
  SSLSocket,
  toWebStreams,
  type Transport,
  wrapSocket,
} from "../../src/index.ts";
import {
  ascii,
  bytes,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  text,
  thrown,
} from "./support.ts";

async function received(socket: SSLSocket): Promise<string> {
  let all = "";
  for await (const part of socket) all += text(part);
  return all;
}

describe("sendFile", () => {
  const cases = {
    "an iterable": () => [ascii("one "), ascii("two "), ascii("three")],
    "a Blob": () => new Blob(["one two three"]),
    "a stream": () => new Blob(["one two three"]).stream(),
    "a stream that cannot be iterated": () => {
      const stream = new Blob(["one two three"]).stream();
      return { getReader: () => stream.getReader() };
    },
  };
  for (const [what, source] of Object.entries(cases))
    it(`S-13: sends ${what}, from an offset, as many bytes as are wanted`, async () => {
      const { client, server } = await readyPair();
      expect(await client.sendFile(source())).toBe(13);
      expect(await client.sendFile(source(), { offset: 4 })).toBe(9);
      expect(await client.sendFile(source(), { offset: 2, count: 5 })).toBe(5);
      await client.shutdown("write");
      expect(await received(server)).toBe("one two threetwo threee two");
    });

  it("S-13: refuses what is no source and no number, and sends nothing", async () => {
    const { client } = await readyPair();
    expect(await rejection(client.sendFile(7 as never))).toBeInstanceOf(
      TypeError,
    );
    const negative = client.sendFile([bytes(1)], { offset: -1 });
    expect(await rejection(negative)).toBeInstanceOf(RangeError);
  });
});

describe("as a file", () => {
  it("S-10: lines, however the data was cut", async () => {
    const { client, server } = await readyPair();
    for (const part of ["a\nb", "c", "\n\nd\r\n", "end"])
      await client.sendAll(ascii(part));
    await client.shutdown("write");
    const lines: string[] = [];
    for await (const line of server.lines()) lines.push(text(line));
    expect(lines).toEqual(["a\n", "bc\n", "\n", "d\r\n", "end"]);
  });

  it("S-10 B-04: as WHATWG streams", async () => {
    const { client, server } = await readyPair();
    const near = toWebStreams(client);
    const far = toWebStreams(server);
    const writer = near.writable.getWriter();
    await writer.write(ascii("hello"));
    await writer.close();
    const reader = far.readable.getReader();
    const first = await reader.read();
    expect(first.value && text(first.value)).toBe("hello");
    expect((await reader.read()).done).toBe(true);
  });

  it("S-20 S-21: read and write are recv and send", async () => {
    const { client, server } = await readyPair();
    expect(await client.write(ascii("x".repeat(2000)))).toBe(2000);
    expect(await server.read()).toHaveLength(1024);
    expect(await server.read(976)).toHaveLength(976);
  });
});

describe("what is not offered", () => {
  it("S-15 S-16 S-17: no datagrams, no messages, no second owner", () => {
    for (const name of [
      ...["sendto", "sendTo", "recvfrom", "recvFrom", "recvFromInto"],
      ...["sendmsg", "sendMsg", "recvmsg", "recvMsg", "recvMsgInto", "dup"],
    ])
      expect(name in SSLSocket.prototype).toBe(false);
  });

  it("X-101: only a byte stream can be wrapped", () => {
    for (const no of [null, 7, "socket", {}, { read() {} }])
      expect(
        thrown(() => serverContext().wrapSocket(no as never)),
      ).toBeInstanceOf(TypeError);
  });
});

describe("a transport that is made later", () => {
  const wrapped = (make: () => Transport | Promise<Transport>, on = true) =>
    clientContext().wrapSocket(make, {
      serverHostname: "server.test",
      doHandshakeOnConnect: on,
    });

  it("X-105 S-04: connect makes it, and the handshake", async () => {
    const [near, far] = memoryPair();
    const there = serverContext().wrapSocket(far, { serverSide: true });
    const socket = wrapped(() => Promise.resolve(near));
    expect(socket.version()).toBe(null);
    expect(socket.remoteAddress).toBe(undefined);
    await socket.connect();
    expect(socket.version()).toBe(there.version());
    await socket.sendAll(bytes(1));
    expect(await there.recv()).toEqual(bytes(1));
    expect(await rejection(socket.connect())).toBeInstanceOf(RangeError);
  });

  it("S-04: without the handshake, if that is wanted", async () => {
    const [near] = memoryPair();
    const socket = wrapped(() => near, false);
    await socket.connect();
    expect(socket.handshakeDone).toBe(false);
    expect(near.bytesRead).toBe(0);
  });

  it("S-04: not on a server, not of a transport that is there", async () => {
    const { client, server } = await readyPair();
    for (const socket of [client, server])
      expect(await rejection(socket.connect())).toBeInstanceOf(RangeError);
  });

  it("X-105: nothing works before, and a connect that failed can be repeated", async () => {
    let tries = 0;
    const [near, far] = memoryPair();
    const socket = wrapped(() => {
      if (++tries === 1) throw new Error("no route");
      return near;
    });
    const early = await rejection(socket.sendAll(bytes(1)));
    expect(early).toBeInstanceOf(SSLError);
    expect(await rejection(socket.connect())).toHaveProperty(
      "message",
      "no route",
    );
    const there = serverContext().wrapSocket(far, { serverSide: true });
    await socket.connect();
    await socket.sendAll(bytes(7));
    expect(await there.recv()).toEqual(bytes(7));
    expect(tries).toBe(2);
  });
});

describe("options of the transport", () => {
  it("S-06 S-07: pass through where it has them, and say so where not", async () => {
    const said: unknown[] = [];
    const [near] = memoryPair();
    const transport: Transport = {
      buffered: 0,
      bytesRead: 0,
      read: () => near.read(),
      write: (data) => near.write(data),
      closeWrite: () => near.closeWrite(),
      close: () => near.close(),
      abort: (error) => {
        near.abort(error);
      },
      unread: (data) => {
        near.unread(data);
      },
      setNoDelay: (on: boolean) => said.push(["noDelay", on]),
      setKeepAlive: (on: boolean, ms: number) => said.push(["alive", on, ms]),
      localAddress: { address: "192.0.2.1", port: 1 },
      remoteAddress: { address: "192.0.2.2", port: 2 },
    };
    const socket = clientContext().wrapSocket(transport, {
      serverHostname: "server.test",
      doHandshakeOnConnect: false,
    });
    socket.setNoDelay();
    socket.setKeepAlive(true, 5000);
    expect(said).toEqual([
      ["noDelay", true],
      ["alive", true, 5000],
    ]);
    expect(socket.localAddress?.address).toBe("192.0.2.1");
    expect(socket.remoteAddress?.port).toBe(2);
    const { client } = await readyPair();
    expect(() => {
      client.setNoDelay();
    }).toThrow(SSLError);
    expect(() => {
      client.setKeepAlive();
    }).toThrow(SSLError);
  });
});

describe("pump", () => {
  it("B-01 B-02 B-05 O-17: makes a call until it is done, and carries bytes in between", async () => {
    const [near, far] = memoryPair();
    const there = serverContext().wrapSocket(far, { serverSide: true });
    const incoming = new MemoryBIO();
    const outgoing = new MemoryBIO();
    const object = clientContext().wrapBio(incoming, outgoing, {
      serverHostname: "server.test",
    });
    const bios = { object, incoming, outgoing };
    await pump(near, bios, () => {
      object.doHandshake();
    });
    expect(object.needsFlush).toBe(false);
    await pump(near, bios, () => object.write(ascii("hi")));
    expect(text(await there.recv())).toBe("hi");
    await there.sendAll(ascii("there"));
    expect(text(await pump(near, bios, () => object.read()))).toBe("there");
    await there.close();
    expect(await pump(near, bios, () => object.read())).toHaveLength(0);
  });

  it("B-05: an alert goes out before its error comes", async () => {
    const [near, far] = memoryPair();
    const there = serverContext().wrapSocket(far, { serverSide: true });
    const incoming = new MemoryBIO();
    const outgoing = new MemoryBIO();
    const object = clientContext().wrapBio(incoming, outgoing, {
      serverHostname: "other.test",
    });
    const failed = pump(near, { object, incoming, outgoing }, () => {
      object.doHandshake();
    });
    expect(await rejection(failed)).toHaveProperty("verifyCode", 62);
    expect(await rejection(there.recv())).toHaveProperty(
      "reason",
      "SSLV3_ALERT_BAD_CERTIFICATE",
    );
  });
});

describe("the module's wrapSocket", () => {
  it("K-01: anyone can be the peer", async () => {
    const [near, far] = memoryPair();
    const there = serverContext().wrapSocket(far, { serverSide: true });
    const here = wrapSocket(near);
    await here.sendAll(bytes(1));
    expect(await there.recv()).toEqual(bytes(1));
    expect(here.getPeerCert()).toEqual({});
    expect(here.serverHostname).toBe(null);
    expect(here.context.checkHostname).toBe(false);
  });

  it("K-01: verifies by caCerts when it is asked to", () => {
    const [near] = memoryPair();
    expect(() =>
      wrapSocket(near, { certReqs: "required", caCerts: "/nowhere" }),
    ).toThrow(SSLError);
  });

  it("K-02: a server has a certificate, and a key has one too", () => {
    const [near] = memoryPair();
    expect(() => wrapSocket(near, { serverSide: true })).toThrow(TypeError);
    expect(() => wrapSocket(near, { keyFile: "key.pem" })).toThrow(TypeError);
  });
});

describe("transports", () => {
  it("K-03: a pair of WHATWG streams is one", async () => {
    const there = new TransformStream<Uint8Array, Uint8Array>();
    const back = new TransformStream<Uint8Array, Uint8Array>();
    const near = fromWebStreams({
      readable: back.readable,
      writable: there.writable,
    });
    const far = fromWebStreams({
      readable: there.readable,
      writable: back.writable,
    });
    const server = serverContext().wrapSocket(far, { serverSide: true });
    const client = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    // A stream without a buffer takes nothing that nobody reads.
    const [, data] = await Promise.all([
      client.sendAll(bytes(1, 2)),
      server.recv(),
    ]);
    expect(data).toEqual(bytes(1, 2));
  });
});
