/** Resumption in TLS 1.3, RFC 9846 2.2 and 4.3.11. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { Secret, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  type ServerOptions,
  type Session13,
  sessionFromBytes,
  sessionToBytes,
  TicketKeys,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  DELIVERIES,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";
import {
  connect,
  firstSession,
  sessionsAfter,
} from "../../support/sessions.ts";

const tickets = new TicketKeys({ provider: noble });
const DAY = 86_400_000;

/** Both sides' view of whether it resumed, or why it failed. */
function outcome(pair: Pair): boolean | string {
  const { client, server } = pair;
  const error = client.error ?? server.error;
  if (error !== undefined) return error.reason;
  expect(server.info?.resumed).toBe(client.info?.resumed);
  return client.info?.resumed ?? "not done";
}

function again(
  session: Session13,
  server: Partial<ServerOptions> = { ticketKeys: tickets },
  client: Partial<ClientOptions> = {},
  serverName = "localhost",
): Pair {
  return connect({ client: { session, ...client }, server, serverName });
}

const later = (milliseconds: number) => ({
  ...noble,
  now: () => Date.now() + milliseconds,
});

// [9846-E.1-01]
describe("a session is resumed", () => {
  for (const delivery of DELIVERIES)
    // [9846-4.3.9-08]
    it(`with a sealed ticket, in cuts "${delivery}"`, () => {
      const server = { ticketKeys: tickets };
      const session = firstSession({ server, delivery });
      const pair = connect({ client: { session }, server, delivery });
      expect(outcome(pair)).toBe(true);
      expect(pair.client.info?.peer?.leaf.der).toEqual(
        testCredential().chain[0],
      );
      expect(pair.client.info?.group).toBe("X25519MLKEM768");
      expect(pair.server.info?.credential).toBeUndefined();
      pair.client.write(Uint8Array.of(1));
      pair.server.write(Uint8Array.of(2));
      shuttle(pair, delivery);
      expect(received(pair.server)).toEqual(Uint8Array.of(1));
      expect(received(pair.client)).toEqual(Uint8Array.of(2));
      const label = "EXPORTER-test";
      expect(pair.client.exportKeyingMaterial(label, 16)).toEqual(
        pair.server.exportKeyingMaterial(label, 16),
      );
    });

  it("out of bytes", () => {
    const session = sessionFromBytes(
      sessionToBytes(firstSession({ server: { ticketKeys: tickets } })),
    );
    expect(
      outcome(
        connect({ client: { session }, server: { ticketKeys: tickets } }),
      ),
    ).toBe(true);
  });

  it("over a HelloRetryRequest", () => {
    const session = firstSession({ server: { ticketKeys: tickets } });
    const pair = again(session, { ticketKeys: tickets, groups: ["secp384r1"] });
    expect(outcome(pair)).toBe(true);
    expect(pair.client.info?.helloRetried).toBe(true);
  });

  it("over a HelloRetryRequest with another hash", () => {
    const cipherSuites = ["TLS_AES_256_GCM_SHA384"] as const;
    const session = firstSession({
      server: { ticketKeys: tickets, cipherSuites },
    });
    const pair = again(session, {
      ticketKeys: tickets,
      cipherSuites,
      groups: ["secp384r1"],
    });
    expect(outcome(pair)).toBe(true);
    expect(pair.client.info?.cipherSuite.hash).toBe("SHA-384");
  });

  // [9846-C.4-03]
  it("again and again, each time with a new ticket", () => {
    let session = firstSession({ server: { ticketKeys: tickets } });
    for (let i = 0; i < 3; i++) {
      const pair = again(session);
      expect(outcome(pair)).toBe(true);
      const [next, ...more] = sessionsAfter(pair);
      expect(more).toEqual([]);
      if (next?.version !== "TLSv1.3") throw new Error("no ticket");
      expect(toHex(next.ticket)).not.toBe(toHex(session.ticket));
      expect(next.authenticatedAt).toBe(session.authenticatedAt);
      session = next;
    }
  });

  // [9846-4.2.1-02] [9846-4.3.8-16b] [9846-4.3.9-04] [9846-4.3.9-07]
  it("without a key exchange where both sides say so (psk_ke)", () => {
    const pskModes = ["psk_ke"] as const;
    const server = { ticketKeys: tickets, pskModes };
    const session = firstSession({ client: { pskModes }, server });
    const pair = connect({ client: { session, pskModes }, server });
    expect(outcome(pair)).toBe(true);
    expect(pair.client.info?.group).toBeUndefined();
    expect(outcome(again(session, { ticketKeys: tickets }, { pskModes }))).toBe(
      false,
    );
    expect(outcome(again(session, server))).toBe(false);
  });

  it("by two servers that share their ticket keys", () => {
    const other = new TicketKeys({ provider: noble, keys: tickets.export() });
    const session = firstSession({ server: { ticketKeys: tickets } });
    expect(outcome(again(session, { ticketKeys: other }))).toBe(true);
  });

  // [9846-4.4.2-08]
  it("with the certificate that the client had presented", () => {
    const server = {
      ticketKeys: tickets,
      clientAuthentication: "required",
    } as const;
    const credentials = [testCredential("ec-p256", "client")];
    const session = firstSession({ client: { credentials }, server });
    const pair = connect({ client: { session }, server });
    expect(outcome(pair)).toBe(true);
    expect(pair.server.info?.peer?.leaf.der).toEqual(
      testCredential("ec-p256", "client").chain[0],
    );
  });

  it("with the proof of this process where the verifier has to be asked", () => {
    const session = firstSession({ server: { ticketKeys: tickets } });
    const client = { verifier: RAISE_NEED, trust: testVerifier() } as const;
    expect(outcome(again(session, { ticketKeys: tickets }, client))).toBe(true);
    const stored = sessionFromBytes(sessionToBytes(session));
    const pair = connect({
      client: { session: stored, ...client },
      server: { ticketKeys: tickets },
    });
    expect(pair.client.need?.type).toBe("verify");
  });
});

