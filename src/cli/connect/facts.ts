/** The facts of a connection, as lines and as JSON. */
import { printableAgain, toHex } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import { SSLError } from "../../ssl/errors/errors.ts";
import { derCertToPemCert } from "../../ssl/functions.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { Certificate, X509Error } from "../../x509/index.ts";
import { explain } from "../text/explain.ts";
import { subjectText } from "../text/name-text.ts";
import { factLine, summary } from "../text/summary.ts";
import type { Target } from "./target.ts";

/** Milliseconds that the parts of a connection took. */
export interface Times {
  /** Until the server could be written to. */
  readonly connect: number;
  readonly handshake: number;
}

/** The lines for stderr. */
export function factLines(
  socket: SSLSocket,
  isVerified: boolean,
  times: Times,
): string[] {
  const early = socket.earlyDataOutcome;
  const { connect, handshake } = times;
  return [
    ...summary(socket, isVerified ? "verified" : "not verified"),
    ...(socket.sessionReused ? [factLine("session", "resumed")] : []),
    ...(early === "accepted" || early === "rejected"
      ? [factLine("early data", early)]
      : []),
    factLine("time", `connect ${connect} ms, handshake ${handshake} ms`),
  ];
}

/** The object of `--json`; docs/command-line.md has its shape. */
export function factObject(
  socket: SSLSocket,
  isVerified: boolean,
  times: Times,
  target: Target,
): object {
  const { host, port } = target;
  return {
    ok: true,
    ...{ host, port },
    version: socket.version(),
    suite: socket.cipher()?.name ?? null,
    group: socket.group(),
    alpn: socket.selectedAlpnProtocol(),
    verified: isVerified,
    resumed: socket.sessionReused,
    earlyData: socket.earlyDataOutcome,
    encryptedClientHello: socket.encryptedClientHello,
    certificates: socket.getUnverifiedChain().map(certificateObject),
    milliseconds: times,
  };
}

/** The object of `--json` for a connection that failed. */
export function faultObject(error: unknown, { host, port }: Target): object {
  const { code, reason, alert } =
    error instanceof SSLError
      ? error
      : { code: codeOf(error), reason: null, alert: undefined };
  return {
    ok: false,
    ...{ host, port },
    error: { message: explain(error), code, reason, alert: alert ?? null },
  };
}

/** Each certificate that the server sent, its subject before its PEM. */
export function chainPem(socket: SSLSocket): string {
  return socket
    .getUnverifiedChain()
    .map((der, depth) => `${depth} ${subjectOf(der)}\n${derCertToPemCert(der)}`)
    .join("");
}

function certificateObject(der: Uint8Array): object {
  const sha256 = toHex(noble.hashes["SHA-256"].hash(der));
  const certificate = parsed(der);
  if (certificate === undefined) return { sha256 };
  const { serialNumber, notBefore, notAfter } = certificate;
  return {
    subject: subjectText(certificate.subject),
    issuer: subjectText(certificate.issuer),
    serialNumber: toHex(serialNumber),
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    sha256,
  };
}

function subjectOf(der: Uint8Array): string {
  const certificate = parsed(der);
  return certificate === undefined
    ? "(a certificate that cannot be read)"
    : printableAgain(subjectText(certificate.subject));
}

function parsed(der: Uint8Array): Certificate | undefined {
  try {
    return Certificate.parse(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return undefined;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error ? String(error.code) : null;
}
