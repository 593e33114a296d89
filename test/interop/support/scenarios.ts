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
import type { Feature, Peer, PeerName } from "./peers.ts";
import { sslFace } from "./puretls.ts";
import type { PuretlsFacts, PuretlsRun, Road } from "./road.ts";
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
  readonly helloRetried?: boolean;
  /** What the peer must be able to do, beside what the options say. */
  readonly needs?: Feature;
}

/** How a suite differs from the whole of it by the ssl face. */
interface Choice {
  readonly road?: Road;
  /** Only the tests whose titles match. */
  readonly titles?: RegExp;
}

/** One suite for each role that the peer can meet puretls in. */
export function interopSuite(name: PeerName, choice: Choice = {}): void {
  const { road = sslFace, titles = /^/ } = choice;
  describePeers([name], (peer) => {
    const certificates = useCertificates();
    const can = (
      role: "client" | "server",
      { title, needs }: { title: string; needs?: Feature | undefined },
    ): boolean =>
      titles.test(title) &&
      (needs === undefined || !peer.lacks[role].includes(needs));
    if (peer.server !== undefined)
      describe(`${road.label} as the client`, () => {
        for (const scenario of scenarios(peer))
          if (can("server", scenario))
            it(scenario.title, () =>
              asClient(peer, road, scenario, certificates()),
            );
        for (const refusal of REFUSALS)
          if (refusal.judge === "client" || can("server", refusal))
            it(refusal.title, () =>
              refusedAsClient(peer, road, refusal, certificates()),
            );
      });
    describe(`${road.label} as the server`, () => {
      for (const scenario of scenarios(peer))
        if (can("client", scenario))
          it(scenario.title, () =>
            asServer(peer, road, scenario, certificates()),
          );
      for (const refusal of REFUSALS)
        if (refusal.judge === "server" || can("client", refusal))
          it(refusal.title, () =>
            refusedAsServer(peer, road, refusal, certificates()),
          );
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
      // The ssl face sends a share of x25519 beside that of the hybrid.
      const first = group === "x25519" ? "secp256r1" : peer.groups[0];
      const offer = first === undefined ? [group] : [first, group];
      return {
        title: `a HelloRetryRequest from ${offer.join(" to ")}`,
        client: { groups: offer },
        server: { groups: [group] },
        shows: { group },
        helloRetried: true,
      };
    }),
    ...KEY_KINDS.map((key): Scenario => ({
      title: `a server certificate with a key of ${key}`,
      key,
      needs: key,
    })),
    ...(["ECDSA P-256", "RSA"] as const).map((clientKey): Scenario => ({
      title: `a client certificate with a key of ${clientKey}`,
      clientKey,
      clientAuth: "required",
    })),
    {
      title: "a request for a client certificate that there is none for",
      clientAuth: "optional",
      needs: "optional client certificates",
    },
    ...(peer.speaks === "bytes"
      ? [
          { title: "a KeyUpdate both ways", length: MIB, updateKeys: true },
          {
            title: "ALPN, by the server's choice",
            needs: "ALPN" as const,
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
  road: Road,
  scenario: Scenario,
  certificates: Certificates,
): Promise<void> {
  const server = await peer.server?.(serverOptions(scenario, certificates));
  const { dialogue } = server ?? {};
  const payload = payloadFor(peer, scenario);
  const run = await road.client(
    {
      port: server?.port ?? 0,
      updateKeys: scenario.updateKeys,
      until: dialogue && "the peer closes",
      ...clientOptions(scenario, certificates),
    },
    dialogue?.request(payload) ?? payload,
  );
  expectGoodEnd(peer, run);
  const received = dialogue?.answer(run.received) ?? run.received;
  expect(Buffer.compare(received, payload)).toBe(0);
  expectFacts(scenario, run, `server ${scenario.key ?? "ECDSA P-256"}`);
  const { clientKey } = scenario;
  const log = await server?.stop(clientKey && RegExp(`client ${clientKey}`));
  expect(log).not.toMatch(/unexpected eof|non-properly|ERROR/);
}

async function asServer(
  peer: Peer,
  road: Road,
  scenario: Scenario,
  certificates: Certificates,
): Promise<void> {
  const payload = payloadFor(peer, scenario);
  const server = await road.server({
    ...serverOptions(scenario, certificates),
    http: peer.speaks === "http",
    updateKeys: scenario.updateKeys,
    ...(peer.clientWaits ? { closeAfter: payload.length } : {}),
  });
  const run = await peer.client(
    { port: server.port, ...clientOptions(scenario, certificates) },
    payload,
  );
  const connection = await server.stop();
  expectGoodEnd(peer, connection);
  expect(Buffer.compare(run.received, payload)).toBe(0);
  expect(run.exitCode).toBe(0);
  const { clientKey } = scenario;
  expectFacts(scenario, connection, clientKey && `client ${clientKey}`);
}

function expectGoodEnd(peer: Peer, { error, closedCleanly }: PuretlsRun): void {
  if (peer.saysGoodbye) expect(error).toBeUndefined();
  else expect(error?.reason).toMatch(/^(truncated|UNEXPECTED_EOF.*)$/);
  expect(closedCleanly).toBe(peer.saysGoodbye);
}

function expectFacts(
  { shows, helloRetried = false, updateKeys }: Scenario,
  run: PuretlsRun,
  peer: string | undefined,
): void {
  expect(run.facts).toMatchObject({ ...shows, peer });
  expect(run.helloRetried).toBe(helloRetried);
  expect(run.readKeyUpdates).toBe(updateKeys ? 1 : 0);
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
