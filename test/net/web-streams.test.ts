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
