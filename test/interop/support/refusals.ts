/** Connections that one side must refuse, and what the other then hears. */
import { expect } from "vitest";
import type { Certificates } from "./certificates.ts";
import type { ClientOptions, ServerOptions } from "./options.ts";
import { KIB } from "./payload.ts";
import type { Feature, Peer } from "./peers.ts";
import type { RefusalReason, Road } from "./road.ts";

export interface Refusal {
  readonly title: string;
  readonly judge: "client" | "server";
  readonly server?: (certificates: Certificates) => Partial<ServerOptions>;
  readonly client?: (certificates: Certificates) => Partial<ClientOptions>;
  /** What a peer must be able to do to be the judge. */
  readonly needs?: Feature;
  /** What puretls calls it when it is the judge, */
  readonly reason: RefusalReason;
  /** the alert that it sends then, */
  readonly alert: string;
  /** and how peers speak of that alert. */
  readonly heard: RegExp;
}

export const REFUSALS: readonly Refusal[] = [
  {
    title: "the client refuses a certificate of a CA that it does not trust",
    judge: "client",
    client: ({ strangerCa }) => ({ ca: strangerCa }),
    reason: "unknown_ca",
    alert: "unknown_ca",
    heard: /unknown.ca|CA is unknown|trust the CA/i,
  },
  {
    title: "the client refuses a certificate for another name",
    judge: "client",
    needs: "a name to expect",
    client: () => ({ servername: "elsewhere.example" }),
    reason: "wrong_name",
    alert: "bad_certificate",
    heard: /bad.certificate|certificate is bad|cannot verify/i,
  },
  {
    title: "the server refuses a client without a certificate",
    judge: "server",
    server: ({ ca }) => ({ clientAuth: "required", ca }),
    reason: "no_certificate",
    alert: "certificate_required",
    heard: /certificate.(is )?required/i,
  },
  {
    title: "the server refuses a certificate of a CA that it does not trust",
    judge: "server",
    server: ({ ca }) => ({ clientAuth: "required", ca }),
    needs: "a CA for client certificates",
    client: ({ strangerClient }) => ({ identity: strangerClient }),
    reason: "unknown_ca",
    alert: "unknown_ca",
    heard: /unknown.ca|CA is unknown|trust the CA/i,
  },
  {
    title: "the server shares no group with the client",
    judge: "server",
    server: () => ({ groups: ["secp384r1"] }),
    client: () => ({ groups: ["secp521r1"] }),
    reason: "no_shared_group",
    alert: "handshake_failure",
    heard: /handshake.fail|NO_CYPHER_OVERLAP/i,
  },
];

/** gnutls-serv does not say which. */
const UNNAMED_ALERT = "A TLS fatal alert has been received";

/** The refusal with puretls as the client. */
export async function refusedAsClient(
  peer: Peer,
  road: Road,
  { judge, server, client, reason, alert, heard }: Refusal,
  certificates: Certificates,
): Promise<void> {
  const listener = await peer.server?.({
    identity: certificates.server.RSA,
    ...server?.(certificates),
  });
  const run = await road.client(
    {
      ca: certificates.ca,
      ...client?.(certificates),
      port: listener?.port ?? 0,
    },
    peer.payload(KIB),
  );
  expect(run.received).toHaveLength(0);
  expect(run.error).toBeDefined();
  if (judge === "server") return;
  expect(run.error).toMatchObject({
    reason: road.reasons[reason],
    ...{ alert, direction: "sent" },
  });
  // Throws when the server does not say it.
  await listener?.stop(new RegExp(`${heard.source}|${UNNAMED_ALERT}`, "i"));
}

/** The refusal with puretls as the server. */
export async function refusedAsServer(
  peer: Peer,
  road: Road,
  { judge, server, client, reason, alert, heard }: Refusal,
  certificates: Certificates,
): Promise<void> {
  const listener = await road.server({
    identity: certificates.server.RSA,
    http: peer.speaks === "http",
    ...server?.(certificates),
  });
  const run = await peer.client(
    {
      ca: certificates.ca,
      ...client?.(certificates),
      port: listener.port,
    },
    peer.payload(KIB),
  );
  const { error, received } = await listener.stop();
  expect(run.exitCode).not.toBe(0);
  expect(run.received).toHaveLength(0);
  expect(received).toHaveLength(0);
  // Some clients judge the server only when the handshake is done.
  if (judge === "client") return;
  expect(error).toMatchObject({
    reason: road.reasons[reason],
    ...{ alert, direction: "sent" },
  });
  expect(run.log).toMatch(heard);
}
