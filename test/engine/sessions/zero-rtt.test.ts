/** Early data, RFC 9846 2.3, 4.3.10 and 8: accepted once, or not at all. */
import { describe, expect, it } from "vitest";
import { concat, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  MemoryStrikeRegister,
  type ServerOptions,
  type Session13,
  TicketKeys,
  TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  type Delivery,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { firstSession } from "../../support/sessions.ts";

const tickets = new TicketKeys({ provider: noble });
const EARLY = Uint8Array.from([7, 7, 7]);

function guarded(): Partial<ServerOptions> {
  return {
    provider: noble,
    ticketKeys: tickets,
    maxEarlyData: 100,
    strikeRegister: new MemoryStrikeRegister({ provider: noble }),
  };
}

/** Collects the early data that a server accepted. */
function early(server: TlsEngine): Uint8Array {
  return concat(
    ...events(server).flatMap((event) =>
      event.type === "early_data" ? [event.bytes] : [],
    ),
  );
}

function offer(
  session: Session13,
  server: Partial<ServerOptions>,
  client: Partial<ClientOptions> = {},
): Pair {
  return newPair(
    testClientConfig({ session, earlyData: true, ...client }),
    testServerConfig(server),
  );
}

function outcomes({ client, server }: Pair): unknown[] {
  expect(client.error ?? server.error).toBeUndefined();
  return [client.info?.earlyData, server.info?.earlyData];
}

function run(pair: Pair, delivery?: Delivery): Pair {
  if (pair.client.earlyDataLeft > 0) pair.client.writeEarlyData(EARLY);
  return shuttle(pair, delivery);
}

describe("early data is accepted", () => {
  for (const delivery of DELIVERIES)
    // [9846-4.3.10-05c] [9846-4.3.11.3-01] [9846-F.5-04]
    it(`before the handshake is done, in cuts "${delivery}"`, () => {
      const server = guarded();
      const pair = offer(firstSession({ server, delivery }), server);
      expect(pair.client.earlyDataLeft).toBe(100);
      pair.client.writeEarlyData(EARLY);
      pair.client.writeEarlyData(EARLY);
      expect(pair.client.earlyDataLeft).toBe(94);
      for (const byte of pair.client.takeOutput())
        pair.server.receive(Uint8Array.of(byte));
      expect(pair.server.state).toBe("WAIT_EOED");
      expect(early(pair.server)).toEqual(concat(EARLY, EARLY));
      shuttle(pair, delivery);
      expect(outcomes(pair)).toEqual(["accepted", "accepted"]);
      expect(pair.client.earlyDataLeft).toBe(0);
      pair.client.write(Uint8Array.of(1));
      pair.server.write(Uint8Array.of(2));
      shuttle(pair, delivery);
      expect(received(pair.server)).toEqual(Uint8Array.of(1));
      expect(received(pair.client)).toEqual(Uint8Array.of(2));
    });

  // [9846-5.5-02]
  it("as far as its key may seal records, EndOfEarlyData too", () => {
    const server = guarded();
    const limits = { recordsPerKey: 4 };
    const pair = offer(firstSession({ server }), server, { limits });
    pair.client.writeEarlyData(EARLY);
    expect(pair.client.earlyDataLeft).toBe(97);
    pair.client.writeEarlyData(EARLY);
    expect(pair.client.earlyDataLeft).toBe(0);
    expect(() => {
      pair.client.writeEarlyData(EARLY);
    }).toThrow(TlsUsageError);
    shuttle(pair);
    expect(outcomes(pair)).toEqual(["accepted", "accepted"]);
  });

  // [9846-4.6-01] [9846-7.5-02]
  it("until the server's Finished, and the exporters agree", () => {
    const server = guarded();
    const pair = offer(firstSession({ server }), server);
    pair.server.receive(pair.client.takeOutput());
    pair.client.writeEarlyData(EARLY);
    const label = "EXPORTER-early";
    expect(pair.client.exportEarlyKeyingMaterial(label, 20, EARLY)).toEqual(
      pair.server.exportEarlyKeyingMaterial(label, 20, EARLY),
    );
    shuttle(pair);
    expect(outcomes(pair)).toEqual(["accepted", "accepted"]);
    expect(early(pair.server)).toEqual(EARLY);
    expect(pair.client.exportEarlyKeyingMaterial(label, 20, EARLY)).toEqual(
      pair.server.exportEarlyKeyingMaterial(label, 20, EARLY),
    );
    expect(pair.client.exportKeyingMaterial(label, 20, EARLY)).not.toEqual(
      pair.server.exportEarlyKeyingMaterial(label, 20, EARLY),
    );
  });

  it("with its ALPN name, and its labels in the key log", () => {
    const lines: string[] = [];
    const alpnProtocols = ["h2", "http/1.1"];
    const server = { ...guarded(), alpnProtocols: ["http/1.1"] };
    const client = {
      alpnProtocols,
      keyLog: (line: string) => lines.push(line),
    };
    const session = firstSession({ client: { alpnProtocols }, server });
    const pair = run(offer(session, server, client));
    expect(outcomes(pair)).toEqual(["accepted", "accepted"]);
    const labels = lines.map((line) => line.split(" ")[0]);
    expect(labels.slice(0, 2)).toEqual([
      "CLIENT_EARLY_TRAFFIC_SECRET",
      "EARLY_EXPORTER_SECRET",
    ]);
  });

  it("out of a store, without a register", () => {
    const sessionStore = new MemorySessionStore();
    const server = { provider: noble, sessionStore, maxEarlyData: 100 };
    const session = firstSession({ server });
    expect(outcomes(run(offer(session, server)))).toEqual([
      "accepted",
      "accepted",
    ]);
    const second = run(offer(session, server));
    expect(outcomes(second)).toEqual(["rejected", "rejected"]);
    expect(second.client.info?.resumed).toBe(false);
  });
});

describe("early data is never accepted twice", () => {
  // [9846-8-01] [9846-8-03]
  it("when the whole hello is sent again", () => {
    const server = guarded();
    const { client } = offer(firstSession({ server }), server);
    client.writeEarlyData(EARLY);
    const recorded = client.takeOutput();
    const taken = [1, 2, 3].map(() => {
      const engine = TlsEngine.server(testServerConfig(server));
      engine.receive(recorded);
      expect(engine.error).toBeUndefined();
      return early(engine).length;
    });
    expect(taken).toEqual([3, 0, 0]);
  });

  // [9846-8.2-02]
  it("when the ticket is used again", () => {
    const server = guarded();
    const session = firstSession({ server });
    expect(outcomes(run(offer(session, server)))).toEqual([
      "accepted",
      "accepted",
    ]);
    const again = run(offer(session, server));
    expect(outcomes(again)).toEqual(["rejected", "rejected"]);
    expect(again.client.info?.resumed).toBe(true);
    expect(early(again.server)).toEqual(new Uint8Array());
  });

  // [9846-8-04] [9846-8.2-03]
  it("by another process with the same ticket keys", () => {
    const server = guarded();
    const session = firstSession({ server });
    const elsewhere = run(offer(session, guarded()));
    expect(outcomes(elsewhere)).toEqual(["rejected", "rejected"]);
    expect(elsewhere.client.info?.resumed).toBe(true);
  });

  // [9846-8.2-01]
  it("when the register is full", () => {
    const strikeRegister = new MemoryStrikeRegister({
      provider: noble,
      capacity: 1,
    });
    const server = { ...guarded(), strikeRegister };
    const [one, two] = [firstSession({ server }), firstSession({ server })];
    expect(outcomes(run(offer(one, server)))[1]).toBe("accepted");
    expect(outcomes(run(offer(two, server)))[1]).toBe("rejected");
  });
});

describe("the register forgets what has run out", () => {
  it("and nothing before", () => {
    let now = 1000;
    const provider = { ...noble, now: () => now };
    const register = new MemoryStrikeRegister({ provider, capacity: 2 });
    expect(register.strike(Uint8Array.of(1), 2000)).toBe(true);
    expect(register.strike(Uint8Array.of(2), 2000)).toBe(true);
    expect(register.strike(Uint8Array.of(3), 2000)).toBe(false);
    now = 2001;
    expect(register.strike(Uint8Array.of(3), 3000)).toBe(true);
    expect(register.strike(Uint8Array.of(3), 3000)).toBe(false);
  });
});

// [9846-F.5-03b]
describe("early data is rejected, and the connection continues", () => {
  const server = guarded();
  const refused = (
    change: Partial<ServerOptions>,
    client: Partial<ClientOptions> = {},
  ) => {
    const session = firstSession({ client, server });
    const pair = run(offer(session, { ...server, ...change }, client));
    expect(outcomes(pair)).toEqual(["rejected", "rejected"]);
    expect(early(pair.server)).toEqual(new Uint8Array());
    pair.client.write(EARLY);
    shuttle(pair);
    expect(received(pair.server)).toEqual(EARLY);
    expect(() => pair.client.exportEarlyKeyingMaterial("x", 8)).toThrow(
      TlsUsageError,
    );
    return pair;
  };

  // [9846-4.3.10-10a] [9846-4.3.10-14] [9846-4.6-02]
  it("by a server that no longer allows it", () => {
    expect(refused({ maxEarlyData: 0 }).client.info?.resumed).toBe(true);
  });

  // [9846-4.3.10-05b] [9846-4.3.10-06]
  it("by a HelloRetryRequest", () => {
    const pair = refused({ groups: ["secp384r1"] });
    expect(pair.client.info).toMatchObject({
      resumed: true,
      helloRetried: true,
    });
  });

  it("by a server that does not know the ticket", () => {
    const pair = refused({ ticketKeys: new TicketKeys({ provider: noble }) });
    expect(pair.client.info?.resumed).toBe(false);
  });

  it("by a HelloRetryRequest of such a server", () => {
    refused({
      ticketKeys: new TicketKeys({ provider: noble }),
      groups: ["secp384r1"],
    });
  });

  // [9846-4.3.10-08]
  it("with another suite", () => {
    const cipherSuites = ["TLS_AES_128_GCM_SHA256"] as const;
    const session = firstSession({ server });
    expect(session.cipherSuite.name).toBe("TLS_CHACHA20_POLY1305_SHA256");
    expect(refused({ cipherSuites }).client.info?.resumed).toBe(false);
  });

  // [9846-4.3.10-08] [9846-4.3.10-15]
  it("with another ALPN name", () => {
    const alpnProtocols = ["a", "b"];
    const first = firstSession({
      client: { alpnProtocols },
      server: { ...server, alpnProtocols: ["a"] },
    });
    const pair = run(
      offer(first, { ...server, alpnProtocols: ["b"] }, { alpnProtocols }),
    );
    expect(outcomes(pair)).toEqual(["rejected", "rejected"]);
    expect(pair.client.info?.alpnProtocol).toBe("b");
  });

  // [9846-4.3.10-03] [9846-4.3.10-04]
  it("where the ticket's age does not fit", () => {
    const at = Date.now();
    const clock = { ...noble, now: () => at };
    const server = { ...guarded(), provider: clock };
    for (const [off, outcome] of [
      [-11_000, "rejected"],
      [11_000, "rejected"],
      [-9000, "accepted"],
      [-10_000, "accepted"],
      [-10_001, "rejected"],
    ] as const) {
      const client = { provider: clock };
      const session = firstSession({ client, server });
      // The client's clock is off by that much.
      const ageAdd = (session.ageAdd + 2 ** 32 - off) % 2 ** 32;
      const pair = run(offer({ ...session, ageAdd }, server, client));
      expect(outcomes(pair)[1], String(off)).toBe(outcome);
    }
  });
});

describe("limits and order", () => {
  // [9846-5.1-13]
  it("every record after the ClientHello has version 0x0303", () => {
    const server = guarded();
    const { client } = offer(firstSession({ server }), server);
    client.writeEarlyData(EARLY);
    const output = client.takeOutput();
    const records: string[] = [];
    for (let at = 0; at < output.length;) {
      records.push(toHex(output.subarray(at, at + 3)));
      at += 5 + ((output[at + 3] ?? 0) << 8) + (output[at + 4] ?? 0);
    }
    expect(records).toEqual(["160301", "140303", "170303"]);
  });

  // [9846-2-02]
  it("a client writes no more than the ticket allows", () => {
    const server = guarded();
    const { client } = offer(firstSession({ server }), server);
    expect(() => client.writeEarlyData(new Uint8Array(101))).toThrow(
      TlsUsageError,
    );
    client.writeEarlyData(new Uint8Array(100));
    expect(() => client.writeEarlyData(new Uint8Array(1))).toThrow(
      TlsUsageError,
    );
    expect(() => client.write(EARLY)).toThrow(TlsUsageError);
  });

  it("a client writes none once it has ended the connection", () => {
    const server = guarded();
    const ends = {
      close: (client: TlsEngine) => client.close(),
      failure: (client: TlsEngine) =>
        client.receive(Uint8Array.of(21, 3, 3, 0, 2, 2, 40)),
    };
    for (const [name, end] of Object.entries(ends)) {
      const { client } = offer(firstSession({ server }), server);
      client.writeEarlyData(EARLY);
      expect(client.earlyDataLeft, name).toBe(97);
      end(client);
      expect(client.earlyDataLeft, name).toBe(0);
      expect(() => client.writeEarlyData(EARLY), name).toThrow(TlsUsageError);
    }
  });

  // [9846-4.7.1-17]
  it("a server accepts no more than the ticket allows", () => {
    const server = guarded();
    const session = { ...firstSession({ server }), maxEarlyData: 1000 };
    const pair = offer(session, server);
    pair.client.writeEarlyData(new Uint8Array(101));
    shuttle(pair);
    expect(pair.server.error?.reason).toBe("too_much_early_data");
    expect(pair.client.error?.alert).toBe("unexpected_message");
  });

  // [9846-E.1-02]
  it("is not offered unless it is wanted, and allowed", () => {
    const server = guarded();
    const session = firstSession({ server });
    for (const [one, options] of [
      [session, { earlyData: false }],
      [{ ...session, maxEarlyData: 0 }, {}],
      [session, { cipherSuites: ["TLS_AES_128_GCM_SHA256"] as const }],
      [{ ...session, alpnProtocol: "h2" }, {}],
    ] as const) {
      const { client } = offer(one, server, options);
      expect(client.earlyDataLeft).toBe(0);
      expect(() => client.writeEarlyData(EARLY)).toThrow(TlsUsageError);
    }
  });

  it("a server needs a register for early data of tickets", () => {
    expect(() =>
      testServerConfig({ ticketKeys: tickets, maxEarlyData: 1 }),
    ).toThrow(TlsUsageError);
  });

  it("a connection may end in the middle of it", () => {
    const server = guarded();
    const pair = offer(firstSession({ server }), server);
    pair.client.writeEarlyData(EARLY);
    pair.client.close();
    shuttle(pair);
    expect(early(pair.server).length).toBe(3);
    expect(pair.server.error?.reason ?? pair.server.state).toBeDefined();
    expect(pair.server.info).toBeUndefined();
  });
});
