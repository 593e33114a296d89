/** The verifiers: who says that a peer is who it claims to be. */
import { equal, printable } from "../bytes.ts";
import type { Budgets } from "./budget.ts";
import { Budget, DEFAULT_BUDGETS } from "./budget.ts";
import { Certificate } from "./certificate.ts";
import type { Purpose } from "./certificate-rules.ts";
import { atDepth, X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import { matchHost } from "./host-match.ts";
import { parseIpAddress } from "./ip-address.ts";
import type { JudgeOptions, JudgeRules, PathCheck } from "./judge.ts";
import { judgePath, requireChecks } from "./judge.ts";
import { findPath } from "./path.ts";
import { ALL_CHECKS } from "./path-checks.ts";
import { SignatureChecker } from "./signature-check.ts";
import type { TrustStore } from "./trust-store.ts";

/** What a peer sent. */
export interface PeerChain {
  /** DER, leaf first, as received. */
  readonly certificates: readonly Uint8Array[];
  /** In their place: DER of a SubjectPublicKeyInfo (RFC 7250). */
  readonly rawPublicKey?: Uint8Array;
  /** A stapled OCSP response (RFC 6066 8), DER. */
  readonly ocspResponse?: Uint8Array;
  /** SignedCertificateTimestamps that came with the leaf (RFC 6962 3.3). */
  readonly scts?: readonly Uint8Array[];
}

/** What the caller wants of the peer. */
export interface VerifyContext {
  readonly purpose: Purpose;
  /**
   * DNS name (A-labels) or IP literal that the caller expects; undefined: no
   * name check.
   */
  readonly serverName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The peer was asked for a stapled response. */
  readonly ocspRequested?: boolean;
  /**
   * The certificates are a session's: they were judged when it began, and are
   * now once more before it goes on.
   */
  readonly resumption?: boolean;
}

/** Whoever decides whether a chain is to be believed. */
export interface CertificateVerifier {
  /**
   * @throws X509Error when the chain must not be relied on
   * @throws TypeError when `now` is no time
   */
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
  /** What came stapled to the leaf, and is judged again with it. */
  readonly stapled: Pick<PeerChain, "ocspResponse" | "scts">;

  constructor(
    received: readonly Certificate[],
    path: readonly Certificate[],
    verified: boolean,
    { ocspResponse, scts }: PeerChain,
  ) {
    const [leaf] = received;
    if (leaf === undefined) throw new X509Error(fault.no_certificate);
    this.leaf = leaf;
    this.received = received;
    this.path = path;
    this.verified = verified;
    this.stapled = {
      ...(ocspResponse && { ocspResponse: ocspResponse.slice() }),
      ...(scts && { scts: scts.map((sct) => sct.slice()) }),
    };
    // A connection holds its peer's chain to the end, and few ever look.
    for (const certificate of received) certificate.forgetDecoded();
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

/** How {@link createVerifier}'s verifier judges. */
export interface VerifierOptions extends JudgeOptions {
  /** Read at each verification: certificates may be added later. */
  readonly trustStore: TrustStore;
  /** Whether any trusted certificate ends a path, or only a root. Default true. */
  readonly partialChain?: boolean;
  /** Whether `serverName` is checked. Default true. */
  readonly checkHostname?: boolean;
  /** Between leaf and anchor, self-issued ones aside. Default 8. */
  readonly maximumIntermediates?: number;
  readonly budgets?: Partial<Budgets>;
  /** Entries of the verified-signature cache; 0 turns it off. Default 512. */
  readonly signatureCacheSize?: number;
}

/** A verifier of RFC 5280 and RFC 9525. Its signature cache lives as long as it. */
export function createVerifier(options: VerifierOptions): CertificateVerifier {
  return new PathVerifier(options, ALL_CHECKS);
}

/**
 * As {@link createVerifier}, with no other checks beyond signatures, names,
 * dates, purposes and key strength than those named: what is not named is not
 * loaded by a bundle. What such a verifier cannot judge it refuses where it
 * must: a critical extension, and name constraints whether critical or not.
 *
 * @throws TypeError for an option that needs a check which is not named
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createVerifierOf, nameConstraints, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * createVerifierOf([nameConstraints], { provider, trustStore });
 * ```
 */
export function createVerifierOf(
  checks: readonly PathCheck[],
  options: VerifierOptions,
): CertificateVerifier {
  requireChecks(options, checks);
  return new PathVerifier(options, checks.slice());
}

/**
 * Reads the certificates, so that the handshake has the peer's key, and
 * believes them. Whoever is on the wire can be anyone.
 */
export function dangerouslyAcceptAnyCertificate(): CertificateVerifier {
  return {
    verify: (peer) => {
      const leaf = readLeaf(peer);
      if (leaf === undefined) throw new X509Error(fault.no_certificate);
      return new Verified([leaf], [], false, peer);
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
  return new Verified(parseAll(peer), [], true, peer);
}

class PathVerifier implements CertificateVerifier {
  readonly #options: VerifierOptions;
  readonly #checks: readonly PathCheck[];
  readonly #signatures: SignatureChecker;
  readonly #budgets: Budgets;

  constructor(options: VerifierOptions, checks: readonly PathCheck[]) {
    this.#options = options;
    this.#checks = checks;
    this.#budgets = { ...DEFAULT_BUDGETS, ...options.budgets };
    this.#signatures = new SignatureChecker(
      options.provider,
      options.signatureCacheSize ?? 512,
    );
  }

  verify(peer: PeerChain, at: VerifyContext): VerifiedChain {
    // Every comparison with NaN is false: no date would ever be refused.
    if (!Number.isFinite(at.now))
      throw new TypeError("now must be milliseconds since the epoch");
    const received = parseAll(peer);
    const [leaf, ...others] = received;
    if (leaf === undefined) throw new X509Error(fault.no_certificate);
    const mismatch = this.#nameMismatch(leaf, at.serverName);
    try {
      const path = this.#findPath([leaf, ...others], peer, at);
      if (mismatch !== undefined) throw mismatch;
      return new Verified(received, path, true, peer);
    } catch (error) {
      // OpenSSL looks at the name before signatures and dates.
      if (
        mismatch !== undefined &&
        error instanceof X509Error &&
        error.fault.rank >= RANK_AFTER_NAME
      )
        throw mismatch;
      throw error;
    }
  }

  #findPath(
    [leaf, ...intermediates]: readonly [Certificate, ...Certificate[]],
    peer: PeerChain,
    at: VerifyContext,
  ): readonly Certificate[] {
    const options = this.#options;
    const budget = new Budget(this.#budgets);
    const rules: JudgeRules = {
      ...options,
      checks: this.#checks,
      purpose: at.purpose,
      now: at.now,
      ocspResponse: peer.ocspResponse,
      ocspRequested: at.ocspRequested ?? false,
      scts: peer.scts ?? [],
      signatures: this.#signatures,
      budget,
    };
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
        judgePath(path, rules);
      },
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
        ? fault.hostname_mismatch
        : fault.ip_address_mismatch,
      `expected ${printable(serverName)}`,
      0,
    );
  }
}

/** From this rank on, a name mismatch is told first. */
const RANK_AFTER_NAME = 50;

/**
 * The first of the certificates, undefined where there is none. It is read once
 * for both who look at it: the handshake, which wants the key, and the verifier.
 *
 * @throws X509Error when it cannot be read
 */
export function readLeaf(peer: PeerChain): Certificate | undefined {
  const [der] = peer.certificates;
  if (der === undefined) return undefined;
  const known = leaves.get(peer);
  // The bytes are the caller's, who may have written to them.
  if (known !== undefined && equal(known.der, der)) return known;
  const leaf = Certificate.parse(der);
  leaves.set(peer, leaf);
  return leaf;
}

const leaves = /* @__PURE__ */ new WeakMap<PeerChain, Certificate>();

function parseAll(peer: PeerChain): Certificate[] {
  const leaf = atDepth(0, () => readLeaf(peer));
  if (leaf === undefined) return [];
  const above = peer.certificates
    .slice(1)
    .map((der, index) => atDepth(index + 1, () => Certificate.parse(der)));
  return [leaf, ...above];
}
