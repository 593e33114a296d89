import { describe, expect, it } from "vitest";
import {
  fromWebStreams,
  toWebStreams,
  type Transport,
} from "../../src/index.ts";
import {
  ascii,
  bytes,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  text,
} from "../ssl/support.ts";

/** Two transports over two streams of the platform. */
function streamPair(): [Transport, Transport] {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  return [
    fromWebStreams({ readable: back.readable, writable: there.writable }),
    fromWebStreams({ readable: there.readable, writable: back.writable }),
  ];
}

describe("fromWebStreams", () => {
  it("carries TLS", async () => {
    const [near, far] = streamPair();
    const server = serverContext().wrapSocket(far);
    const client = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    const data = new Uint8Array(300_000).map((_, i) => i);
    const sending = client.sendAll(data).then(() => client.shutdown("write"));
    let got = 0;
    for await (const part of server) {
      expect(part[0]).toBe(data[got]);
      got += part.length;
    }
    await sending;
    expect(got).toBe(data.length);
    // These streams hold nothing: who writes waits for who reads.
    const [answer] = await Promise.all([
      client.recv(),
      server.sendAll(ascii("done")),
    ]);
    expect(text(answer)).toBe("done");
    await Promise.all([client.close(), server.close()]);
  });

  it("puts back, ends, aborts", async () => {
    const [near, far] = streamPair();
    const reading = far.read();
    await near.write(bytes(1, 2, 3));
    const data = (await reading) ?? bytes();
    far.unread(data.subarray(1));
    expect([far.buffered, far.bytesRead]).toEqual([2, 1]);
    expect(await far.read()).toEqual(bytes(2, 3));
    const end = far.read();
    await near.closeWrite();
    expect(await end).toBe(null);
    const reason = new Error("stop");
    const waiting = rejection(near.read());
    near.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await rejection(near.write(bytes(1)))).toBe(reason);
  });
});

describe("chunks of other kinds", () => {
  const kinds: readonly (readonly [string, (chunk: Uint8Array) => unknown])[] =
    [
      // WebSocketStream of Chromium.
      ["ArrayBuffer", (chunk) => chunk.slice().buffer],
      [
        "DataView",
        ({ buffer, byteOffset, byteLength }) =>
          new DataView(buffer, byteOffset, byteLength),
      ],
      ["Buffer", (chunk) => Buffer.from(chunk)],
    ];

  /** Transports whose readable streams have chunks of that kind. */
  function pairOf(change: (chunk: Uint8Array) => unknown) {
    const streams = [0, 1].map(
      () =>
        new TransformStream<Uint8Array, ArrayBuffer>({
          transform(chunk, controller) {
            Reflect.apply(controller.enqueue.bind(controller), undefined, [
              change(chunk),
            ]);
          },
        }),
    );
    const [there, back] = streams;
    if (there === undefined || back === undefined) throw new Error();
    return [
      fromWebStreams({ readable: back.readable, writable: there.writable }),
      fromWebStreams({ readable: there.readable, writable: back.writable }),
    ] as const;
  }

  it.each(kinds)("%s carries TLS", async (_name, change) => {
    const [near, far] = pairOf(change);
    const server = serverContext().wrapSocket(far);
    const client = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    const [got] = await Promise.all([
      server.recv(),
      client.sendAll(ascii("hello")),
    ]);
    expect(text(got)).toBe("hello");
    client.destroy();
    server.destroy();
  });

  it("text fails the connection at once, and says what is allowed", async () => {
    const [near, far] = pairOf(() => "text");
    const client = clientContext().wrapSocket(near, {
      serverHostname: "server.test",
    });
    await far.write(bytes(1)).catch(() => undefined);
    expect(await rejection(client.ready)).toMatchObject({
      cause: {
        name: "TypeError",
        message: expect.stringMatching(
          /^a chunk of the readable stream must be bytes .* not string$/,
        ) as string,
      },
    });
  });
});

describe("a writer whose stream counts chunks, and not bytes", () => {
  /** A sink that takes nothing until it is told to. */
  function stalled() {
    let go: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (go = resolve));
    const taken: Uint8Array[] = [];
    const writable = new WritableStream<Uint8Array>(
      {
        async write(chunk) {
          await open;
          taken.push(chunk);
        },
      },
      // As Duplex.toWeb() of Node makes it: 16,384 chunks.
      { highWaterMark: 16_384 },
    );
    const readable = new ReadableStream<Uint8Array>();
    return { transport: fromWebStreams({ readable, writable }), taken, go };
  }

  it("waits behind 256 KiB all the same", async () => {
    const { transport, taken, go } = stalled();
    let written = 0;
    const writing = (async () => {
      for (let i = 0; i < 100; i++) {
        await transport.write(new Uint8Array(16_384));
        written++;
      }
    })();
    for (let i = 0; i < 100; i++) await new Promise(setImmediate);
    expect(written).toBe(16);
    expect(transport.unsent).toBe(17 * 16_384);
    go();
    await writing;
    await transport.closeWrite();
    expect(taken).toHaveLength(100);
    expect(transport.unsent).toBe(0);
  });

  it("close() rejects where the stream fails before it has taken all", async () => {
    const failure = new Error("no more");
    const writable = new WritableStream<Uint8Array>(
      {
        write: () => Promise.reject(failure),
      },
      { highWaterMark: 16_384 },
    );
    const readable = new ReadableStream<Uint8Array>();
    const transport = fromWebStreams({ readable, writable });
    await transport.write(bytes(1, 2, 3));
    expect(await rejection(transport.close())).toBe(failure);
    const other = stalled();
    other.go();
    await other.transport.write(bytes(1));
    await other.transport.close();
    expect(other.taken).toHaveLength(1);
  });
});

describe("toWebStreams", () => {
  it("S-10: reads to the end, and closing the writable is a half-close", async () => {
    const { client, server } = await readyPair();
    const near = toWebStreams(client);
    const far = toWebStreams(server);
    const writer = near.writable.getWriter();
    await writer.write(ascii("hello "));
    await writer.write(ascii("world"));
    await writer.close();
    let got = "";
    for await (const part of far.readable) got += text(part);
    expect(got).toBe("hello world");
    await server.sendAll(ascii("back"));
    const { value } = await near.readable.getReader().read();
    expect(text(value ?? bytes())).toBe("back");
  });

  it("cancel closes, abort destroys", async () => {
    const { client, server } = await readyPair();
    await toWebStreams(client).readable.cancel();
    expect(await server.recv()).toHaveLength(0);
    expect(server.truncated).toBe(false);
    const other = await readyPair();
    const reason = new Error("stop");
    await toWebStreams(other.client).writable.abort(reason);
    expect(await rejection(other.client.recv())).toBe(reason);
  });
});