describe("tickets", () => {
  it("come as many as the server's option says", () => {
    for (const numTickets of [0, 1, 5]) {
      const pair = connect({
        server: { ticketKeys: tickets, numTickets: numTickets },
      });
      const sessions = sessionsAfter(pair);
      expect(sessions).toHaveLength(numTickets);
      const names = sessions.map(({ ticket }) => toHex(ticket));
      expect(new Set(names).size).toBe(numTickets);
    }
  });

  // [9846-4.3.9-05] [9846-4.7.1-01]
  it("do not come to a client that has no use for them", () => {
    const pskModes = ["psk_ke"] as const;
    const pair = connect({
      client: { pskModes },
      server: { ticketKeys: tickets },
    });
    expect(sessionsAfter(pair)).toEqual([]);
    expect(sessionsAfter(connect({}))).toEqual([]);
  });

  // [9846-4.7.1-11] [9846-4.7.1-19]
  it("end seven days after the certificate was presented", () => {
    const server = { ticketKeys: tickets, sessionLifetimeSeconds: 604_800 };
    const session = firstSession({ server });
    const provider = later(6 * DAY);
    const pair = connect({
      client: { session, provider },
      server: { ...server, provider },
    });
    expect(outcome(pair)).toBe(true);
    const [next] = sessionsAfter(pair);
    expect(next?.lifetimeSeconds).toBeLessThanOrEqual(86_400);
    expect(next?.lifetimeSeconds).toBeGreaterThan(86_000);
  });
});

