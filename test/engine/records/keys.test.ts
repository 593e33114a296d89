/** Keys after the handshake: updates, limits, exporters, the key log. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { CIPHER_SUITES, type TlsEngine } from "../../../src/engine/index.ts";
import { trafficSecret } from "../../../src/handshake/keys/key-schedule13.ts";
import {
  onKeyUpdate,
  sendKeyUpdate,
} from "../../../src/handshake/tls13/key-update.ts";
import { runMachines, silentIo } from "../../support/machines.ts";
import {
  concat,
  fromHex,
  Secret,
  toHex,
  utf8Bytes,
} from "../../../src/bytes.ts";
import { ContentType } from "../../../src/wire/code-points.ts";
import { forgeable } from "../../support/forger.ts";
import {
  DELIVERIES,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
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

/** The KeyUpdates that an engine has sent since it was last asked. */
function updatesOf(engine: TlsEngine): () => string[] {
  let seen: string[] = [];
  engine.messageCallback = ({ direction, messageType, contentType, bytes }) => {
    if (direction === "write" && contentType === 22 && messageType === 24)
      seen.push(bytes[4] === 1 ? "requested" : "not requested");
  };
  return () => {
    const list = seen;
    seen = [];
    return list;
  };
}

const types = (pair: Pair) =>
  [pair.client, pair.server].map((engine) =>
    events(engine).map((event) =>
      event.type === "key_update" ? event.direction : event.type,
    ),
  );

