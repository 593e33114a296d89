/** The cost of a peer's bytes, by counting hashes, memory and answers. */
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../../src/bytes.ts";
import { zlib } from "../../../src/compression/index.ts";
import * as native from "../../../src/compression/node.ts";
import { DEFAULT_LIMITS } from "../../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { encodeNewSessionTicket13 } from "../../../src/handshake/messages/new-session-ticket13.ts";
import { allocated, countingProvider } from "../../support/counting.ts";
import {
  events,
  newPair,
  received,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { forgeable } from "../../support/forger.ts";
import { framed } from "../../support/records12.ts";

const HANDSHAKE = 22;
const DATA = 23;

describe("after the handshake", () => {
  it("tickets beyond the limit cost no hash and are kept nowhere", () => {
    const { provider, work } = countingProvider();
    const { client, forge } = forgeable({ client: { provider } });
    const send = (count: number): number => {
      const before = work.hashes;
      for (let i = 0; i < count; i++)
        client.receive(
          forge(
            "server",
            HANDSHAKE,
            encodeNewSessionTicket13(EVERY_EXTENSION, {
              lifetime: 100,
              ageAdd: 7,
              nonce: Uint8Array.of(i),
              ticket: new Uint8Array(1000),
              extensions: {},
            }),
          ),
        );
      return work.hashes - before;
    };
    const most = DEFAULT_LIMITS.tickets;
    expect(send(most)).toBe(most);
    expect(events(client)).toHaveLength(most);
    expect(send(200)).toBe(0);
    expect(events(client)).toEqual([]);
    expect(client.error).toBeUndefined();
  });

  it("KeyUpdates cost as many hashes each, and one answer in all", () => {
    const { provider, work } = countingProvider();
    const pair = forgeable({ server: { provider } });
    const { client, server } = pair;
    const each: number[] = [];
    for (let i = 0; i < DEFAULT_LIMITS.keyUpdates; i++) {
      client.updateKeys(true);
      const before = work.hashes;
      server.receive(client.takeOutput());
      each.push(work.hashes - before);
    }
    expect(new Set(each).size).toBe(1);
    expect(each[0]).toBeLessThan(6);
    expect(server.takeOutput()).toHaveLength(0);
    server.write(utf8Bytes("x"));
    // An encrypted KeyUpdate of five bytes, and one byte of data.
    expect(server.takeOutput()).toHaveLength(5 + 5 + 17 + 5 + 1 + 17);
    expect(server.error).toBeUndefined();
  });

  it("padding costs what was received", () => {
    const { server, forge } = forgeable();
    const record = forge("client", DATA, "01", 16_000);
    const bytes = allocated(() => {
      server.receive(record);
    });
    expect(bytes).toBeLessThan(3 * record.length);
    expect(received(server)).toHaveLength(1);
  });
});

it("a handshake message in records of one byte is copied little", () => {
  const versions = ["TLSv1.2"] as const;
  const { client, server } = newPair(
    testClientConfig({ versions }),
    testServerConfig({ versions }),
  );
  server.receive(client.takeOutput());
  const flight = server.takeOutput();
  const records: Uint8Array[] = [];
  let content = 0;
  for (let at = 0; at < flight.length;) {
    const end = at + 5 + (((flight[at + 3] ?? 0) << 8) | (flight[at + 4] ?? 0));
    content += end - at - 5;
    for (let i = at + 5; i < end; i++)
      records.push(framed(HANDSHAKE, flight.subarray(i, i + 1)));
    at = end;
  }
  const stream = concat(...records);
  const made = allocated(() => {
    // But for the last byte, with which the client would answer.
    client.receive(stream.subarray(0, -6));
  });
  expect(client.error).toBeUndefined();
  expect(made).toBeLessThan(8 * content + 65_536);
});

describe("a compressed certificate", () => {
  /** 64 KiB that are 64 MiB. */
  const bomb = deflateSync(new Uint8Array(2 ** 26), { level: 9 });

  it("is inflated no further than it declares", () => {
    expect(bomb.length).toBeLessThan(2 ** 17);
    const made = allocated(() => {
      expect(() => zlib.decompress(bomb, 50_000)).toThrow(/50000/);
    });
    expect(made).toBeLessThan(2 ** 21);
  });

  it("by Node's codecs neither", () => {
    const { zstd, brotli } = native;
    for (const row of [native.zlib, brotli, ...(zstd ? [zstd] : [])]) {
      const small = row.compress(new Uint8Array(2 ** 24));
      expect(() => row.decompress(small, 50_000)).toThrow(/50000|larger than/i);
      expect(row.decompress(small, 2 ** 24)).toHaveLength(2 ** 24);
    }
  });

  it("is inflated in time and memory of its length", () => {
    const data = new Uint8Array(100 * 1024).map((_, i) => (i * i) >> 5);
    const of = (length: number): number => {
      const small = zlib.compress(data.subarray(0, length));
      return allocated(() => zlib.decompress(small, length));
    };
    const [half, whole] = [of(50 * 1024), of(100 * 1024)];
    expect(whole).toBeLessThan(2.3 * half);
    expect(whole).toBeLessThan(60 * 100 * 1024);
  });

  const noZstd = native.zstd === undefined;
  it.skipIf(noZstd)(
    "has no window of 128 MiB (skipped: no zstd before Node 22.15)",
    () => {
      // RFC 8878 3.1.1: a window of 2^27 bytes, and one raw block of four bytes.
      const frame = Uint8Array.from([
        ...[0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3],
        ...[(4 << 3) | 1, 0, 0, 1, 2, 3, 4],
      ]);
      expect(() => native.zstd?.decompress(frame, 4)).toThrow();
      frame[5] = (23 - 10) << 3;
      expect(native.zstd?.decompress(frame, 4)).toEqual(
        Uint8Array.of(1, 2, 3, 4),
      );
    },
  );
});
