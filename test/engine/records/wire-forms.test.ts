/** Versions, types and lengths of what goes out, and of what is taken in. */
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../../src/bytes.ts";
import { TlsEngine } from "../../../src/engine/index.ts";
import { WriteHalf } from "../../../src/record/write-half.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];

interface SentRecord {
  readonly type: number;
  readonly version: number;
  readonly length: number;
  readonly fragment: Uint8Array;
}

function recordsOf(bytes: Uint8Array): SentRecord[] {
  const records: SentRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const [type = 0, major = 0, minor = 0, high = 0, low = 0] =
      bytes.subarray(at);
    const length = (high << 8) | low;
    const fragment = bytes.subarray(at + 5, at + 5 + length);
    records.push({ type, version: (major << 8) | minor, length, fragment });
    at += 5 + length;
  }
  return records;
}

/** A connection from its first byte to its last, with data and new keys. */
function wholeLife(version: Version): Pair {
  const versions = [version];
  const pair = shuttle(
    newPair(testClientConfig({ versions }), testServerConfig({ versions })),
  );
  expect(pair.client.error ?? pair.server.error).toBeUndefined();
  if (version === "TLSv1.3") pair.client.updateKeys(true);
  pair.client.write(new Uint8Array(20_000));
  pair.server.write(new Uint8Array(3));
  shuttle(pair);
  pair.client.close();
  pair.server.close();
  return shuttle(pair);
}

/** The group of the client's share is not the server's. */
const RETRY = {
  client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
  server: { groups: ["secp256r1"] },
} as const;

describe.each(VERSIONS)("all records of a connection of %s", (version) => {
  const { sent } = wholeLife(version);

  // [9846-5-04] [5246-6-01]
  it("are of the types of TLS", () => {
    for (const bytes of [sent.client, sent.server])
      for (const { type } of recordsOf(bytes))
        expect([20, 21, 22, 23]).toContain(type);
  });

  // [9846-5.1-13] [9846-5.1-17] [9846-E.5-10]
  it("say 0x0303, but for the first ClientHello", () => {
    const [first, ...later] = recordsOf(sent.client);
    expect(first).toMatchObject({ type: 22, version: 0x0301 });
    for (const record of [...later, ...recordsOf(sent.server)])
      expect(record.version).toBe(0x0303);
  });

  // [9846-E.5-05]
  it("begin with one that is no hello of SSL 2.0", () => {
    expect(toHex(sent.client.subarray(0, 3))).toBe("160301");
    expect(sent.client[5]).toBe(1);
  });

  // [9846-E.5-08]
  it("have hellos whose legacy_version is 0x0303", () => {
    for (const bytes of [sent.client, sent.server])
      expect(toHex(bytes.subarray(9, 11))).toBe("0303");
  });
});

// [9846-5.1-13] [9846-5.1-17]
it.each([true, false])(
  "the record of a second ClientHello says 0x0303, compatibility mode %s",
  (compatibilityMode) => {
    const pair = shuttle(
      newPair(
        testClientConfig({ ...RETRY.client, compatibilityMode }),
        testServerConfig(RETRY.server),
      ),
    );
    expect(pair.client.info?.helloRetried).toBe(true);
    const hellos = recordsOf(pair.sent.client).filter(
      ({ type, fragment }) => type === 22 && fragment[0] === 1,
    );
    expect(hellos.map((one) => one.version)).toEqual([0x0301, 0x0303]);
  },
);

describe("a flight", () => {
  // [9846-5.4-03]
  // [9846-5.1-08] [5246-6.2.1-03]
  it("has no empty record, whatever its length", () => {
    const half = new WriteHalf();
    for (const length of [0, 1, 2 ** 14 - 1, 2 ** 14, 2 ** 14 + 1, 2 ** 15]) {
      if (length > 0) half.handshake(new Uint8Array(length));
      half.flushHandshake();
      half.setFinalRecordVersion();
      const lengths = recordsOf(half.takeOutput()).map((one) => one.length);
      expect(lengths).toHaveLength(Math.ceil(length / 2 ** 14));
      expect(lengths).not.toContain(0);
    }
  });
});

describe("the version of a record", () => {
  // [9846-E.2-04] [5246-E.1-05]
  it.each([0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff])(
    "of a ClientHello may be %i",
    (said) => {
      for (const version of VERSIONS) {
        const versions = [version];
        const { client, server } = newPair(
          testClientConfig({ versions }),
          testServerConfig({ versions }),
        );
        const hello = client.takeOutput();
        hello.set([said >> 8, said & 0xff], 1);
        server.receive(hello);
        expect(server.error).toBeUndefined();
        expect(recordsOf(server.takeOutput())[0]?.fragment[0]).toBe(2);
      }
    },
  );

  it.each([0x0300, 0x0301, 0x03ff])(
    "of a sealed record of TLS 1.3 is authenticated, and it may be no %i",
    (said) => {
      const pair = shuttle(newPair());
      pair.client.write(new Uint8Array(3));
      const record = pair.client.takeOutput();
      record.set([said >> 8, said & 0xff], 1);
      pair.server.receive(record);
      expect(pair.server.error?.reason).toBe("bad_record_mac");
    },
  );
});