describe("KeyUpdate", () => {
  for (const delivery of DELIVERIES)
    // [9846-4.7.3-03] [9846-4.7.3-07]
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

  // [9846-4.7.3-05a]
  it("of a silent side is one for all that were asked for", () => {
    // A peer that asks again before it has its answer.
    const { client, forge, rekey } = forgeable();
    const sent = updatesOf(client);
    const request = fromHex("1800000101");
    for (let i = 0; i < 5; i++) {
      client.receive(forge("server", ContentType.handshake, request));
      rekey("server");
    }
    expect(sent()).toEqual([]);
    for (let i = 0; i < 2; i++) client.write(utf8Bytes("x"));
    expect(sent()).toEqual(["not requested"]);
    expect(client.error).toBeUndefined();
  });

  // [9846-4.7.3-06]
  it("asks once until the peer's has come, by hand", () => {
    const pair = connected();
    const sent = updatesOf(pair.client);
    for (let i = 0; i < 3; i++) pair.client.updateKeys(true);
    expect(sent()).toEqual(["requested", "not requested", "not requested"]);
    pair.client.write(utf8Bytes("x"));
    shuttle(pair);
    pair.server.write(utf8Bytes("y"));
    shuttle(pair);
    pair.client.updateKeys(true);
    expect(sent()).toEqual(["requested"]);
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
  });

  // [9846-4.7.3-06]
  it("asks once until the peer's has come, by hand and by limit", () => {
    const server = testServerConfig();
    const client = testClientConfig({ limits: { recordsPerKey: 4 } });
    const pair = shuttle(newPair(client, server));
    const sent = updatesOf(pair.client);
    pair.client.updateKeys(true);
    for (let i = 0; i < 8; i++) pair.server.write(utf8Bytes("x"));
    shuttle(pair);
    expect(sent()).toEqual(["requested"]);
  });

  // [9846-4.7.3-05b]
  it("that is owed goes out before a request of one's own", () => {
    const pair = connected();
    const sent = updatesOf(pair.client);
    pair.server.updateKeys(true);
    shuttle(pair);
    pair.client.updateKeys(true);
    expect(sent()).toEqual(["not requested", "requested"]);
    shuttle(pair);
    pair.server.write(utf8Bytes("x"));
    shuttle(pair);
    expect(received(pair.client)).toEqual(utf8Bytes("x"));
  });

  // [9846-4.7.3-05b]
  it("that is owed goes out before data, while a late answer comes in", () => {
    const pair = shuttle(
      newPair(
        testClientConfig({
          postHandshakeAuth: true,
          maxSendFragment: 64,
          credentials: [testCredential("ec-p256", "client")],
        }),
        testServerConfig({
          postHandshakeAuth: true,
          clientAuthentication: "required",
        }),
      ),
    );
    pair.server.requestCertificate();
    pair.client.updateKeys(true);
    pair.client.receive(pair.server.takeOutput());
    const answer = pair.client.takeOutput();
    // All of it but the Finished.
    pair.server.receive(answer.subarray(0, -60));
    expect(pair.server.state).toMatch(/^WAIT_POST_HANDSHAKE/);
    const sent = updatesOf(pair.server);
    pair.server.write(utf8Bytes("x"));
    expect(sent()).toEqual(["not requested"]);
    pair.server.receive(answer.subarray(-60));
    shuttle(pair);
    expect(pair.server.error ?? pair.client.error).toBeUndefined();
    expect(received(pair.client)).toEqual(utf8Bytes("x"));
  });

  // [9846-5.5-01b]
  it("comes before the client's Finished, where the server writes so early", () => {
    const pair = newPair(
      testClientConfig(),
      testServerConfig({ limits: { recordsPerKey: 2 } }),
    );
    pair.server.receive(pair.client.takeOutput());
    const sent = updatesOf(pair.server);
    for (let i = 0; i < 5; i++) pair.server.write(utf8Bytes("x"));
    expect(sent()).toEqual(["not requested", "not requested"]);
    expect(pair.server.error).toBeUndefined();
    shuttle(pair);
    pair.server.write(utf8Bytes("x"));
    shuttle(pair);
    expect(received(pair.client)).toEqual(utf8Bytes("xxxxxx"));
  });

  // [9846-4.7.3-02]
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

  // [9846-1.2-01] [9846-5.5-01a]
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

// [9846-5.5-03]
it("a receiver reads on under a key that is worn out", () => {
  const limits = { recordsPerKey: 4 };
  const pair = shuttle(
    newPair(testClientConfig(), testServerConfig({ limits })),
  );
  events(pair.server);
  for (let i = 0; i < 20; i++) pair.client.write(Uint8Array.of(i));
  // All of it is under way before the client is asked for another key.
  pair.server.receive(pair.client.takeOutput());
  expect(pair.server.error).toBeUndefined();
  expect(received(pair.server)).toHaveLength(20);
  expect(pair.server.hasOutput).toBe(true);
});

// [9846-7.5-01]
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

// [9846-4.7.3-09] [9846-4.7.3-11]
describe("the last epoch of a sender", () => {
  const hash = noble.hashes["SHA-256"];
  const secret = (epoch: number) =>
    trafficSecret(hash, new Secret(new Uint8Array(32)), "client", epoch);

  it("is 2^48-1: its secret is not updated, the one before it is", () => {
    expect(secret(2 ** 48 - 2).isLast).toBe(false);
    expect(secret(2 ** 48 - 1).isLast).toBe(true);
    expect(secret(2 ** 48 - 2).update().isLast).toBe(true);
    expect(
      secret(2 ** 48 - 3)
        .clone()
        .update()
        .update().isLast,
    ).toBe(true);
  });

  it("sends no KeyUpdate, though the peer asked for one", () => {
    const sent: Uint8Array[] = [];
    const io = silentIo({ send: (message) => sent.push(message) });
    const suite = CIPHER_SUITES.TLS_AES_128_GCM_SHA256;
    const side = { config: testClientConfig(), suite };
    const last = secret(2 ** 48 - 1);
    expect(sendKeyUpdate(side, last, false, io)).toBe(last);
    expect(sent).toEqual([]);
    const next = sendKeyUpdate(side, secret(2 ** 48 - 2), false, io);
    expect(next.isLast).toBe(true);
    expect(sent.length).toBe(1);
  });

  // [9846-4.7.3-10]
  it("is none of a receiver: the peer's keys are updated beyond it", () => {
    const { server } = runMachines(testClientConfig(), testServerConfig());
    if (server.machine !== "server13" || server.at !== "CONNECTED")
      throw new Error(server.at);
    const readSecret = secret(2 ** 48 - 1);
    const before = readSecret.bytes.slice();
    const epochs: string[] = [];
    const io = silentIo({ setReadKeys: ({ epoch }) => epochs.push(epoch) });
    const message = { updateRequested: false, raw: new Uint8Array(0) };
    const after = onKeyUpdate({ ...server, readSecret }, message, io);
    expect(epochs).toEqual(["application"]);
    expect(after.readSecret.bytes).not.toEqual(before);
    expect(after.readSecret.bytes).toHaveLength(32);
  });
});
