/**
 * Decides about a peer: by the verifier of the context, then by its name. A
 * connection is authorized by nothing else.
 */
import type { DetailedPeerCertificate } from "node:tls";
import { nodeCertificate } from "../../net/node-certificate.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { hostname_mismatch as hostnameMismatch } from "../../x509/faults/path.ts";
import { malformed_certificate as malformedCertificate } from "../../x509/faults/reading.ts";
import { matchHost } from "../../x509/path/host-match.ts";
import {
  type CertificateVerifier,
  dangerouslyAcceptAnyCertificate,
  type PeerChain,
  type VerifiedChain,
  type VerifyContext,
} from "../../x509/verifier.ts";
import { found } from "../../options.ts";
import { certificateObject } from "./certificates.ts";
import { asciiHost } from "./identity.ts";
import { nodeError } from "../base/errors.ts";
import { native } from "../base/native.ts";
import { verifyErrorOf } from "./verify-codes.ts";

/** A program's own check of a server's name. */
export type IdentityCheck = (
  hostname: string,
  cert: DetailedPeerCertificate,
) => unknown;

/** The rules by which one peer is accepted. */
export interface JudgeOptions {
  readonly verifier: CertificateVerifier;
  /** The server that is expected; undefined: there is no name to check. */
  readonly hostname?: string | undefined;
  /** In place of the rules for names. */
  readonly checkServerIdentity?: IdentityCheck | undefined;
  /** False: the handshake goes on whatever is wrong, and `error` tells. */
  readonly rejectUnauthorized: boolean;
}

const accept = dangerouslyAcceptAnyCertificate();

/** The verifier of one connection, which remembers what was wrong. */
export class PeerJudge implements CertificateVerifier {
  readonly #options: JudgeOptions;
  /** Reason for which the peer is not authorized. */
  error: Error | undefined;
  /** DER of the chain, leaf first: to the root where it was verified. */
  chain: readonly Uint8Array[] = [];
  readonly answersAtOnce = true;
  readonly acceptsUnreadable: boolean;
  #accepted: VerifiedChain | undefined;
  #verifier: CertificateVerifier;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#verifier = options.verifier;
    this.acceptsUnreadable = !options.rejectUnauthorized;
  }

  /** Verifies by another context's rules from now on: that of a name in SNI. */
  verifyBy(verifier: CertificateVerifier): void {
    this.#verifier = verifier;
  }

  /** True for the chain that was verified, with the name that was expected. */
  hasAccepted(chain: VerifiedChain | undefined): boolean {
    return (
      this.error === undefined &&
      chain !== undefined &&
      chain === this.#accepted &&
      chain.verified &&
      chain.path.length > 0
    );
  }

  verify(peer: PeerChain, at: VerifyContext): VerifiedChain {
    this.error = undefined;
    this.#accepted = undefined;
    this.chain = peer.certificates.map((der) => der.slice());
    try {
      const chain = this.#verifier.verify(peer, at);
      this.chain = chain.path.map(({ der }) => der.slice());
      this.#requireName(chain, at.resumption === true);
      this.#accepted = chain;
      return chain;
    } catch (fault) {
      this.error ??=
        fault instanceof X509Error
          ? verifyErrorOf(fault, peer)
          : asError(fault);
      if (this.#options.rejectUnauthorized)
        throw fault instanceof X509Error
          ? fault
          : new X509Error(hostnameMismatch, "the program's check threw", 0);
      // A program that looks at the certificate must not meet bytes that are none.
      if (peer.certificates.some((der) => !nodeCertificate(der)))
        throw new X509Error(
          malformedCertificate,
          "one of the peer's certificates cannot be read",
          0,
        );
      return accept.verify(peer, at);
    }
  }

  /** Decides about a server that showed no certificate, by a shared key. */
  acceptsKeyAlone(): boolean {
    const { hostname, checkServerIdentity } = this.#options;
    if (hostname === undefined) return true;
    const check = checkServerIdentity ?? native.checkServerIdentity;
    const error: unknown = Reflect.apply(check, undefined, [hostname, {}]);
    this.error = error ? asError(error) : undefined;
    return this.error === undefined;
  }

  #requireName(chain: VerifiedChain, isResumption: boolean): void {
    const { hostname, checkServerIdentity } = this.#options;
    if (hostname === undefined) return;
    const error =
      checkServerIdentity === undefined
        ? nameError(hostname, chain)
        : isResumption
          ? undefined
          : answerOf(checkServerIdentity, hostname, this.chain);
    if (error === undefined) return;
    this.error = error;
    throw new X509Error(hostnameMismatch, error.message, 0);
  }
}

/** A program's answer, of which all but a promise and the like is as in Node. */
function answerOf(
  check: IdentityCheck,
  hostname: string,
  chain: readonly Uint8Array[],
): Error | undefined {
  const cert = certificateObject(chain, true);
  const answer: unknown = Reflect.apply(check, undefined, [hostname, cert]);
  return answer ? asError(answer) : undefined;
}

/** The name by the rules of RFC 9525, with Node's error. */
function nameError(hostname: string, chain: VerifiedChain): Error | undefined {
  const host = asciiHost(hostname);
  if (matchHost(chain.leaf, host, { checkCommonName: true })) return undefined;
  const cert = certificateObject([chain.leaf.der], false);
  const theirs: unknown = Reflect.apply(native.checkServerIdentity, undefined, [
    hostname,
    cert,
  ]);
  const reason = "the certificate is not valid for that name";
  return theirs instanceof Error
    ? theirs
    : nodeError(
        "ERR_TLS_CERT_ALTNAME_INVALID",
        `Hostname/IP does not match certificate's altnames: ${reason}`,
        { reason, host: hostname, cert },
      );
}

function asError(value: unknown): Error {
  return value instanceof Error
    ? value
    : nodeError(
        "ERR_TLS_CERT_ALTNAME_INVALID",
        `checkServerIdentity: it returned ${found(value)}; undefined, or an Error, is allowed`,
      );
}
