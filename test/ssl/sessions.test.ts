import { describe, expect, it } from "vitest";
import {
  type ContextSessionStore,
  Options,
  SSLContext,
  SSLError,
  type SSLContextOptions,
  SSLSession,
  TicketKeys,
} from "../../src/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  ascii,
  authenticatedClient,
  BioPair,
  bytes,
  clientContext,
  readyPair,
  serverContext,
  sslError,
  text,
  thrown,
} from "./support.ts";
import { CHANNEL_BINDING_TYPES } from "../../src/ssl/constants.ts";
import { testAuthority, testServer } from "../support/pki.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];

const clientOf = (version: Version, options: SSLContextOptions = {}) =>
  clientContext({ maximumVersion: version, ...options });

/** A connection, and what it left behind. */
function connect(
  client: SSLContext,
  server: SSLContext,
  session: SSLSession | null = null,
  host = "server.test",
): BioPair {
  const pair = new BioPair(client, server, host);
  if (session !== null) pair.client.session = session;
  pair.handshake();
  // A ticket of TLS 1.3 is read with the data behind it.
  pair.server.write(bytes(1));
  pair.exchange();
  pair.client.read();
  return pair;
}

function sessionOf({ client }: BioPair): SSLSession {
  if (client.session === null) throw new Error("no session");
  return client.session;
}

