/** Keys after the handshake: updates, limits, exporters, the key log. */
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, utf8Bytes } from "../../../src/bytes.ts";
import {
  DELIVERIES,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

function connected(recordsPerKey?: number): Pair {
  const limits = recordsPerKey === undefined ? {} : { recordsPerKey };
  const pair = shuttle(
    newPair(testClientConfig({ limits }), testServerConfig({ limits })),
  );
  events(pair.client);
  events(pair.server);
  return pair;
}

const types = (pair: Pair) =>
  [pair.client, pair.server].map((engine) =>
    events(engine).map((event) =>
      event.type === "key_update" ? event.direction : event.type,
    ),
  );

describe("KeyUpdate", () => {
  for (const delivery of DELIVERIES)
    it(`of one side, and of both (${delivery})`, () => {
      const pair = connected();
      pair.client.updateKeys(false);
      shuttle(pair, delivery);
      expect(types(pair)).toEqual([["write"], ["read"]]);
      pair.server.updateKeys(true);
      shuttle(pair, delivery);
      expect(types(pair)).toEqual([["read"], ["write"]]);
      pair.client.write(utf8Bytes("after"));
      shuttle(pair, delivery);
      expect(types(pair)).toEqual([["write"], ["read", "data"]]);
    });

  it("of a silent side is one for all that were asked for", () => {
    const pair = connected();
    for (let i = 0; i < 5; i++) pair.server.updateKeys(true);
    shuttle(pair);
    expect(types(pair)[0]).toEqual(Array.from({ length: 5 }, () => "read"));
    for (let i = 0; i < 2; i++) pair.client.write(utf8Bytes("x"));
    shuttle(pair);
    expect(types(pair)).toEqual([["write"], ["read", "data", "data"]]);
  });

  it("changes the bytes on the wire", () => {
    const [plain, updated] = [connected(), connected()];
    updated.client.updateKeys(false);
    updated.client.takeOutput();
    for (const { client } of [plain, updated]) client.write(utf8Bytes("same"));
    expect(plain.client.takeOutput()).not.toEqual(updated.client.takeOutput());
  });

  it("is refused before the handshake is done", () => {
    const { client } = newPair();
    expect(() => {
      client.updateKeys(false);
    }).toThrow(/handshake is not done/);
  });

  it("is answered once a request, even when both ask at once", () => {
    const pair = connected();
    pair.client.updateKeys(true);
    pair.server.updateKeys(true);
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    pair.server.write(utf8Bytes("x"));
    shuttle(pair);
    expect(received(pair.client)).toEqual(utf8Bytes("x"));
  });

  it("without data between them there is an end to them", () => {
    const pair = connected();
    for (let i = 0; i < 32; i++) pair.client.updateKeys(false);
    shuttle(pair);
    expect(pair.server.error).toBeUndefined();
    pair.client.updateKeys(false);
    shuttle(pair);
    expect(pair.server.error?.reason).toBe("too_many_key_updates");
  });

  it("answers that were asked for are no flood", () => {
    const pair = connected();
    for (let i = 0; i < 100; i++) {
      pair.client.updateKeys(true);
      pair.client.write(utf8Bytes("only this side sends"));
      shuttle(pair);
      events(pair.server);
    }
    expect(pair.client.error).toBeUndefined();
  });

  it("comes by itself when a key is worn out, in both directions", () => {
    const pair = connected(4);
    const data = new Uint8Array(10 * 16_384).map((_, i) => i >> 14);
    pair.client.write(data);
    shuttle(pair);
    const [client, server] = [events(pair.client), events(pair.server)];
    const writes = client.filter((e) => e.type === "key_update");
    expect(writes.length).toBeGreaterThanOrEqual(2);
    expect(
      concat(...server.flatMap((e) => (e.type === "data" ? [e.bytes] : []))),
    ).toEqual(data);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
  });
});

describe("the exporter", () => {
  it("gives both sides the same, and others something else", () => {
    const { client, server } = connected();
    const export1 = (label: string, context?: Uint8Array) =>
      toHex(client.exportKeyingMaterial(label, 32, context));
    expect(export1("EXPORTER-test", fromHex("00"))).toBe(
      toHex(server.exportKeyingMaterial("EXPORTER-test", 32, fromHex("00"))),
    );
    expect(export1("EXPORTER-test")).toBe(
      export1("EXPORTER-test", new Uint8Array()),
    );
    expect(export1("EXPORTER-test")).not.toBe(
      export1("EXPORTER-test", fromHex("00")),
    );
    expect(export1("EXPORTER-test")).not.toBe(export1("EXPORTER-other"));
  });

  it("waits for the handshake", () => {
    expect(() => newPair().client.exportKeyingMaterial("x", 1)).toThrow(
      /not done/,
    );
  });
});

describe("the key log", () => {
  it("has the five lines of TLS 1.3, the same on both sides", () => {
    const [client, server]: string[][] = [[], []];
    shuttle(
      newPair(
        testClientConfig({ keyLog: (line) => client?.push(line) }),
        testServerConfig({ keyLog: (line) => server?.push(line) }),
      ),
    );
    expect(client).toEqual(server);
    expect(client?.map((line) => line.split(" ")[0])).toEqual([
      "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
      "SERVER_HANDSHAKE_TRAFFIC_SECRET",
      "CLIENT_TRAFFIC_SECRET_0",
      "SERVER_TRAFFIC_SECRET_0",
      "EXPORTER_SECRET",
    ]);
    for (const line of client ?? [])
      expect(line).toMatch(/^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$/);
  });
});
