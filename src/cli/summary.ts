import { printable } from "../bytes.ts";
import type { SSLSocket } from "../ssl/ssl-socket.ts";
import { nameText } from "./name-text.ts";

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
    ...(socket.encryptedClientHello === true
      ? [["name", "hidden by Encrypted Client Hello"] as const]
      : []),
    ...(alpn === null ? [] : [["alpn", printable(alpn)] as const]),
    ...peer(socket, judged),
  ];
  return lines.map(([name, value]) => factLine(name, value));
}

/** One fact, without a line end. */
export function factLine(name: string, value: string): string {
  return `${name.padEnd(13)} ${value}`;
}

function peer(
  socket: SSLSocket,
  judged: "verified" | "not verified",
): readonly (readonly [string, string])[] {
  const certificate = socket.getPeerCert({ unverified: true });
  if (certificate === null) return [["peer", "no certificate"]];
  const path = socket.getVerifiedChain().length;
  return [
    ["peer", nameText(certificate.subject)],
    ["issuer", nameText(certificate.issuer)],
    ["valid until", certificate.notAfter],
    [
      "verification",
      judged === "verified"
        ? `ok, a path of ${path.toString()} certificate${path === 1 ? "" : "s"}`
        : "none: whoever is on the wire can be anyone",
    ],
  ];
}