describe.each(VERSIONS)("sessions of %s", (version) => {
  it("T-08 T-09 O-08 O-10 S-34 X-90 Q-02: a connection goes on from an earlier one", () => {
    const client = clientOf(version);
    const server = serverContext();
    const first = connect(client, server);
    expect(first.client.version()).toBe(version);
    expect(first.client.sessionReused).toBe(false);
    const second = connect(client, server, sessionOf(first));
    expect(second.client.sessionReused).toBe(true);
    expect(second.server.sessionReused).toBe(true);
    expect(client.sessionStats()).toMatchObject({
      connect: 2,
      connectGood: 2,
      hits: 1,
    });
    expect(server.sessionStats()).toMatchObject({
      accept: 2,
      acceptGood: 2,
      hits: 1,
    });
  });

  it("T-02 T-03 T-04 T-05 T-06 T-07: what a session tells", () => {
    const client = clientOf(version);
    const pair = connect(client, serverContext());
    const session = sessionOf(pair);
    expect(session.id).toHaveLength(32);
    expect(Math.abs(session.time - Date.now() / 1000)).toBeLessThan(60);
    expect(session.timeout).toBe(7200);
    expect(session.ticketLifetimeHint).toBe(7200);
    expect(session.hasTicket).toBe(true);
    expect(session.equals(sessionOf(pair))).toBe(true);
    const other = connect(client, serverContext());
    expect(session.equals(sessionOf(other))).toBe(false);
    // The caller may do with the id what it likes.
    session.id.fill(0);
    expect(session.id).not.toEqual(new Uint8Array(32));
  });

  it("T-10 O-09: only in the context that it came to", () => {
    const client = clientOf(version);
    const server = serverContext();
    const session = sessionOf(connect(client, server));
    const pair = new BioPair(clientOf(version), server);
    expect(thrown(() => (pair.client.session = session))).toBeInstanceOf(
      RangeError,
    );
    expect(
      thrown(() => (pair.client.session = "session" as never)),
    ).toBeInstanceOf(TypeError);
    expect(
      thrown(() =>
        client.extend().wrapBio(pair.clientIn, pair.clientOut, {
          serverHostname: "server.test",
          session,
        }),
      ),
    ).toBeInstanceOf(RangeError);
  });

  it("O-09 X-102: not on a server, not once the handshake has begun", () => {
    const client = clientOf(version);
    const server = serverContext();
    const session = sessionOf(connect(client, server));
    const late = connect(client, server);
    expect(thrown(() => (late.client.session = session))).toBeInstanceOf(
      RangeError,
    );
    const either = new SSLContext({ protocol: "tls", minimumVersion: version });
    void either;
    expect(
      thrown(() =>
        server.wrapBio(late.serverIn, late.serverOut, {
          serverSide: true,
          session,
        }),
      ),
    ).toBeInstanceOf(TypeError);
  });

  it("T-11: another name is another server", () => {
    const client = clientOf(version);
    const server = serverContext();
    const session = sessionOf(connect(client, server));
    const other = connect(client, server, session, "localhost");
    expect(other.client.sessionReused).toBe(false);
  });

  it("T-12: goes through bytes", () => {
    const client = clientOf(version);
    const server = serverContext();
    const stored = sessionOf(connect(client, server)).serialize();
    const session = SSLSession.deserialize(stored, client);
    expect(connect(client, server, session).client.sessionReused).toBe(true);
    expect(
      thrown(() => SSLSession.deserialize(bytes(1, 2, 3), client)),
    ).toBeInstanceOf(RangeError);
    expect(
      thrown(() => SSLSession.deserialize("x" as never, client)),
    ).toBeInstanceOf(TypeError);
    expect(
      thrown(() => SSLSession.deserialize(stored, null as never)),
    ).toBeInstanceOf(TypeError);
  });

  it("P-07: the peer's certificate is that of the first handshake", () => {
    const client = authenticatedClient();
    client.maximumVersion = version;
    const server = serverContext({
      verifyMode: "required",
      verifyLocations: { ca: testAuthority().pem },
    });
    const first = connect(client, server);
    const second = connect(client, server, sessionOf(first));
    expect(second.client.sessionReused).toBe(true);
    for (const side of ["client", "server"] as const) {
      const before = first[side].getPeerCert({ binary: true });
      expect(before).not.toBe(null);
      expect(second[side].getPeerCert({ binary: true })).toEqual(before);
      expect(second[side].getPeerCert()).toHaveProperty("subject");
    }
  });

  it("both sides have the same channel bindings, time after time", () => {
    const client = clientOf(version);
    const server = serverContext();
    let session: SSLSession | null = null;
    const points: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const pair = connect(client, server, session);
      expect(pair.client.sessionReused).toBe(i > 0);
      for (const type of CHANNEL_BINDING_TYPES)
        expect(pair.server.getChannelBinding(type)).toEqual(
          pair.client.getChannelBinding(type),
        );
      points.push(pair.server.getChannelBinding("tls-server-end-point"));
      session = sessionOf(pair);
      // Whatever the server shows to others meanwhile.
      const { certificatePem: cert, keyPem: key } = testServer("rsa");
      if (i === 0) server.loadCertChain({ cert, key });
    }
    expect(points[0]).toHaveLength(32);
    expect(points[1]).toEqual(points[0]);
    expect(points[2]).toEqual(points[0]);
  });

  it("O-24: cipher() says nothing before the handshake is done", () => {
    const client = clientOf(version);
    const server = serverContext();
    const session = sessionOf(connect(client, server));
    const pair = new BioPair(client, server);
    pair.client.session = session;
    expect(pair.client.cipher()).toBe(null);
    expect(pair.client.session).toBe(session);
  });

  it("N-53 X-90: OP_NO_TICKET on a server: sessions in its store", () => {
    const client = clientOf(version);
    const server = serverContext();
    server.optionFlags |= Options.OP_NO_TICKET;
    const session = sessionOf(connect(client, server));
    expect(server.sessionStats().number).toBeGreaterThan(0);
    expect(connect(client, server, session).client.sessionReused).toBe(true);
  });

  it("N-53: OP_NO_TICKET on a client: TLS 1.2 asks for no ticket", () => {
    const server = serverContext();
    const client = clientOf(version);
    const offered = (noTicket: boolean, session?: SSLSession) => {
      if (noTicket) client.optionFlags |= Options.OP_NO_TICKET;
      return connect(client, server, session);
    };
    const session = sessionOf(offered(false));
    expect(offered(false, session).client.sessionReused).toBe(true);
    // TLS 1.3 has no extension to leave out.
    const is12 = version === "TLSv1.2";
    expect(offered(true, session).client.sessionReused).toBe(!is12);
    const byId = sessionOf(offered(true));
    expect(byId.hasTicket).toBe(!is12);
    expect(offered(true, byId).client.sessionReused).toBe(true);
  });

  it("X-90: a store of one's own, at once or later", async () => {
    for (const isLate of [false, true]) {
      const kept = new Map<string, Parameters<ContextSessionStore["put"]>[1]>();
      const server = serverContext({
        options: { noTicket: true },
        sessionStore: {
          take: (id) => {
            const found = kept.get(id.join());
            kept.delete(id.join());
            return isLate ? Promise.resolve(found) : found;
          },
          put: (id, session) => {
            kept.set(id.join(), session);
          },
        },
      });
      const client = clientOf(version);
      const session = sessionOf(connect(client, server));
      expect(kept.size).toBeGreaterThan(0);
      const pair = await readyPair({
        client,
        server,
        clientOptions: { session },
      });
      expect(pair.client.sessionReused).toBe(true);
    }
  });

  it("processes with the same ticket keys resume each other's sessions", () => {
    const tickets = new TicketKeys({ provider: noble });
    const [here, there] = [serverContext(), serverContext()];
    here.ticketKeys = tickets;
    there.ticketKeys = new TicketKeys({
      provider: noble,
      keys: tickets.export(),
    });
    const client = clientOf(version);
    const session = sessionOf(connect(client, here));
    expect(connect(client, there, session).client.sessionReused).toBe(true);
    expect(
      connect(client, serverContext(), sessionOf(connect(client, here))).client
        .sessionReused,
    ).toBe(false);
  });
});