describe("sessions in a store", () => {
  it("are resumed once", () => {
    const sessionStore = new MemorySessionStore();
    const server = { sessionStore, provider: noble };
    const session = firstSession({ server });
    expect(session.ticket).toHaveLength(32);
    expect(outcome(again(session, server))).toBe(true);
    expect(outcome(again(session, server))).toBe(false);
  });

  it("of which the store knows nothing lead to a full handshake", () => {
    const session = firstSession({
      server: { sessionStore: new MemorySessionStore() },
    });
    const server = { sessionStore: new MemorySessionStore() };
    expect(outcome(again(session, server))).toBe(false);
  });

  it("of a store that throws are not resumed: a full handshake follows", () => {
    const broken = {
      take: () => {
        throw new Error("no disk");
      },
      put: () => undefined,
    };
    const session = firstSession({
      server: { sessionStore: new MemorySessionStore() },
    });
    const pair = again(session, { sessionStore: broken });
    expect(outcome(pair)).toBe(false);
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    it(`of a store that keeps none cost a connection of ${version} nothing`, () => {
      const full = {
        take: () => undefined,
        put: () => {
          throw new Error("disk full");
        },
      };
      const versions = [version];
      const pair = connect({
        client: { versions },
        server: { versions, sessionStore: full },
      });
      expect(outcome(pair)).toBe(false);
    });
});

describe("a full handshake follows", () => {
  const session = firstSession({ server: { ticketKeys: tickets } });

  // [9846-2.2-01] [9846-4.3.11-06]
  it("where there are no keys for the ticket", () => {
    const strange = new TicketKeys({ provider: noble });
    expect(outcome(again(session, { ticketKeys: strange }))).toBe(false);
    expect(outcome(again(session, {}))).toBe(false);
  });

  it("where the ticket was changed", () => {
    for (const at of [0, 20, 60, session.ticket.length - 1]) {
      const ticket = session.ticket.slice();
      ticket[at] = (ticket[at] ?? 0) ^ 1;
      expect(outcome(again({ ...session, ticket }))).toBe(false);
    }
  });

  // [9846-4.3.11.1-01]
  it("where the session is too old, for either side", () => {
    expect(
      outcome(
        again(session, { ticketKeys: tickets, provider: later(7_300_000) }),
      ),
    ).toBe(false);
    expect(
      outcome(
        again(session, { ticketKeys: tickets }, { provider: later(7_300_000) }),
      ),
    ).toBe(false);
  });

  it("where it is of another context", () => {
    const sessionContext = Uint8Array.of(1);
    expect(
      outcome(again(session, { ticketKeys: tickets, sessionContext })),
    ).toBe(false);
  });

  // [9846-4.3.11-04] [9846-4.7.1-07a]
  it("where another name is asked for: the session is not even offered", () => {
    const pair = again(session, { ticketKeys: tickets }, {}, "www.wild.test");
    const [named] = [{ ...session, serverName: "www.wild.test" }];
    expect(pair.client.info?.resumed ?? pair.client.error?.reason).toBe(false);
    // A client that lies about it does not get the other name's session.
    const lying = again(named, { ticketKeys: tickets }, {}, "www.wild.test");
    expect(lying.client.info?.resumed).toBe(false);
  });

  it("where a client certificate is required and none was presented", () => {
    const credentials = [testCredential("ec-p256", "client")];
    const pair = again(
      session,
      { ticketKeys: tickets, clientAuthentication: "required" },
      { credentials },
    );
    expect(outcome(pair)).toBe(false);
    expect(pair.server.info?.peer).toBeDefined();
  });

  // [9846-4.7.1-06a]
  it("where no suite with the session's hash is left", () => {
    const cipherSuites = ["TLS_AES_256_GCM_SHA384"] as const;
    expect(outcome(again(session, { ticketKeys: tickets, cipherSuites }))).toBe(
      false,
    );
    expect(
      outcome(again(session, { ticketKeys: tickets }, { cipherSuites })),
    ).toBe(false);
  });

  it("where the two would choose another suite today", () => {
    const cipherSuites = ["TLS_AES_128_GCM_SHA256"] as const;
    for (const client of [{ cipherSuites }, {}]) {
      const server = {
        ticketKeys: tickets,
        ...(client.cipherSuites ? {} : { cipherSuites }),
      };
      const pair = again(session, server, client);
      expect(outcome(pair)).toBe(false);
      expect(pair.client.info?.cipherSuite.name).toBe(cipherSuites[0]);
    }
  });

  it("where the server's certificate would not be accepted now", () => {
    const verifier = {
      verify: () => {
        throw new Error("not today");
      },
    };
    const pair = again(session, { ticketKeys: tickets }, { verifier });
    expect(pair.client.error?.reason).toBe("callback_failed");
    expect(pair.client.state).toBe("WAIT_VERIFIER");
  });

  it("where the client's certificate would not be accepted now", () => {
    const server = {
      ticketKeys: tickets,
      clientAuthentication: "optional",
    } as const;
    const credentials = [testCredential("ec-p256", "client")];
    const shown = firstSession({ client: { credentials }, server });
    let asked = 0;
    const verifier = {
      verify: (...[peer, at]: Parameters<typeof good.verify>) => {
        if (asked++ === 0) throw new Error("revoked a minute ago");
        return good.verify(peer, at);
      },
    };
    const good = testVerifier();
    const pair = again(shown, { ...server, verifier }, { credentials });
    expect(outcome(pair)).toBe(false);
    expect(asked).toBe(2);
  });

  it("unless the verifier says that a session's was validated already", () => {
    const server = {
      ticketKeys: tickets,
      clientAuthentication: "optional",
    } as const;
    const credentials = [testCredential("ec-p256", "client")];
    const shown = firstSession({ client: { credentials }, server });
    const good = testVerifier();
    const verifier = {
      verify: (...[peer, at]: Parameters<typeof good.verify>) => {
        if (at.resumption !== true) throw new Error("nobody new");
        return good.verify(peer, at);
      },
    };
    const going = again(shown, { ...server, verifier }, { credentials });
    expect(outcome(going)).toBe(true);
    const fresh = connect({
      client: { credentials },
      server: { ...server, verifier },
    });
    expect(fresh.server.error?.reason).toBe("callback_failed");
  });
});

describe("forgeries", () => {
  const session = firstSession({ server: { ticketKeys: tickets } });

  // [9846-4.3.11-08] [9846-4.3.11-09]
  it("a ticket without its key ends with decrypt_error", () => {
    const psk = new Secret(new Uint8Array(32).fill(1));
    const pair = again({ ...session, psk });
    expect(pair.server.error?.reason).toBe("binder_mismatch");
    expect(pair.client.error?.alert).toBe("decrypt_error");
  });

  // [9846-4.3.11-08]
  it("a hello changed on the way has no right binder", () => {
    const { client, server: _server } = newPair(testClientConfig({ session }));
    const hello = client.takeOutput();
    // Behind the two headers and the version: random and session id.
    for (const at of [11, 42, 44, 75]) {
      const changed = hello.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const server = TlsEngine.server(
        testServerConfig({ ticketKeys: tickets }),
      );
      server.receive(changed);
      expect(server.error?.reason).toBe("binder_mismatch");
    }
    const server = TlsEngine.server(testServerConfig({ ticketKeys: tickets }));
    server.receive(hello);
    expect(server.error).toBeUndefined();
  });

  // [9846-4.3.11-11a] [9846-4.3.11-12a]
  it("a server cannot choose what was not offered", () => {
    for (const [index, clientSession] of [
      [0, undefined],
      [1, session],
    ] as const) {
      const client = clientSession ? { session } : {};
      const pair = connect({
        client,
        server: {
          shapes: {
            server_hello: {
              verbatim: [
                {
                  type: ExtensionType.pre_shared_key,
                  body: Uint8Array.of(0, index),
                },
              ],
            },
          },
        },
      });
      expect(pair.client.error?.reason).toBe(
        clientSession ? "wrong_psk_returned" : "unsolicited_extension",
      );
    }
  });

  it("a server that claims the session without its key is found out", () => {
    const pair = connect({
      client: { session },
      server: {
        shapes: {
          server_hello: {
            verbatim: [
              { type: ExtensionType.pre_shared_key, body: Uint8Array.of(0, 0) },
            ],
          },
        },
      },
    });
    expect(pair.client.error?.reason).toBe("bad_record_mac");
    expect(pair.client.info).toBeUndefined();
  });
});
