/**
 * Tickets, binders and early data that are forged, stale, replayed, of another
 * context or of another name, in every cut of their bytes: a full handshake
 * follows or the RFC's alert, and no early data is ever accepted twice (RFC
 * 9846 4.3.10, 4.3.11, 8; RFC 5077 5; RFC 5246 F.1.4).
 */
import { describe, expect, it } from "vitest";
import { asciiBytes, Secret } from "../../../src/bytes.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  MemoryStrikeRegister,
  type ServerOptions,
  type Session,
  type Session13,
  TicketKeys,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { NOW, partsOf, World } from "../../support/cuts.ts";
import {
  events,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";

const EARLY = asciiBytes("pay once");
const MINUTE = 60_000;

const only12 = {
  versions: ["TLSv1.2"],
  groups: ["x25519", "secp256r1"],
} as const;

interface Server extends Partial<ServerOptions> {
  readonly ticketKeys: TicketKeys;
}

function guarded(world: World): Server {
  return {
    ticketKeys: new TicketKeys({ provider: world.provider("tickets") }),
    strikeRegister: world.register(1),
    maxEarlyData: 100,
  };
}

function firstOf(
  world: World,
  server: Partial<ServerOptions>,
  client: Partial<ClientOptions> = {},
): Session {
  return world.pair(client, server).carryWhole().session();
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function later(world: World, milliseconds: number) {
  const { server } = world;
  return { provider: { ...server, now: () => NOW + milliseconds } };
}

/** A fault of the second connection. */
interface Fault {
  readonly session?: (session: Session13) => Session;
  readonly server?: (world: World, server: Server) => Partial<ServerOptions>;
  readonly client?: Partial<ClientOptions>;
  readonly serverName?: string;
  /**
   * The alert that ends the connection; undefined: a full handshake follows.
   */
  readonly alert?: string;
}

const SESSION_FAULTS: Readonly<Record<string, Fault>> = {
  "a ticket changed in its name": {
    session: (s) => ({ ...s, ticket: flipped(s.ticket, 3) }),
  },
  "a ticket changed in its nonce": {
    session: (s) => ({ ...s, ticket: flipped(s.ticket, 20) }),
  },
  "a ticket changed in what is sealed": {
    session: (s) => ({ ...s, ticket: flipped(s.ticket, 60) }),
  },
  "a ticket changed in its tag": {
    session: (s) => ({ ...s, ticket: flipped(s.ticket, s.ticket.length - 1) }),
  },
  "a ticket that is cut off": {
    session: (s) => ({ ...s, ticket: s.ticket.subarray(0, 40) }),
  },
  "a ticket that is made up": {
    session: (s) => ({ ...s, ticket: new Uint8Array(200).fill(9) }),
  },
  "a ticket without its key": {
    session: (s) => ({ ...s, psk: new Secret(new Uint8Array(32).fill(1)) }),
    alert: "decrypt_error",
  },
  "a ticket of a key that was given up": {
    server: (world, server) => {
      const tickets = new TicketKeys({
        provider: world.provider("rotating"),
        keys: server.ticketKeys.export(),
        keepOlder: 0,
      });
      tickets.rotate();
      return { ...server, ticketKeys: tickets };
    },
  },
  "a ticket of another context": {
    server: (_world, server) => ({
      ...server,
      sessionContext: Uint8Array.of(7),
    }),
  },
  "a ticket of another name": {
    session: (s) => ({ ...s, serverName: "www.wild.test" }),
    serverName: "www.wild.test",
  },
  "a ticket that is too old": {
    server: (world, server) => ({ ...server, ...later(world, 121 * MINUTE) }),
  },
  "a ticket of the future": {
    server: (world, server) => ({ ...server, ...later(world, -MINUTE) }),
  },
  "a ticket of another hash": {
    server: (_world, server) => ({
      ...server,
      cipherSuites: ["TLS_AES_256_GCM_SHA384"],
    }),
  },
};

describe("TLS 1.3: it does not resume", () => {
  it.each(Object.entries(SESSION_FAULTS))("%s", (_name, fault) => {
    const world = new World();
    const server = guarded(world);
    const first = firstOf(world, server);
    if (first.version !== "TLSv1.3") throw new Error(first.version);
    const session = fault.session?.(first) ?? first;
    const pair = world.pair(
      { session, earlyData: true, ...fault.client },
      fault.server?.(world, server) ?? server,
      fault.serverName,
    );
    if (pair.client.earlyDataLeft > 0) pair.client.writeEarlyData(EARLY);
    pair.deliver(pair.server, pair.client.takeOutput());
    pair.carryWhole();
    expect(pair.data("server", "early_data")).toHaveLength(0);
    expect(pair.client.error?.alert).toBe(fault.alert);
    if (fault.alert === undefined) {
      expect(pair.failure).toBeUndefined();
      expect(pair.server.info?.resumed).toBe(false);
      expect(pair.client.info?.peer).toBeDefined();
    } else expect(pair.server.info).toBeUndefined();
  });
});

const FAULTS_12: Readonly<
  Record<
    string,
    {
      readonly session?: (session: Session) => Session;
      readonly server?: (world: World) => Partial<ServerOptions>;
      readonly serverName?: string;
      readonly fails?: string;
    }
  >
> = {
  "a ticket changed in what is sealed": {
    session: (s) => ({ ...s, ticket: flipped(s.ticket, 60) }),
  },
  "a ticket that is made up": {
    session: (s) => ({ ...s, ticket: new Uint8Array(200).fill(9) }),
  },
  "a ticket without its key": {
    session: (s) =>
      s.version === "TLSv1.2"
        ? { ...s, mainSecret: new Secret(new Uint8Array(48).fill(1)) }
        : s,
    // The server's Finished is the first to show it.
    fails: "bad_record_mac",
  },
  "a ticket of another context": {
    server: () => ({ sessionContext: Uint8Array.of(7) }),
  },
  "a ticket of another name": {
    session: (s) => ({ ...s, serverName: "www.wild.test" }),
    serverName: "www.wild.test",
  },
  "a ticket that is too old": {
    server: (world) => later(world, 121 * MINUTE),
  },
};

describe("TLS 1.2: it does not resume", () => {
  it.each(Object.entries(FAULTS_12))("%s", (_name, fault) => {
    const world = new World();
    const server = { ...only12, ...guarded(world) };
    const first = firstOf(world, server, only12);
    const session = fault.session?.(first) ?? first;
    const pair = world.pair(
      { ...only12, session },
      { ...server, ...fault.server?.(world) },
      fault.serverName,
    );
    pair.deliver(pair.server, pair.client.takeOutput());
    if (fault.fails === undefined) pair.carryWhole();
    else pair.carry();
    expect(pair.client.error?.reason).toBe(fault.fails);
    if (fault.fails === undefined)
      expect(pair.server.info?.resumed).toBe(false);
  });
});

describe("a ClientHello with a right ticket, changed on the way", () => {
  it("at any byte: no early data, no connection", () => {
    const world = new World();
    const server = guarded(world);
    const session = firstOf(world, server);
    const { client } = world.pair({ session, earlyData: true }, server);
    client.writeEarlyData(EARLY);
    const flight = client.takeOutput();
    const [, , , high = 0, low = 0] = flight;
    const hello = flight.subarray(0, 5 + (high << 8) + low);
    const config = testServerConfig({ provider: world.server, ...server });
    let refused = 0;
    // The record's header says nothing that a binder is over.
    for (let at = 5; at < hello.length; at++) {
      const restore = world.save();
      const engine = TlsEngine.server(config);
      engine.receive(flipped(hello, at));
      engine.receive(flight.subarray(hello.length));
      const taken = events(engine).some(({ type }) => type === "early_data");
      expect(taken, `byte ${String(at)}`).toBe(false);
      if (engine.error !== undefined) refused++;
      restore();
    }
    expect(refused).toBeGreaterThan(hello.length / 2);
  });
});

describe("early data is accepted once", () => {
  const REGISTERS = ["tickets and a register", "a store"] as const;

  it.each(REGISTERS)("with %s, in whatever cuts it comes again", (kind) => {
    const world = new World();
    const { server: provider } = world;
    const server: Partial<ServerOptions> =
      kind === "a store"
        ? { sessionStore: new MemorySessionStore(), maxEarlyData: 100 }
        : {
            ticketKeys: new TicketKeys({ provider }),
            strikeRegister: new MemoryStrikeRegister({ provider }),
            maxEarlyData: 100,
          };
    const session = firstOf(world, server);
    const { client } = world.pair({ session, earlyData: true }, server);
    client.writeEarlyData(EARLY);
    const recorded = client.takeOutput();
    const config = testServerConfig({
      provider,
      groups: ["x25519"],
      ...server,
    });
    let taken = 0;
    let connections = 0;
    for (const parts of partsOf(recorded)) {
      const engine = TlsEngine.server(config);
      for (const part of parts) engine.receive(part);
      connections++;
      for (const event of events(engine))
        if (event.type === "early_data") taken += event.bytes.length;
      // A replay is not told from a slow network: it ends nowhere.
      expect(engine.error).toBeUndefined();
    }
    expect(connections).toBeGreaterThan(recorded.length / 20);
    expect(taken).toBe(EARLY.length);
  });

  it("of each ticket, by two servers with one register, whoever is first", () => {
    const world = new World();
    const server = guarded(world);
    const tickets = new TicketKeys({
      provider: world.provider("other"),
      keys: server.ticketKeys.export(),
    });
    const session = firstOf(world, server);
    const outcomes = [{ ...server, ticketKeys: tickets }, server].map(
      (options) => {
        const pair = world.pair({ session, earlyData: true }, options);
        pair.client.writeEarlyData(EARLY);
        pair.carry();
        return pair.data("server", "early_data").length;
      },
    );
    expect(outcomes).toEqual([EARLY.length, 0]);
  });

  it("and not where the client has to present a certificate first", () => {
    const world = new World();
    const server = guarded(world);
    const session = firstOf(world, server);
    const credentials = [testCredential("ec-p256", "client")];
    const pair = world.pair(
      { session, earlyData: true, credentials },
      { ...server, clientAuthentication: "required" },
    );
    // A session without the client's certificate is of no use to this server.
    pair.client.writeEarlyData(EARLY);
    pair.deliver(pair.server, pair.client.takeOutput());
    pair.carryWhole();
    expect(pair.failure).toBeUndefined();
    expect(pair.server.info?.resumed).toBe(false);
    expect(pair.data("server", "early_data")).toHaveLength(0);
    expect(pair.client.info?.earlyData).toBe("rejected");
  });
});
