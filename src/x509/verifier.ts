/** The verifiers: who says that a peer is who it claims to be. */
import type { CryptoProvider } from "../crypto/provider.ts";
import { printable } from "../bytes.ts";
import type { Budgets } from "./budget.ts";
import { Budget, DEFAULT_BUDGETS } from "./budget.ts";
import { Certificate } from "./certificate.ts";
import type { Place, Purpose } from "./certificate-rules.ts";
import {
  checkCertificate,
  checkIsCa,
  checkKeyStrength,
  checkPurpose,
  checkValidity,
} from "./certificate-rules.ts";
import { RANK_AFTER_NAME, X509_ERRORS, X509Error } from "./errors.ts";
import { matchHost } from "./host-match.ts";
import { parseIpAddress } from "./ip-address.ts";
import { checkNameConstraints } from "./name-constraints.ts";
import { at as atDepth, findPath } from "./path.ts";
import { SignatureChecker } from "./signature-check.ts";
import type { TrustStore } from "./trust-store.ts";

/** What a peer sent. */
export interface PeerChain {
  /** DER, leaf first, as received. */
  readonly certificates: readonly Uint8Array[];
  /** A stapled OCSP response (RFC 6066 8), DER. */
  readonly ocspResponse?: Uint8Array;
}

export interface VerifyContext {
  readonly purpose: Purpose;
  /**
   * DNS name (A-labels) or IP literal that the caller expects; undefined: no
   * name check.
   */
  readonly serverName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface CertificateVerifier {
  /** @throws X509Error when the chain must not be relied on */
  verify(peer: PeerChain, at: VerifyContext): VerifiedChain;
}

/**
 * Proof that a verifier has looked at a chain: nobody else can make one.
 */
class Verified {
  /** Keeps look-alikes out: a private name makes the type nominal. */
  readonly #made = true;
  readonly leaf: Certificate;
  /** All that the peer sent, leaf first. */
  readonly received: readonly Certificate[];
  /** Leaf to anchor; empty when this library did not verify. */
  readonly path: readonly Certificate[];
  /** False when certificates are accepted unseen. */
  readonly verified: boolean;

  constructor(
    received: readonly Certificate[],
    path: readonly Certificate[],
    verified: boolean,
  ) {
    const [leaf] = received;
    if (leaf === undefined) throw new X509Error("no_certificate");
    this.leaf = leaf;
    this.received = received;
    this.path = path;
    this.verified = verified;
  }

