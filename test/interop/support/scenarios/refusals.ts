/** Connections that one side must refuse, and what the other then hears. */
import { expect } from "vitest";
import type { Certificates } from "../certificates.ts";
import type { ClientOptions, ServerOptions, Version } from "./options.ts";
import { KIB } from "./payload.ts";
import type { Feature, Peer } from "./peer.ts";
import type { Meeting, RefusalReason, Road } from "../puretls/road.ts";

export interface Refusal {
  readonly title: string;
  readonly judge: "client" | "server";
  readonly server?: (certificates: Certificates) => Partial<ServerOptions>;
  readonly client?: (certificates: Certificates) => Partial<ClientOptions>;
  /** A feature that the peer needs to be the side that rejects. */
  readonly needs?: Feature;
  /** The reason that puretls reports when it rejects, */
  readonly reason: RefusalReason;
  /** the alert that it sends then, */
  readonly alert: string;
  /** or in TLS 1.2, where that differs, */
  readonly alert12?: string;
  /** in TLS 1.3 when the client is done with the handshake, */
  readonly isLate?: true;
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
    heard: /unknown.?(ca|certificate authority)|CA is unknown|trust the CA/i,
  },
  {
    title: "the client refuses a certificate for another name",
    judge: "client",
    needs: "a name to expect",
    client: () => ({ servername: "elsewhere.example" }),
    reason: "wrong_name",
    alert: "bad_certificate",
    heard: /bad.?certificate|certificate is bad|cannot verify/i,
  },
  {
    title: "the server refuses a client without a certificate",
    judge: "server",
    server: ({ ca }) => ({ clientAuth: "required", ca }),
    reason: "no_certificate",
    isLate: true,
    alert: "certificate_required",
    alert12: "handshake_failure",
    heard: /certificate.?(is )?required|handshake.?fail/i,
  },
  {
    title: "the server refuses a certificate of a CA that it does not trust",
    judge: "server",
    server: ({ ca }) => ({ clientAuth: "required", ca }),
    needs: "a CA for client certificates",
    isLate: true,
    client: ({ strangerClient }) => ({ identity: strangerClient }),
    reason: "unknown_ca",
    alert: "unknown_ca",
    heard: /unknown.?(ca|certificate authority)|CA is unknown|trust the CA/i,
  },
  {
    title: "the server shares no group with the client",
    judge: "server",
    server: () => ({ groups: ["secp384r1"] }),
    client: () => ({ groups: ["secp256r1"] }),
    reason: "no_shared_group",
    alert: "handshake_failure",
    heard: /handshake.?fail|NO_CYPHER_OVERLAP/i,
  },
];

/** The text that gnutls-serv prints for every alert. */
const UNNAMED_ALERT = "A TLS fatal alert has been received";

/** The refusal with puretls as the client. */
export async function refusedAsClient(
  peer: Peer,
  { road, version }: Meeting,
  { judge, server, client, reason, heard, ...refusal }: Refusal,
  certificates: Certificates,
): Promise<void> {
  const listener = await peer.server?.({
    ...{ version, identity: certificates.server.RSA },
    ...server?.(certificates),
  });
  const run = await road.client(
    {
      ...{ version, ca: certificates.ca },
      ...client?.(certificates),
      port: listener?.port ?? 0,
    },
    peer.payload(KIB),
  );
  expect(run.received).toHaveLength(0);
  expect(run.error).toBeDefined();
  if (judge === "server") return;
  expect(run.error).toMatchObject({
    reason: reasonOf(reason, road, version),
    ...{ alert: alertOf(refusal, version), direction: "sent" },
  });
  // Throws when the server does not say it.
  await listener?.stop(new RegExp(`${heard.source}|${UNNAMED_ALERT}`, "i"));
}

/** The refusal with puretls as the server. */
export async function refusedAsServer(
  peer: Peer,
  { road, version }: Meeting,
  { judge, server, client, reason, heard, ...refusal }: Refusal,
  certificates: Certificates,
): Promise<void> {
  const listener = await road.server({
    ...{ version, identity: certificates.server.RSA },
    http: peer.speaks === "http",
    ...server?.(certificates),
  });
  const run = await peer.client(
    {
      ...{ version, ca: certificates.ca },
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
    reason: reasonOf(reason, road, version),
    ...{ alert: alertOf(refusal, version), direction: "sent" },
  });
  const isHeard =
    version === "TLSv1.2" ||
    !refusal.isLate ||
    !peer.lacks.client.includes("alerts after the handshake");
  if (isHeard) expect(run.log).toMatch(heard);
}

function alertOf(
  { alert, alert12 = alert }: Pick<Refusal, "alert" | "alert12">,
  version: Version,
): string {
  return version === "TLSv1.2" ? alert12 : alert;
}

function reasonOf(
  reason: RefusalReason,
  { reasons, reasons12 }: Road,
  version: Version,
): string {
  const other = version === "TLSv1.2" ? reasons12[reason] : undefined;
  return other ?? reasons[reason];
}