describe("tickets of TLS 1.3", () => {
  it("X-92 X-93 T-09: as many as are wanted, behind the client's Finished", () => {
    for (const count of [0, 1, 2, 3]) {
      const server = serverContext({ numTickets: count });
      const client = clientContext();
      const sessions: SSLSession[] = [];
      client.onSession = (session) => sessions.push(session);
      const pair = connect(client, server);
      expect(sessions).toHaveLength(count);
      expect(pair.client.session?.hasTicket).toBe(count > 0);
    }
  });

  it("T-02 T-06: before one came there is nothing to go on from", () => {
    const pair = new BioPair(clientContext(), serverContext()).handshake();
    const { session } = pair.client;
    expect(session?.id).toHaveLength(0);
    expect(session?.hasTicket).toBe(false);
    expect(session?.ticketLifetimeHint).toBe(0);
    expect(session?.timeout).toBe(7200);
    expect(sslError(() => session?.serialize()).code).toBe("ERR_SSL_NO_TICKET");
    expect(pair.server.session?.id).toHaveLength(32);
  });
});

describe("early data", () => {
  it("Q-04: goes out with the first flight and is told apart", () => {
    const client = clientContext({ earlyData: true });
    const server = serverContext({ maxEarlyData: 1000 });
    const session = sessionOf(connect(client, server));
    const pair = new BioPair(client, server);
    pair.client.session = session;
    expect(pair.client.writeEarlyData(ascii("early"))).toBe(5);
    pair.exchange();
    sslError(() => {
      pair.server.doHandshake();
    });
    const early = pair.server.readEarlyData();
    expect(early && text(early)).toBe("early");
    expect(pair.server.readEarlyData()).toBe(null);
    pair.handshake();
    expect(pair.client.earlyDataOutcome).toBe("accepted");
    expect(sslError(() => pair.client.writeEarlyData(ascii("late"))).code).toBe(
      "ERR_SSL_EARLY_DATA",
    );
  });

  it("Q-04: none without a session, and none that the server did not allow", () => {
    const client = clientContext({ earlyData: true });
    const pair = new BioPair(client, serverContext());
    expect(pair.client.writeEarlyData(ascii("early"))).toBe(0);
    expect(() => (client.maxEarlyData = 1)).toThrow(RangeError);
    expect(() => serverContext({ maxEarlyData: -1 })).toThrow(RangeError);
  });

  it("Q-04: over sockets", async () => {
    const client = clientContext({ earlyData: true });
    const server = serverContext({ maxEarlyData: 1000 });
    const session = sessionOf(connect(client, server));
    const { socketPair } = await import("./support.ts");
    const pair = socketPair({
      client,
      server,
      clientOptions: { session, doHandshakeOnConnect: false },
    });
    expect(await pair.client.sendEarlyData(ascii("early"))).toBe(5);
    await pair.client.doHandshake();
    await pair.server.ready;
    const early = pair.server.readEarlyData();
    expect(early && text(early)).toBe("early");
    expect(pair.client.earlyDataOutcome).toBe("accepted");
  });
});

describe("pre-shared keys", () => {
  const key = new Uint8Array(32).fill(7);
  const contexts = (version: Version, isLate: boolean) => {
    const client = new SSLContext({
      maximumVersion: version,
      checkHostname: false,
      verifyMode: "none",
    });
    const server = new SSLContext({ protocol: "tlsServer" });
    for (const context of [client, server])
      if (version === "TLSv1.2")
        context.setCiphers("ECDHE-PSK-CHACHA20-POLY1305");
    client.setPskClientCallback((hint) => {
      const psk = { identity: `me ${String(hint)}`, key };
      return isLate ? Promise.resolve(psk) : psk;
    });
    const seen: string[] = [];
    server.setPskServerCallback((identity) => {
      seen.push(identity);
      return isLate ? Promise.resolve(key) : key;
    }, "hint");
    return { client, server, seen };
  };

  it.each(VERSIONS)("L-08: in place of certificates: %s", (version) => {
    const { client, server, seen } = contexts(version, false);
    const pair = new BioPair(client, server, null).handshake();
    expect(pair.client.version()).toBe(version);
    expect(pair.server.getPeerCert()).toBe(null);
    expect(seen).toEqual([version === "TLSv1.2" ? "me hint" : "me null"]);
  });

  it.each(VERSIONS)(
    "L-08: with promises, over sockets: %s",
    async (version) => {
      const { client, server } = contexts(version, true);
      const pair = await readyPair({
        client,
        server,
        clientOptions: { serverHostname: null },
      });
      expect(pair.client.version()).toBe(version);
    },
  );

  it("L-08: an unknown name is refused", () => {
    const { client, server } = contexts("TLSv1.3", false);
    server.setPskServerCallback(() => null);
    const pair = new BioPair(client, server, null);
    expect(sslError(() => pair.handshake()).name).toBe("SSLError");
  });

  it("L-08: callbacks are functions, each in its role", () => {
    expect(() => {
      new SSLContext().setPskServerCallback(() => key);
    }).toThrow(SSLError);
    expect(() => {
      serverContext().setPskClientCallback(() => null);
    }).toThrow(SSLError);
    expect(() => {
      new SSLContext().setPskClientCallback(7 as never);
    }).toThrow(TypeError);
  });
});
