/**
 * What puretls does with every peer and in both roles. A scenario says what the
 * two are told and what puretls shall then know of the connection.
 */
import { describe, expect, it } from "vitest";
import { KEY_KINDS, useCertificates } from "./certificates.ts";
import type { Certificates, KeyKind } from "./certificates.ts";
import { SUITES } from "./options.ts";
import type { ClientOptions, ServerOptions, TlsOptions } from "./options.ts";
import { KIB, MIB } from "./payload.ts";
import { describePeers } from "./peers.ts";
import type { Peer, PeerName } from "./peers.ts";
import { puretlsClient, puretlsServer } from "./puretls.ts";
import type { PuretlsFacts } from "./puretls.ts";
import { REFUSALS, refusedAsClient, refusedAsServer } from "./refusals.ts";

interface Scenario {
  readonly title: string;
  readonly client?: TlsOptions;
  readonly server?: TlsOptions;
  /** Of the server's certificate; ECDSA P-256 if absent. */
  readonly key?: KeyKind;
  readonly clientKey?: keyof Certificates["client"];
  readonly clientAuth?: ServerOptions["clientAuth"];
  /** Bytes each way; 16 KiB and a little if absent. */
  readonly length?: number;
  /** puretls asks for a KeyUpdate in the midst of the data. */
  readonly updateKeys?: boolean;
  readonly shows?: Partial<PuretlsFacts>;
}

/** One suite for each role that the peer can meet puretls in. */
export function interopSuite(name: PeerName): void {
  describePeers([name], (peer) => {
    const certificates = useCertificates();
    if (peer.server !== undefined)
      describe("puretls as the client", () => {
        for (const scenario of scenarios(peer))
          it(scenario.title, () => asClient(peer, scenario, certificates()));
        for (const refusal of REFUSALS)
          it(refusal.title, () =>
            refusedAsClient(peer, refusal, certificates()),
          );
      });
    describe("puretls as the server", () => {
      for (const scenario of scenarios(peer))
        it(scenario.title, () => asServer(peer, scenario, certificates()));
      for (const refusal of REFUSALS)
        it(refusal.title, () => refusedAsServer(peer, refusal, certificates()));
    });
  });
}

function scenarios(peer: Peer): Scenario[] {
  return [
    ...SUITES.map((suite): Scenario => {
      const both = { suites: [suite] };
      return {
        title: `1 MiB both ways with ${suite}`,
        ...{ client: both, server: both, length: MIB, shows: { suite } },
      };
    }),
    ...peer.groups.map((group): Scenario => {
      const both = { groups: [group] };
      return {
        title: `key exchange over ${group}`,
        ...{ client: both, server: both, shows: { group } },
      };
    }),
    ...peer.groups.slice(1).map((group): Scenario => {
      const first = peer.groups[0];
      const offer = first === undefined ? [group] : [first, group];
      return {
        title: `a HelloRetryRequest from ${offer.join(" to ")}`,
        client: { groups: offer },
        server: { groups: [group] },
        shows: { group, helloRetried: true },
      };
    }),
    ...KEY_KINDS.map((key): Scenario => ({
      title: `a server certificate with a key of ${key}`,
      key,
    })),
    ...(["ECDSA P-256", "RSA"] as const).map((clientKey): Scenario => ({
      title: `a client certificate with a key of ${clientKey}`,
      clientKey,
      clientAuth: "required",
    })),
    {
      title: "a request for a client certificate that there is none for",
      clientAuth: "optional",
    },
    ...(peer.speaks === "bytes"
      ? [
          { title: "a KeyUpdate both ways", length: MIB, updateKeys: true },
          {
            title: "ALPN, by the server's choice",
            client: { alpn: ["h2", "http/1.1"] },
            server: { alpn: ["http/1.1"] },
            shows: { alpn: "http/1.1" },
          },
        ]
      : []),
  ];
}

async function asClient(
  peer: Peer,
  scenario: Scenario,
  certificates: Certificates,
): Promise<void> {
  const server = await peer.server?.(serverOptions(scenario, certificates));
  const sent = payloadFor(peer, scenario);
  const run = await puretlsClient(
    {
      port: server?.port ?? 0,
      updateKeys: scenario.updateKeys,
      ...clientOptions(scenario, certificates),
    },
    sent,
  );
  expect(run.error).toBeUndefined();
  expect(Buffer.compare(run.received, sent)).toBe(0);
  expect(run.closedCleanly).toBe(true);
  expect(run.facts).toMatchObject({
    ...scenario.shows,
    peer: `server ${scenario.key ?? "ECDSA P-256"}`,
  });
  if (scenario.updateKeys) expect(run.readKeyUpdates).toBe(1);
  const log = (await server?.stop()) ?? "";
  expect(log).not.toMatch(/unexpected eof|non-properly|ERROR/);
  if (scenario.clientKey !== undefined)
    expect(log).toContain(`client ${scenario.clientKey}`);
}

async function asServer(
  peer: Peer,
  scenario: Scenario,
  certificates: Certificates,
): Promise<void> {
  const server = await puretlsServer({
    ...serverOptions(scenario, certificates),
    http: peer.speaks === "http",
    updateKeys: scenario.updateKeys,
  });
  const sent = payloadFor(peer, scenario);
  const run = await peer.client(
    { port: server.port, ...clientOptions(scenario, certificates) },
    sent,
  );
  const connection = await server.stop();
  expect(connection.error).toBeUndefined();
  expect(Buffer.compare(run.received, sent)).toBe(0);
  expect(run.exitCode).toBe(0);
  expect(connection.closedCleanly).toBe(true);
  if (scenario.updateKeys) expect(connection.readKeyUpdates).toBe(1);
  expect(connection.facts).toMatchObject({
    ...scenario.shows,
    peer: scenario.clientKey ? `client ${scenario.clientKey}` : undefined,
  });
}

function serverOptions(
  { server, key = "ECDSA P-256", clientAuth }: Scenario,
  certificates: Certificates,
): ServerOptions {
  return {
    ...server,
    identity: certificates.server[key],
    clientAuth,
    ...(clientAuth ? { ca: certificates.ca } : {}),
  };
}

function clientOptions(
  { client, clientKey }: Scenario,
  certificates: Certificates,
): Omit<ClientOptions, "port"> {
  return {
    ...client,
    ca: certificates.ca,
    ...(clientKey ? { identity: certificates.client[clientKey] } : {}),
  };
}

function payloadFor(peer: Peer, { length }: Scenario): Uint8Array {
  // A length that fills one record and begins another.
  return peer.payload(length ?? 16 * KIB + 64);
}
