import { printable } from "../../bytes.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { pinOf } from "../show/signed.ts";
import { nameText } from "./name-text.ts";

/**
 * A connection in a few lines: version, suite, group, peer, verification.
 *
 * @param verification what the context's verifier was asked to do
 * @returns lines without line ends
 */
export function summary(
  socket: SSLSocket,
  verification: "verified" | "not verified",
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
    ...peer(socket, verification),
  ];
  return lines.map(([name, value]) => factLine(name, value));
}

/** One fact, without a line end. */
export function factLine(name: string, value: string): string {
  return `${name.padEnd(13)} ${value}`;
}

function peer(
  socket: SSLSocket,
  verification: "verified" | "not verified",
): readonly (readonly [string, string])[] {
  const key = socket.getPeerPublicKey();
  if (socket.getPeerCert({ binary: true }) === null)
    return key === null
      ? [["peer", "no certificate"]]
      : [["peer", `a raw public key, ${pinOf(key)}`]];
  const path = socket.getVerifiedChain().length;
  return [
    ...certificateLines(socket),
    [
      "verification",
      verification === "verified"
        ? path === 0
          ? "ok, by a TLSA record"
          : `ok, a path of ${path.toString()} certificate${path === 1 ? "" : "s"}`
        : "none: whoever is on the wire can be anyone",
    ],
  ];
}

function certificateLines(
  socket: SSLSocket,
): readonly (readonly [string, string])[] {
  try {
    const certificate = socket.getPeerCert({ unverified: true });
    if (certificate === null) return [];
    return [
      ["peer", nameText(certificate.subject)],
      ["issuer", nameText(certificate.issuer)],
      ["valid until", certificate.notAfter],
    ];
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    // Without verification a certificate need not be readable.
    return [["peer", `a certificate that cannot be read: ${error.message}`]];
  }
}
