/**
 * Resumption, external PSKs and the time after the handshake, with every flight
 * in every cut of its bytes: RFC 9846 2.2, 2.3, 4.3.10, 4.7, RFC 5077, RFC
 * 4279.
 */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import {
  type ClientOptions,
  type ServerOptions,
  type Session,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { type CutPair, sameKeys, World } from "../../support/cuts.ts";
import { testCredential } from "../../support/engines.ts";
import { THOROUGH } from "../../support/thorough.ts";

const HERE = asciiBytes("from here");
const THERE = asciiBytes("from there");
const EARLY = asciiBytes("early");

/** Data both ways, and the same exporters: the connection is one. */
function expectAlive(pair: CutPair): void {
  expect(pair.failure).toBeUndefined();
  const [before, beforeThere] = [pair.data("server"), pair.data("client")];
  pair.client.write(HERE);
  pair.server.write(THERE);
  pair.carry();
  expect(pair.data("server").subarray(before.length)).toEqual(HERE);
  expect(pair.data("client").subarray(beforeThere.length)).toEqual(THERE);
  expect(sameKeys(pair)).toBe(true);
}

function expectResumed(pair: CutPair, resumed: boolean): void {
  expect(pair.failure).toBeUndefined();
  expect(pair.client.info?.resumed).toBe(resumed);
  expect(pair.server.info?.resumed).toBe(resumed);
}

/** A first connection, without cuts: those are the matrix' business. */
function sessionOf(
  world: World,
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
): Session {
  return world.pair(client, server).carryWhole().session();
}

interface Way {
  readonly client?: Partial<ClientOptions>;
  readonly server: (world: World) => Partial<ServerOptions>;
}

const ticketed = (world: World, name = "tickets") => ({
  ticketKeys: new TicketKeys({ provider: world.provider(name) }),
});
const strange = (world: World) => ticketed(world, "strange tickets");
const stored = (world: World) => ({ sessionStore: world.store() });
const only12 = {
  versions: ["TLSv1.2"],
  groups: ["x25519", "secp256r1"],
} as const;
const pskOnly = { pskModes: ["psk_ke"] } as const;

const RESUMED: Readonly<Record<string, Way>> = {
  "TLS 1.3, a sealed ticket": { server: ticketed },
  "TLS 1.3, a name in a store": { server: stored },
  "TLS 1.3, a ticket without a key exchange (psk_ke)": {
    client: pskOnly,
    server: (world) => ({ ...pskOnly, ...ticketed(world) }),
  },
  "TLS 1.3, SHA-384": {
    client: { cipherSuites: ["TLS_AES_256_GCM_SHA384"] },
    server: ticketed,
  },
  "TLS 1.3, after a HelloRetryRequest": {
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    server: (world) => ({ ...ticketed(world), groups: ["secp256r1"] }),
  },
  "TLS 1.2, a ticket": {
    client: only12,
    server: (world) => ({ ...only12, ...ticketed(world) }),
  },
  // [9846-4.2.2-08]
  "TLS 1.2, a session id": {
    client: only12,
    server: (world) => ({ ...only12, ...stored(world) }),
  },
};

describe("a session is resumed", () => {
  it.each(Object.entries(RESUMED))("%s", (_name, { client, server }) => {
    const world = new World();
    const options = server(world);
    const session = sessionOf(world, client ?? {}, options);
    const pair = world.pair({ ...client, session }, options).carry();
    expectResumed(pair, true);
    expectAlive(pair);
    expect(pair.tried).toBeGreaterThan(THOROUGH ? 400 : 40);
  });
});

const key = new Uint8Array(32).fill(7);
const external = (hash: "SHA-256" | "SHA-384") => {
  const psk = { identity: asciiBytes("device 7"), key, hash };
  return {
    client: { psk: () => psk },
    server: () => ({ psk: () => psk, credentials: [] }),
  };
};
const with12 = (
  suite:
    | "TLS_PSK_WITH_AES_128_GCM_SHA256"
    | "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
) => {
  const { client, server } = external("SHA-256");
  const suites = { ...only12, cipherSuites: [suite] };
  return {
    client: { ...client, ...suites },
    server: () => ({ ...server(), ...suites }),
  };
};

const KEYED: Readonly<Record<string, Way>> = {
  "TLS 1.3, SHA-256": external("SHA-256"),
  "TLS 1.3, SHA-384": external("SHA-384"),
  "TLS 1.3, psk_ke": {
    client: { ...external("SHA-256").client, ...pskOnly },
    server: () => ({ ...external("SHA-256").server(), ...pskOnly }),
  },
  "TLS 1.2, PSK": with12("TLS_PSK_WITH_AES_128_GCM_SHA256"),
  "TLS 1.2, ECDHE_PSK": with12("TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"),
};

describe("an external key is agreed on", () => {
  it.each(Object.entries(KEYED))("%s", (_name, { client, server }) => {
    const world = new World();
    const pair = world.pair(client ?? {}, server(world)).carry();
    expect(pair.server.info?.pskIdentity).toEqual(asciiBytes("device 7"));
    expectAlive(pair);
  });

  it.each(Object.entries(KEYED))("as needs: %s", (_name, way) => {
    const world = new World();
    const pair = world.pair(
      { ...way.client, psk: RAISE_NEED },
      { ...way.server(world), psk: RAISE_NEED },
    );
    const asked: string[] = [];
    pair.carry((need, role) => {
      if (need.type !== "psk") return undefined;
      asked.push(role);
      const hash = _name.includes("384") ? "SHA-384" : "SHA-256";
      const psk = { identity: asciiBytes("device 7"), key, hash } as const;
      return { type: "psk_found", psk };
    });
    expect(asked).toEqual(["client", "server"]);
    expectAlive(pair);
  });
});

const guarded = (world: World) => ({
  ...ticketed(world),
  strikeRegister: world.register(1),
  maxEarlyData: 100,
});

interface Refusal {
  /** Options of the server that change for the second connection. */
  readonly change: (world: World) => Partial<ServerOptions>;
  readonly client?: Partial<ClientOptions>;
  readonly resumed: boolean;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  "a server that wants none": {
    change: () => ({ maxEarlyData: 0 }),
    resumed: true,
  },
  "another register": {
    change: (world) => ({ strikeRegister: world.register(2) }),
    resumed: true,
  },
  "a HelloRetryRequest": {
    change: () => ({ groups: ["secp256r1"] }),
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    resumed: true,
  },
  "a server that does not know the ticket": {
    change: strange,
    resumed: false,
  },
  "a HelloRetryRequest of such a server": {
    change: (world) => ({ ...strange(world), groups: ["secp256r1"] }),
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    resumed: false,
  },
};

describe("early data", () => {
  it("is accepted", () => {
    const world = new World();
    const server = guarded(world);
    const session = sessionOf(world, {}, server);
    const pair = world.pair({ session, earlyData: true }, server);
    pair.client.writeEarlyData(EARLY);
    const label = "EXPORTER-early";
    const exported = pair.client.exportEarlyKeyingMaterial(label, 16, HERE);
    pair.deliver(pair.server, pair.client.takeOutput());
    expect(pair.server.state).toBe("WAIT_EOED");
    expect(pair.server.exportEarlyKeyingMaterial(label, 16, HERE)).toEqual(
      exported,
    );
    pair.client.writeEarlyData(EARLY);
    pair.carry();
    expect(pair.data("server", "early_data")).toEqual(
      Uint8Array.of(...EARLY, ...EARLY),
    );
    expect(pair.client.info?.earlyData).toBe("accepted");
    expectResumed(pair, true);
    expectAlive(pair);
  });

  it.each(Object.entries(REFUSALS))(
    "is refused by %s",
    (_name, { change, client, resumed }) => {
      const world = new World();
      const server = guarded(world);
      const session = sessionOf(world, {}, server);
      const pair = world.pair(
        { ...client, session, earlyData: true },
        { ...server, ...change(world) },
      );
      pair.client.writeEarlyData(EARLY);
      pair.carry();
      expectResumed(pair, resumed);
      expect(pair.client.info?.earlyData).toBe("rejected");
      expect(pair.data("server", "early_data")).toHaveLength(0);
      expectAlive(pair);
    },
  );
});

describe("after the handshake", () => {
  it.each([
    ["its certificate", [testCredential("ec-p256", "client")]],
    ["that it has none", []],
  ])("a client that is asked presents %s", (_name, credentials) => {
    const world = new World();
    const pair = world
      .pair(
        { postHandshakeAuth: true, credentials },
        {
          clientAuthentication: "optional",
          postHandshakeAuth: true,
        },
      )
      .carryWhole();
    for (let i = 0; i < 2; i++) {
      pair.server.requestCertificate();
      pair.client.write(HERE);
      pair.carry();
      expect(pair.server.info?.peer?.leaf.der).toEqual(
        credentials[0]?.chain[0],
      );
    }
    const told = pair
      .events("server")
      .filter(({ type }) => type === "peer_authenticated");
    expect(told).toHaveLength(2);
    expectAlive(pair);
  });

  // [9846-4.7.3-08]
  it("each side changes its keys, and both", () => {
    const pair = new World().pair({}, {}).carryWhole();
    pair.client.updateKeys(false);
    pair.client.write(HERE);
    pair.carry();
    pair.server.updateKeys(true);
    pair.client.updateKeys(true);
    pair.carry();
    expectAlive(pair);
    const updates = (role: "client" | "server") =>
      pair
        .events(role)
        .flatMap((e) => (e.type === "key_update" ? [e.direction] : []));
    expect(updates("client").sort()).toEqual([
      "read",
      "read",
      "write",
      "write",
      "write",
    ]);
    expect(updates("server").sort()).toEqual([
      "read",
      "read",
      "read",
      "write",
      "write",
    ]);
  });

  it("keys change by themselves when they are worn out", () => {
    const limits = { recordsPerKey: 3 };
    const pair = new World().pair({ limits }, { limits }).carryWhole();
    for (let i = 0; i < 8; i++) {
      pair.client.write(HERE);
      pair.carry();
    }
    expect(pair.data("server")).toHaveLength(8 * HERE.length);
    const updates = pair
      .events("client")
      .filter((e) => e.type === "key_update" && e.direction === "write");
    expect(updates.length).toBeGreaterThanOrEqual(2);
    expectAlive(pair);
  });

  it("tickets come among the data, in pieces", () => {
    const world = new World();
    const server = { ...ticketed(world), numTickets: 4 };
    const pair = world.pair({}, server).carry();
    const sessions = pair.events("client").filter((e) => e.type === "session");
    expect(sessions).toHaveLength(4);
    expectAlive(pair);
  });
});
