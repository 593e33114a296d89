/** The tests of puretls against every peer, in both roles. */
import { describe, expect, it } from "vitest";
import { useCertificates } from "../certificates.ts";
import type { Certificates } from "../certificates.ts";
import type { ClientOptions, ServerOptions, Version } from "./options.ts";
import { KIB } from "./payload.ts";
import type { Peer } from "./peer.ts";
import { describePeers } from "./peers.ts";
import type { PeerName } from "./peers.ts";
import { sslFace } from "../puretls/puretls.ts";
import type { Meeting, PuretlsRun, Road } from "../puretls/road.ts";
import { REFUSALS, refusedAsClient, refusedAsServer } from "./refusals.ts";
import { scenariosOf } from "./scenario-lists.ts";
import type { Scenario } from "./scenario-lists.ts";

/**
 * The variant of a suite; by default all tests, through the ssl interface, in
 * TLS 1.3.
 */
interface Choice {
  readonly road?: Road;
  /** Only the tests whose titles match. */
  readonly titles?: RegExp;
  /** TLS 1.3 if absent. */
  readonly version?: Version;
}

/** One suite for each role that the peer can meet puretls in. */
export function interopSuite(name: PeerName, choice: Choice = {}): void {
  const { road = sslFace, titles = /^/, version = "TLSv1.3" } = choice;
  describePeers([name], (peer) => {
    if (!peer.versions.includes(version))
      throw new Error(`${peer.label} does not speak ${version}`);
    const certificates = useCertificates();
    const all = scenariosOf(peer, version).filter(({ title }) =>
      titles.test(title),
    );
    const refusals = REFUSALS.filter(({ title }) => titles.test(title));
    const suite = (
      role: "client" | "server",
      run: typeof asClient,
      refused: typeof refusedAsClient,
    ): void => {
      const other = role === "client" ? "server" : "client";
      const lacks = [
        ...road.lacks,
        ...peer.lacks[other],
        ...((version === "TLSv1.2" && peer.lacks12?.[other]) || []),
      ];
      describe(`${road.label} as the ${role} in ${version}`, () => {
        for (const scenario of all) {
          const { title, needs = [] } = scenario;
          if (scenario.role !== undefined && scenario.role !== role) continue;
          if (needs.some((feature) => lacks.includes(feature))) continue;
          it(title, () =>
            run(peer, { road, version }, scenario, certificates()),
          );
        }
        for (const refusal of refusals) {
          const { title, judge, needs } = refusal;
          if (judge !== role && needs && lacks.includes(needs)) continue;
          it(title, () =>
            refused(peer, { road, version }, refusal, certificates()),
          );
        }
      });
    };
    if (peer.server !== undefined) suite("client", asClient, refusedAsClient);
    suite("server", asServer, refusedAsServer);
  });
}

async function asClient(
  peer: Peer,
  { road, version }: Meeting,
  scenario: Scenario,
  certificates: Certificates,
): Promise<void> {
  const server = await peer.server?.({
    ...serverOptions(scenario, certificates),
    ...{ version, ...scenario.peer },
  });
  const { dialogue } = server ?? {};
  const payload = payloadFor(peer, scenario);
  const run = await road.client(
    {
      ...{ port: server?.port ?? 0, version },
      updateKeys: scenario.updateKeys,
      until: dialogue && "the peer closes",
      ...clientOptions(scenario, certificates),
    },
    dialogue?.request(payload) ?? payload,
  );
  expectGoodEnd(peer, run);
  const received = dialogue?.answer(run.received) ?? run.received;
  expect(Buffer.compare(received, payload)).toBe(0);
  const name = `server ${scenario.key ?? "ECDSA P-256"}`;
  expectFacts(scenario, version, run, scenario.anonymous ? undefined : name);
  const { clientKey } = scenario;
  const log = await server?.stop(clientKey && RegExp(`client ${clientKey}`));
  expect(log).not.toMatch(/unexpected eof|non-properly|ERROR/);
}

async function asServer(
  peer: Peer,
  { road, version }: Meeting,
  scenario: Scenario,
  certificates: Certificates,
): Promise<void> {
  const payload = payloadFor(peer, scenario);
  const server = await road.server({
    ...serverOptions(scenario, certificates),
    version,
    http: peer.speaks === "http",
    updateKeys: scenario.updateKeys,
    ...(peer.clientWaits ? { closeAfter: payload.length } : {}),
  });
  const run = await peer.client(
    {
      ...{ port: server.port, version },
      ...clientOptions(scenario, certificates),
      ...scenario.peer,
    },
    payload,
  );
  const connection = await server.stop();
  expectGoodEnd(peer, connection);
  expect(Buffer.compare(run.received, payload)).toBe(0);
  expect(run.exitCode).toBe(0);
  const { clientKey } = scenario;
  const name = clientKey && `client ${clientKey}`;
  expectFacts(scenario, version, connection, name);
}

function expectGoodEnd(peer: Peer, { error, closedCleanly }: PuretlsRun): void {
  if (peer.saysGoodbye) expect(error).toBeUndefined();
  else expect(error?.reason).toMatch(/^(truncated|UNEXPECTED_EOF.*)$/);
  expect(closedCleanly).toBe(peer.saysGoodbye);
}

function expectFacts(
  { shows, helloRetried = false, updateKeys }: Scenario,
  version: Version,
  run: PuretlsRun,
  peer: string | undefined,
): void {
  expect(run.facts).toMatchObject({ version, ...shows, peer });
  expect(run.helloRetried).toBe(helloRetried);
  expect(run.readKeyUpdates).toBe(updateKeys ? 1 : 0);
}

function serverOptions(
  { server, key = "ECDSA P-256", clientAuth, ownField }: Scenario,
  certificates: Certificates,
): ServerOptions {
  return {
    ...server,
    identity: certificates.server[key],
    clientAuth,
    ...(ownField ? { dhParameters: certificates.dhParameters } : {}),
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
