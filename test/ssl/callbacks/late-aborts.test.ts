/**
 * A call that gives up loses nothing: an abort that comes when the data is taken
 * already, and the promise has not settled yet, comes too late.
 */
import { describe, expect, it } from "vitest";
import { bytes, readyPair } from "../support.ts";

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

describe("recv() with a signal", () => {
  it.each(Array.from({ length: 16 }, (_, count) => [count]))(
    "aborted %i turns behind its data",
    async (count) => {
      const { client, server } = await readyPair();
      await client.sendAll(bytes(1, 2, 3));
      const controller = new AbortController();
      const { signal } = controller;
      // The first byte is read, so that the others are at hand.
      expect(await server.recv(1)).toEqual(bytes(1));
      const received = server.recv(1, { signal }).then(
        (data) => [...data],
        () => [],
      );
      await turns(count);
      controller.abort();
      const [first] = await received;
      const next = await server.recv(1);
      expect([first ?? 2, ...next]).toEqual(first === 2 ? [2, 3] : [2, 2]);
      client.destroy();
      server.destroy();
    },
  );

  it.each(Array.from({ length: 24 }, (_, count) => [count]))(
    "aborted %i turns behind what comes from the transport",
    async (count) => {
      const { client, server } = await readyPair();
      const controller = new AbortController();
      const received = server.recv(1, { signal: controller.signal }).then(
        (data) => [...data],
        () => [],
      );
      await turns(20);
      const sent = client.sendAll(bytes(2, 3));
      await turns(count);
      controller.abort();
      await sent;
      const [first] = await received;
      const next = await server.recv(1);
      expect([first ?? 2, ...next]).toEqual(first === 2 ? [2, 3] : [2, 2]);
      client.destroy();
      server.destroy();
    },
  );
});
