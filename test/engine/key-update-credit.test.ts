/** KeyUpdates: which are a flood, and which are forgiven. */
import { describe, expect, it } from "vitest";
import { concat } from "../../src/bytes.ts";
import { noteData, noteEvent } from "../../src/engine/flags.ts";
import { newFlags } from "../../src/engine/parts.ts";
import { countingProvider } from "../support/counting.ts";
import {
  DELIVERIES,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";

const { limits } = testServerConfig();
const answer = { type: "key_update", direction: "read" } as const;

it("data between the requests and their answers takes no credit away", () => {
  const flags = newFlags();
  const asked = limits.keyUpdates + 20;
  flags.keyUpdates -= asked;
  noteData(flags, 5000, 0);
  for (let i = 0; i < asked; i++) noteEvent(flags, answer, limits);
  // From here on they are the peer's own.
  for (let i = 0; i < limits.keyUpdates; i++) noteEvent(flags, answer, limits);
  expect(() => {
    noteEvent(flags, answer, limits);
  }).toThrow();
});

describe("data forgives the peer's own", () => {
  it("one for 128 bytes, in any records", () => {
    for (const record of [1, 100, 128, 384]) {
      const flags = newFlags();
      for (let i = 0; i < 10; i++) noteEvent(flags, answer, limits);
      for (let sent = 0; sent < 384; sent += record)
        noteData(flags, Math.min(record, 384 - sent), 0);
      expect(flags.keyUpdates).toBe(7);
    }
  });

  it("and is not saved up", () => {
    const flags = newFlags();
    noteData(flags, 2 ** 20, 0);
    for (let i = 0; i < limits.keyUpdates; i++)
      noteEvent(flags, answer, limits);
    expect(() => {
      noteEvent(flags, answer, limits);
    }).toThrow();
  });
});

/** A connection whose client updates its keys before each piece of data. */
function updating(pair: Pair, rounds: number, bytes: number): Uint8Array {
  const data = new Uint8Array(bytes);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < rounds; i++) {
    pair.client.updateKeys(false);
    pair.client.write(data);
    parts.push(pair.client.takeOutput());
  }
  return concat(...parts);
}

describe("a KeyUpdate before each piece of data", () => {
  it("of one byte costs so many hashes in all", () => {
    const { provider, work } = countingProvider();
    const pair = shuttle(
      newPair(testClientConfig(), testServerConfig({ provider })),
    );
    // As 64 KiB, which a socket reads at once.
    const flood = updating(pair, 1310, 1);
    const before = work.hashes;
    pair.server.receive(flood);
    expect(pair.server.error?.reason).toBe("too_many_key_updates");
    // The limit, each with one secret, a key and an IV.
    expect(work.hashes - before).toBeLessThan(6 * (limits.keyUpdates + 1));
  });

  for (const delivery of DELIVERIES)
    it(`of 128 bytes may come as long as they like (${delivery})`, () => {
      const pair = shuttle(newPair());
      for (let i = 0; i < 4; i++) {
        pair.server.receive(updating(pair, limits.keyUpdates, 128));
        shuttle(pair, delivery);
      }
      expect(pair.server.error).toBeUndefined();
      expect(received(pair.server)).toHaveLength(4 * 32 * 128);
    });

  it("of one byte may too, if the program reads it", () => {
    const pair = shuttle(newPair());
    for (let i = 0; i < 3 * limits.keyUpdates; i++) {
      pair.server.receive(updating(pair, 1, 1));
      expect(received(pair.server)).toHaveLength(1);
    }
    expect(pair.server.error).toBeUndefined();
  });
});