  static is(value: unknown): value is Verified {
    return typeof value === "object" && value !== null && #made in value;
  }
}

export type { Verified as VerifiedChain };
type VerifiedChain = Verified;

/** Whether a value is a chain that a verifier of this library made. */
export function isVerifiedChain(value: unknown): value is VerifiedChain {
  return Verified.is(value);
}

export interface VerifierOptions {
  readonly provider: CryptoProvider;
  /** Read at each verification: certificates may be added later. */
  readonly trustStore: TrustStore;
  /**
   * `default`: what the web needs. `strict` adds the issuance lints of RFC
   * 5280 and the Baseline Requirements (OpenSSL's VERIFY_X509_STRICT).
   */
  readonly profile?: "default" | "strict";
  /** Whether any trusted certificate ends a path, or only a root. Default true. */
  readonly partialChain?: boolean;
  /** Whether `serverName` is checked. Default true. */
  readonly checkHostname?: boolean;
  /** Fall back to the common name when there is no dNSName. Default false. */
  readonly checkCommonName?: boolean;
  /** Default 2048. */
  readonly minimumRsaBits?: number;
  /** Between leaf and anchor, self-issued ones aside. Default 8. */
  readonly maximumIntermediates?: number;
  readonly budgets?: Partial<Budgets>;
  /** Entries of the verified-signature cache; 0 turns it off. Default 512. */
  readonly signatureCacheSize?: number;
}

/** A verifier of RFC 5280 and RFC 9525. Its signature cache lives as long as it. */
export function createVerifier(options: VerifierOptions): CertificateVerifier {
  return new PathVerifier(options);
}

/**
 * Reads the certificates, so that the handshake has the peer's key, and
 * believes them. Whoever is on the wire can be anyone.
 */
export function dangerouslyAcceptAnyCertificate(): CertificateVerifier {
  return {
    verify: (peer) => {
      const [leaf] = peer.certificates;
      if (leaf === undefined) throw new X509Error("no_certificate");
      return new Verified([Certificate.parse(leaf)], [], false);
    },
  };
}

/**
 * Takes the answer of a verifier outside this library (the operating system's
 * store, a remote service) that has accepted the chain.
 *
 * @throws X509Error when a certificate cannot be read
 */
export function verifiedByCaller(peer: PeerChain): VerifiedChain {
  return new Verified(parseAll(peer.certificates), [], true);
}

class PathVerifier implements CertificateVerifier {
  readonly #options: VerifierOptions;
  readonly #signatures: SignatureChecker;

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#signatures = new SignatureChecker(
      options.provider,
      options.signatureCacheSize ?? 512,
    );
  }

  verify(peer: PeerChain, at: VerifyContext): VerifiedChain {
    const received = parseAll(peer.certificates);
    const [leaf, ...intermediates] = received;
    if (leaf === undefined) throw new X509Error("no_certificate");
    const mismatch = this.#nameMismatch(leaf, at.serverName);
    try {
      const path = this.#findPath(leaf, intermediates, at);
      if (mismatch !== undefined) throw mismatch;
      return new Verified(received, path, true);
    } catch (error) {
      // OpenSSL looks at the name before signatures and dates.
      if (
        mismatch !== undefined &&
        error instanceof X509Error &&
        X509_ERRORS[error.code].rank >= RANK_AFTER_NAME
      )
        throw mismatch;
      throw error;
    }
  }

  #findPath(
    leaf: Certificate,
    intermediates: readonly Certificate[],
    at: VerifyContext,
  ): readonly Certificate[] {
    const options = this.#options;
    const budget = new Budget({ ...DEFAULT_BUDGETS, ...options.budgets });
    return findPath({
      leaf,
      intermediates,
      trustStore: options.trustStore,
      partialChain: options.partialChain ?? true,
      maximumIntermediates: options.maximumIntermediates ?? 8,
      now: at.now,
      signatures: this.#signatures,
      budget,
      judge: (path) => {
        this.#judge(path, at, budget);
      },
    });
  }

  /** The order of the checks is OpenSSL's. */
  #judge(
    path: readonly Certificate[],
    at: VerifyContext,
    budget: Budget,
  ): void {
    const places = path.map((certificate, depth) => ({
      certificate,
      depth,
      isAnchor: depth === path.length - 1,
    }));
    for (const place of places)
      atDepth(place.depth, () => {
        checkCertificate(place);
        if (place.depth > 0) checkIsCa(place);
        checkPurpose(place, at.purpose);
      });
    checkPathLengths(places);
    for (const place of places)
      atDepth(place.depth, () => {
        checkKeyStrength(place, this.#options.minimumRsaBits ?? 2048);
      });
    for (const place of places.slice().reverse())
      atDepth(place.depth, () => {
        checkValidity(place, at.now);
      });
    checkNameConstraints(path, budget, {
      checkCommonName: this.#options.checkCommonName ?? false,
    });
  }

  #nameMismatch(
    leaf: Certificate,
    serverName: string | undefined,
  ): X509Error | undefined {
    const { checkHostname = true, checkCommonName = false } = this.#options;
    if (serverName === undefined || !checkHostname) return undefined;
    if (matchHost(leaf, serverName, { checkCommonName })) return undefined;
    return new X509Error(
      parseIpAddress(serverName) === undefined
        ? "hostname_mismatch"
        : "ip_address_mismatch",
      `expected ${printable(serverName)}`,
      0,
    );
  }
}

/** RFC 5280 4.2.1.9: neither the leaf nor self-issued intermediates count. */
function checkPathLengths(places: readonly Place[]): void {
  let below = 0;
  for (const { certificate, depth } of places.slice(1)) {
    const limit = certificate.basicConstraints?.pathLenConstraint;
    if (limit !== undefined && below > limit)
      throw new X509Error("path_length_exceeded", undefined, depth);
    if (!certificate.isSelfIssued) below++;
  }
}

function parseAll(certificates: readonly Uint8Array[]): Certificate[] {
  return certificates.map((der, depth) =>
    atDepth(depth, () => Certificate.parse(der)),
  );
}
