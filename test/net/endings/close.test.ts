/** SSLSocket.close() over a transport that fails while it closes. */
import { setImmediate as immediately } from "node:timers/promises";
import { expect, it } from "vitest";
import {
  memoryPair,
  type SSLSocket,
  type Transport,
} from "../../../src/index.ts";
import { clientContext, rejection, serverContext } from "../../ssl/support.ts";

const FAILURE = new Error("the wire is cut");

/** A transport whose close() fails, with so many bytes not yet on the wire. */
function failing(near: Transport, unsent: number) {
  const calls: unknown[] = [];
  const transport: Transport = {
    read: () => near.read(),
    write: (bytes) => near.write(bytes),
    closeWrite: () => near.closeWrite(),
    close: () => {
      calls.push("close");
      return Promise.reject(FAILURE);
    },
    abort: (error) => {
      calls.push(error);
      near.abort(error);
    },
    unread: (bytes) => {
      near.unread(bytes);
    },
    get buffered() {
      return near.buffered;
    },
    get bytesRead() {
      return near.bytesRead;
    },
    unsent,
  };
  return { transport, calls };
}

async function connected(unsent: number) {
  const [near, far] = memoryPair();
  const server = serverContext().wrapSocket(far, { serverSide: true });
  const { transport, calls } = failing(near, unsent);
  const client: SSLSocket = clientContext().wrapSocket(transport, {
    serverHostname: "server.test",
  });
  await Promise.all([client.ready, server.ready]);
  return { client, calls };
}

// [9846-6.1-06]
it("aborts the transport, and does not fail where nothing waited in it", async () => {
  const { client, calls } = await connected(0);
  await client.close();
  expect(calls).toEqual(["close", FAILURE]);
});

it("fails where data waited, once for all that close it", async () => {
  const { client, calls } = await connected(1);
  const first = client.close();
  const second = client.close();
  expect(await rejection(first)).toBe(FAILURE);
  expect(await rejection(second)).toBe(FAILURE);
  expect(await rejection(client.close())).toBe(FAILURE);
  expect(calls).toEqual(["close", FAILURE]);
});

it("is no unhandled rejection where nobody waits for its outcome", async () => {
  const unhandled: unknown[] = [];
  const listener = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", listener);
  try {
    const { client, calls } = await connected(1);
    void client.close();
    while (calls.length < 2) await immediately();
    await immediately();
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", listener);
  }
});