// [9846-5.2-02] [9846-5.2-05]
it("a sealed record of TLS 1.3 has 2^14 + 256 bytes at most", () => {
  for (const [length, reason] of [
    [2 ** 14 + 256, "bad_record_mac"],
    [2 ** 14 + 257, "record_overflow"],
  ] as const)
    for (const role of ["client", "server"] as const) {
      const { [role]: engine } = shuttle(newPair());
      const header = Uint8Array.of(23, 3, 3, length >> 8, length & 255);
      engine.receive(concat(header, new Uint8Array(length)));
      expect(engine.error?.reason).toBe(reason);
    }
});

// [9846-E.5-06] [9846-E.5-07]
it("a hello of SSL 2.0 gets no ServerHello, whatever it offers", () => {
  // RFC 5246 E.2: a length with its first bit set, type 1, version 3.3, lengths
  // of suites, session id and challenge.
  const body = fromHex(
    `01 0303 0006 0000 0010 001301 00c02b${"5a".repeat(16)}`,
  );
  const hello = concat(Uint8Array.of(0x80, body.length), body);
  for (const version of VERSIONS) {
    const versions = [version];
    const engine = TlsEngine.server(testServerConfig({ versions }));
    engine.receive(hello);
    expect(engine.error?.alert).toBe("protocol_version");
    expect(engine.info).toBeUndefined();
    expect(recordsOf(engine.takeOutput()).map(({ type }) => type)).toEqual([
      21,
    ]);
  }
});

describe("an alert that ends a handshake", () => {
  const alertOf = (engine: TlsEngine): string => {
    const records = recordsOf(engine.takeOutput());
    expect(records.map(({ type }) => type)).toEqual([21]);
    return toHex(records[0]?.fragment ?? new Uint8Array());
  };

  // [9846-6-04a] [5246-7.2.2-03] [5246-7.2.2-05]
  it.each(VERSIONS)("is sent, and it is fatal (%s)", (version) => {
    const versions = [version];
    const fresh = (): Pair =>
      newPair(testClientConfig({ versions }), testServerConfig({ versions }));
    for (const [record, alert] of [
      ["170303000100", "020a"],
      ["160303000401000000", "0232"],
      ["1603034001", "0216"],
    ] as const) {
      const { server } = fresh();
      server.receive(fromHex(record));
      expect(alertOf(server)).toBe(alert);
    }
    const { client, server } = fresh();
    server.receive(client.takeOutput());
    const flight = server.takeOutput();
    // The suite, behind header 9, version 2, random 32 and the session id.
    const at = 9 + 34 + 1 + (flight[43] ?? 0);
    flight.set([0x0a, 0x0a], at);
    client.receive(flight);
    expect(client.error?.reason).toBe("wrong_cipher_returned");
    expect(alertOf(client)).toBe("022f");
  });
});

// [9846-E.4-01b]
it("a server without compatibility mode sends the dummy to who offers a session id", () => {
  const types = (compatibilityMode: boolean): number[] => {
    const pair = shuttle(
      newPair(
        testClientConfig({ compatibilityMode }),
        testServerConfig({ compatibilityMode: false }),
      ),
    );
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    return recordsOf(pair.sent.server).map(({ type }) => type);
  };
  expect(types(true).slice(0, 3)).toEqual([22, 20, 23]);
  expect(types(false)).not.toContain(20);
});

// [5246-7.3-03]
describe("data before the handshake of TLS 1.2 is done", () => {
  const versions = ["TLSv1.2"] as const;
  const DATA = fromHex("170303000101");
  const pairOf = (): Pair =>
    newPair(testClientConfig({ versions }), testServerConfig({ versions }));

  // [9846-5.1-18]
  it("is neither written nor taken, at any stage", () => {
    for (let stage = 0; stage < 4; stage++)
      for (const role of ["client", "server"] as const) {
        const pair = pairOf();
        const turns = [
          () => undefined,
          () => pair.server.receive(pair.client.takeOutput()),
          () => pair.client.receive(pair.server.takeOutput()),
        ];
        for (const turn of turns.slice(0, stage)) turn();
        const engine = pair[role];
        expect(engine.canWrite).toBe(false);
        expect(() => engine.write(DATA)).toThrow(/handshake is not done/);
        engine.receive(DATA);
        expect(engine.error?.alert).toBe("unexpected_message");
      }
  });
});
