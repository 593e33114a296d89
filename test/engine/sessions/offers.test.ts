/** Offers of a client, the answers they allow, and the contents of tickets. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  MemoryStrikeRegister,
  type ServerOptions,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { acceptedPsk, type Psk } from "../../../src/handshake/sessions/psk.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  events,
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import {
  connect,
  firstSession,
  session13,
  sessionsAfter,
} from "../../support/sessions.ts";

const tickets = new TicketKeys({ provider: noble });

function guarded(): Partial<ServerOptions> {
  return {
    provider: noble,
    ticketKeys: tickets,
    maxEarlyData: 100,
    strikeRegister: new MemoryStrikeRegister({ provider: noble }),
  };
}

describe("a PSK that a server names", () => {
  const psk = (hash: Psk["hash"]): Psk => ({
    kind: "external",
    origin: "external",
    identity: new Uint8Array(1),
    key: session13().psk,
    hash,
    trust: {},
  });

  // [9846-4.3.11-11b] [9846-4.7.1-06b]
  // RFC 9846 4.3.11.
  it("goes with a suite of its hash alone", () => {
    const offered = [psk("SHA-256"), psk("SHA-384")];
    expect(acceptedPsk(offered, 1, "SHA-384").psk).toBe(offered[1]);
    expect(() => acceptedPsk(offered, 0, "SHA-384")).toThrow(
      expect.objectContaining({ reason: "wrong_psk_returned" }),
    );
    expect(() => acceptedPsk(offered, 1, "SHA-256")).toThrow(
      expect.objectContaining({ reason: "wrong_psk_returned" }),
    );
  });

  it("is one of those offered", () => {
    expect(() => acceptedPsk([psk("SHA-256")], 1, "SHA-256")).toThrow(
      expect.objectContaining({ reason: "wrong_psk_returned" }),
    );
  });
});

describe("early data", () => {
  // [9846-E.3-01]
  // RFC 9846 E.3.
  it("does not meet a ServerHello of TLS 1.2", () => {
    const session = firstSession({ server: guarded() });
    const { client, server } = newPair(
      testClientConfig({
        session,
        earlyData: true,
        versions: ["TLSv1.3", "TLSv1.2"],
      }),
      testServerConfig({ versions: ["TLSv1.2"] }),
    );
    expect(client.earlyDataLeft).toBeGreaterThan(0);
    server.receive(client.takeOutput());
    client.receive(server.takeOutput());
    expect(client.error?.reason).toBe("early_data_without_tls13");
    // Without it the same server is well.
    const plain = connect({
      client: { session, versions: ["TLSv1.3", "TLSv1.2"] },
      server: { versions: ["TLSv1.2"] },
    });
    expect(plain.client.info?.version).toBe("TLSv1.2");
  });

  // [9846-F.5-03a]
  it("is off unless both sides turn it on", () => {
    const session = firstSession({ server: guarded() });
    expect(session.maxEarlyData).toBe(100);
    const silent = newPair(testClientConfig({ session }), testServerConfig());
    expect(silent.client.earlyDataLeft).toBe(0);
    const own = firstSession({
      server: { provider: noble, ticketKeys: tickets },
    });
    expect(own.maxEarlyData).toBe(0);
    // A server that allowed it once and does no more takes none.
    const late = newPair(
      testClientConfig({ session, earlyData: true }),
      testServerConfig({ provider: noble, ticketKeys: tickets }),
    );
    late.client.writeEarlyData(Uint8Array.of(1));
    shuttle(late);
    expect(late.server.info?.earlyData).toBe("rejected");
    expect(events(late.server).map(({ type }) => type)).not.toContain(
      "early_data",
    );
  });
});

// [7627-5.3-10] [7627-5.4-06]
// RFC 7627 5.3: "the client MUST abort the handshake".
it("a session of TLS 1.2 keeps its extended main secret", () => {
  const server = { ticketKeys: tickets, versions: ["TLSv1.2"] } as const;
  const client = {
    versions: ["TLSv1.2"],
    groups: ["x25519", "secp256r1"],
  } as const;
  const [session] = sessionsAfter(connect({ client, server }));
  expect(session).toMatchObject({ extendedMainSecret: true });
  if (session === undefined) return;
  const omit = [ExtensionType.extended_main_secret];
  const again = connect({
    client: { ...client, session },
    server: { ...server, shapes: { server_hello12: { omit } } },
  });
  expect(again.client.error?.reason).toBe("resumed_session_mismatch");
});

// [9846-4.7.1-14]
// RFC 9846 4.7.1: "A securely generated, random 32-bit value", "a fresh value
// for each ticket it sends".
it("each ticket has a ticket_age_add of its own", () => {
  const server = { provider: noble, ticketKeys: tickets, numTickets: 4 };
  const ages = [connect({ server }), connect({ server })].flatMap((pair) =>
    sessionsAfter(pair).map((session) =>
      session.version === "TLSv1.3" ? session.ageAdd : undefined,
    ),
  );
  expect(ages.length).toBeGreaterThanOrEqual(4);
  expect(new Set(ages).size).toBe(ages.length);
});

describe("the dummy change_cipher_spec", () => {
  const retry = {
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    server: { groups: ["secp256r1"] },
  } as const;

  function typesSent(
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions>,
  ): number[] {
    const pair = newPair(testClientConfig(client), testServerConfig(server));
    if (pair.client.earlyDataLeft > 0)
      pair.client.writeEarlyData(Uint8Array.of(1));
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    return [pair.sent.client, pair.sent.server].map((bytes) => {
      let count = 0;
      for (let at = 0; at < bytes.length; at += 5) {
        if (bytes[at] === 20) count++;
        at += ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
      }
      return count;
    });
  }

  // RFC 9846 E.4: of compatibility mode alone.
  for (const [compatibilityMode, count] of [
    [true, 1],
    [false, 0],
  ] as const)
    it(`is sent ${count} times with compatibilityMode ${compatibilityMode}`, () => {
      const server = guarded();
      const mode = { compatibilityMode };
      const session = firstSession({ server });
      const early = { session, earlyData: true };
      for (const [client, options] of [
        [{}, {}],
        [retry.client, retry.server],
        [early, server],
      ] as const)
        expect(
          typesSent({ ...client, ...mode }, { ...options, ...mode }),
        ).toEqual([count, count]);
    });
});
