import { describe, expect, it } from "vitest";
import { memoryPair } from "../../src/index.ts";
import { bytes, rejection } from "../ssl/support.ts";

describe("memoryPair", () => {
  it("carries bytes both ways, and each direction ends by itself", async () => {
    const [near, far] = memoryPair();
    const reading = far.read();
    await near.write(bytes(1, 2));
    expect(await reading).toEqual(bytes(1, 2));
    await near.closeWrite();
    expect(await far.read()).toBe(null);
    await far.write(bytes(3));
    expect(await near.read()).toEqual(bytes(3));
    expect(await rejection(near.write(bytes(1)))).toBeInstanceOf(Error);
  });

  it("makes a writer wait for a slow reader", async () => {
    const [near, far] = memoryPair({ highWaterMark: 4 });
    await near.write(bytes(1, 2, 3, 4));
    let written = false;
    const writing = near.write(bytes(5)).then(() => (written = true));
    await Promise.resolve();
    expect(written).toBe(false);
    expect(far.buffered).toBe(5);
    // Small pieces that wait are one piece.
    expect(await far.read()).toEqual(bytes(1, 2, 3, 4, 5));
    await writing;
  });

  it("puts bytes back", async () => {
    const [near, far] = memoryPair();
    await near.write(bytes(1, 2, 3));
    const data = (await far.read()) ?? bytes();
    far.unread(data.subarray(1));
    data.fill(9);
    expect([far.buffered, far.bytesRead]).toEqual([2, 1]);
    expect(await far.read()).toEqual(bytes(2, 3));
  });

  it("one read at a time, one write at a time", async () => {
    const [near, far] = memoryPair({ highWaterMark: 1 });
    const reading = near.read();
    expect(await rejection(near.read())).toBeInstanceOf(Error);
    await far.write(bytes(1));
    expect(await reading).toEqual(bytes(1));
    const writing = near.write(bytes(1, 2));
    expect(await rejection(near.write(bytes(3)))).toBeInstanceOf(Error);
    await far.read();
    await writing;
  });

  it("close ends reads here, and writes there", async () => {
    const [near, far] = memoryPair();
    const reading = rejection(near.read());
    await near.close();
    await near.close();
    expect(await reading).toBeInstanceOf(Error);
    expect(await far.read()).toBe(null);
    expect(await rejection(far.write(bytes(1)))).toBeInstanceOf(Error);
  });

  it("abort ends all calls with its error, after the data", async () => {
    const [near, far] = memoryPair({ highWaterMark: 1 });
    const reason = new Error("reset");
    const writing = rejection(near.write(bytes(1, 2)));
    const reading = rejection(near.read());
    near.abort(reason);
    expect(await writing).toBe(reason);
    expect(await reading).toBe(reason);
    expect(await far.read()).toEqual(bytes(1, 2));
    expect(await rejection(far.read())).toBe(reason);
  });
});
