/** Clients made without a feature, against servers that have it. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  clientCertificates,
  createClientConfigOf,
  type ClientOptions,
  clientSessions,
  type Feature,
} from "../../../src/engine/tls13.ts";
import { TicketKeys } from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  events,
  newPair,
  shuttle,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";

const verifier = testVerifier();

function client(
  features: readonly Feature[],
  options: Partial<ClientOptions> = {},
) {
  return createClientConfigOf(features, {
    provider: noble,
    verifier,
    ...options,
  });
}

describe("a client of no features", () => {
  for (const delivery of DELIVERIES)
    it(`ignores tickets, and accepts new keys (${delivery})`, () => {
      const server = testServerConfig({
        ticketKeys: new TicketKeys({ provider: noble }),
      });
      const pair = shuttle(newPair(client([]), server), delivery);
      expect(events(pair.client).map(({ type }) => type)).toEqual([
        "handshake_done",
      ]);
      pair.server.updateKeys(true);
      pair.server.write(utf8Bytes("under new keys"));
      shuttle(pair, delivery);
      pair.client.write(utf8Bytes("and under these"));
      shuttle(pair, delivery);
      expect(events(pair.client).map(({ type }) => type)).toEqual([
        "key_update",
        "data",
        "key_update",
      ]);
      expect(events(pair.server).map(({ type }) => type)).toContain("data");
    });

  // [9846-4.7.1-03a] [9846-4.7.1-03b]
  it("ignores tickets, however many come", () => {
    const server = testServerConfig({
      ticketKeys: new TicketKeys({ provider: noble }),
      numTickets: 2,
    });
    const limits = { tickets: 1 };
    const pair = shuttle(newPair(client([], { limits }), server));
    expect(pair.client.error).toBeUndefined();
    expect(events(pair.client).map(({ type }) => type)).toEqual([
      "handshake_done",
    ]);
  });

  // [9846-4.5.1-03] [9846-4.5.1-04]
  it("sends no certificate to a server that requests one", () => {
    const optional = testServerConfig({
      clientAuthentication: "optional",
      verifier,
    });
    const pair = shuttle(newPair(client([]), optional));
    expect(pair.server.info?.peer).toBeUndefined();
    expect(pair.server.info).toBeDefined();
    const required = testServerConfig({
      clientAuthentication: "required",
      verifier,
    });
    const refused = shuttle(newPair(client([]), required));
    expect(refused.server.error?.alert).toBe("certificate_required");
    expect(refused.client.error?.alert).toBe("certificate_required");
  });

  it("has no option of a feature", () => {
    const wanted: readonly Partial<ClientOptions>[] = [
      { psk: RAISE_NEED },
      { earlyData: true },
      { credentials: RAISE_NEED },
      { credentials: [testCredential()] },
      { postHandshakeAuth: true },
    ];
    for (const options of wanted) {
      expect(() => client([], options)).toThrow("needs the feature");
      const all = [clientSessions, clientCertificates];
      expect(() => client(all, options)).not.toThrow();
    }
    expect(() => client([], { credentials: [] })).not.toThrow();
  });
});

it("a client of one feature has that one", () => {
  const server = testServerConfig({
    ticketKeys: new TicketKeys({ provider: noble }),
  });
  const first = shuttle(newPair(client([clientSessions]), server));
  const session = events(first.client).find(({ type }) => type === "session");
  if (session?.type !== "session") throw new Error("no session");
  const again = client([clientSessions], { session: session.session });
  const second = shuttle(newPair(again, server));
  expect(second.client.info?.resumed).toBe(true);
  expect(second.server.info?.resumed).toBe(true);
});
