import { printable } from "../bytes.ts";
import type { SSLSocket } from "../ssl/ssl-socket.ts";

/**
 * A connection in a few lines: version, suite, group, peer, verification.
 *
 * @param judged what the context's verifier was asked to do
 * @returns lines without line ends
 */
export function summary(
  socket: SSLSocket,
  judged: "verified" | "not verified",
): string[] {
  const alpn = socket.selectedAlpnProtocol();
  const lines: readonly (readonly [string, string])[] = [
    ["version", socket.version() ?? "none"],
    ["suite", socket.cipher()?.name ?? "none"],
    ["group", socket.group() ?? "none"],
    ...(alpn === null ? [] : [["alpn", printable(alpn)] as const]),
    ...peer(socket, judged),
  ];
  return lines.map(([name, value]) => `${name.padEnd(13)} ${value}`);
}

function peer(
  socket: SSLSocket,
  judged: "verified" | "not verified",
): readonly (readonly [string, string])[] {
  const certificate = socket.getPeerCert({ unverified: true });
  if (certificate === null) return [["peer", "no certificate"]];
  const path = socket.getVerifiedChain().length;
  return [
    ["peer", name(certificate.subject)],
    ["issuer", name(certificate.issuer)],
    ["valid until", certificate.notAfter],
    [
      "verification",
      judged === "verified"
        ? `ok, a path of ${path.toString()} certificates`
        : "none: whoever is on the wire can be anyone",
    ],
  ];
}

/** RDNs as `name=value`, from the most general to the most special. */
function name(
  rdns: readonly (readonly (readonly [string, string])[])[],
): string {
  const parts = rdns.flat().map(([type, value]) => `${type}=${value}`);
  return printable(parts.join(", ") || "(empty)");
}
