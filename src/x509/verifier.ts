/** The verifiers: who says that a peer is who it claims to be. */
import { equal, printable } from "../bytes.ts";
import type { Budgets } from "./path/budget.ts";
import { Budget, DEFAULT_BUDGETS } from "./path/budget.ts";
import { Certificate } from "./certificates/certificate.ts";
import type { Purpose } from "./path/basic-rules.ts";
import { atDepth, X509Error } from "./faults/errors.ts";
import * as fault from "./faults/faults.ts";
import { matchHost, presentedNames } from "./path/host-match.ts";
import { parseIpAddress } from "./names/ip-address.ts";
import type { PathRules, PathCheck } from "./path/validate-path.ts";
import { validatePath, requireChecks } from "./path/validate-path.ts";
import {
  requireVerifierOptions,
  type VerifierOptions,
} from "./path/verifier-options.ts";
import { findPath } from "./path/build-path.ts";
import { ALL_CHECKS } from "./checks/every-check.ts";
import { SignatureChecker } from "./path/signatures.ts";

/** The certificates of a peer, as it sent them. */
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

/** The terms for which a proof is made: it is refused for any other peer. */
export interface ProofTerms {
  readonly purpose: Purpose;
  /** The name that the peer was verified for; undefined: any. */
  readonly serverName: string | undefined;
  /** The rules by which it was verified: the `trust` of its context. */
  readonly trust: object | undefined;
}

/** The caller's requirements of the peer. */
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
   * The certificates are a session's: they were validated when it began, and are
   * now once more before it goes on.
   */
  readonly resumption?: boolean;
  /**
   * Names the rules that ask. A proof names them too and holds for them alone,
   * so a verifier that keeps proofs keeps them by this object as well as by the
   * certificates and the name.
   */
  readonly trust?: object;
}

/** Decides whether a chain is accepted. */
export interface CertificateVerifier {
  /**
   * @throws X509Error when the chain must not be relied on
   * @throws TypeError when `now` is no time
   */
  verify(peer: PeerChain, at: VerifyContext): VerifiedChain;
  /**
   * True: certificates that cannot be read are accepted; the handshake then
   * reads the key of the peer's alone. False unless given.
   */
  readonly acceptsUnreadable?: boolean;
}

/**
 * Proof that a verifier has looked at a chain: nobody else can make one.
 */
class Verified {
  /** Keeps look-alikes out: a private name makes the type nominal. */
  readonly #verifiedChain = true;
  readonly leaf: Certificate;
  /** All that the peer sent, leaf first. */
  readonly received: readonly Certificate[];
  /** Leaf to anchor; empty when this library did not verify. */
  readonly path: readonly Certificate[];
  /** False when certificates are accepted unseen. */
  readonly verified: boolean;
  /** The staples of the leaf, which are verified again with it. */
  readonly stapled: Pick<PeerChain, "ocspResponse" | "scts">;
  /** The terms for which the proof was made. */
  readonly madeFor: ProofTerms;

  constructor(
    received: readonly Certificate[],
    path: readonly Certificate[],
    verified: boolean,
    { ocspResponse, scts }: PeerChain,
    at: VerifyContext,
  ) {
    const [leaf] = received;
    if (leaf === undefined) throw new X509Error(fault.no_certificate);
    this.leaf = leaf;
    this.received = received;
    this.path = path;
    this.verified = verified;
    this.madeFor = proofTerms(at);
    this.stapled = {
      ...(ocspResponse && { ocspResponse: ocspResponse.slice() }),
      ...(scts && { scts: scts.map((sct) => sct.slice()) }),
    };
    // A connection holds its peer's chain to the end, and few ever look.
    for (const certificate of received) certificate.forgetDecoded();
  }

  static is(value: unknown): value is Verified {
    return (
      typeof value === "object" && value !== null && #verifiedChain in value
    );
  }
}

export type { Verified as VerifiedChain, VerifierOptions };
type VerifiedChain = Verified;

/** The terms of a proof that is made in that context. */
export function proofTerms({
  purpose,
  serverName,
  trust,
}: VerifyContext): ProofTerms {
  return Object.freeze({ purpose, serverName, trust });
}

/**
 * Tells whether a value is a chain that a verifier of this library made. See
 * {@link verifiedByCaller} for an example.
 */
export function isVerifiedChain(value: unknown): value is VerifiedChain {
  return Verified.is(value);
}

/**
 * A verifier of RFC 5280 and RFC 9525. Its signature cache lives as long as it.
 *
 * @throws TypeError for a name that is no option, and for a value that no rule knows
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCertificateAuthority } from "puretls/pki";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const ca = createCertificateAuthority({ provider, name: "CA" });
 * const server = ca.issueServer({ hosts: ["a.example"] });
 * const trustStore = new TrustStore();
 * trustStore.add(ca.pem);
 * const verifier = createVerifier({ provider, trustStore });
 * const { path } = verifier.verify(
 *   { certificates: server.chain },
 *   { purpose: "serverAuth", serverName: "a.example", now: Date.now() },
 * );
 * if (path.length !== 2) throw new Error();
 * ```
 */
export function createVerifier(options: VerifierOptions): CertificateVerifier {
  requireVerifierOptions("createVerifier", options);
  return new PathVerifier(options, ALL_CHECKS);
}

/**
 * As {@link createVerifier}, with no other checks beyond signatures, names,
 * dates, purposes and key strength than those named: what is not named is not
 * loaded by a bundle. What such a verifier cannot validate it refuses where it
 * must: a critical extension, and name constraints whether critical or not.
 *
 * @throws TypeError for an option that needs a check which is not named, for a name
 *   that is no option, and for a value that no rule knows
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createVerifierOf, constrainedNames, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * createVerifierOf([constrainedNames], { provider, trustStore });
 * ```
 */
export function createVerifierOf(
  checks: readonly PathCheck[],
  options: VerifierOptions,
): CertificateVerifier {
  requireVerifierOptions("createVerifierOf", options);
  requireChecks(options, checks);
  return new PathVerifier(options, checks.slice());
}

/**
 * Reads the key of the peer's certificate, which the handshake needs, and
 * believes it, whatever else stands there. Whoever is on the wire can be anyone.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfig } from "puretls/engine";
 * import { dangerouslyAcceptAnyCertificate } from "puretls/x509";
 *
 * // A scanner that looks at certificates and sends nothing.
 * createClientConfig({ provider, verifier: dangerouslyAcceptAnyCertificate() });
 * ```
 */
export function dangerouslyAcceptAnyCertificate(): CertificateVerifier {
  return {
    acceptsUnreadable: true,
    verify: (peer, at) => {
      const leaf = readLeaf(peer, true);
      if (leaf === undefined) throw new X509Error(fault.no_certificate);
      return new Verified([leaf], [], false, peer, at);
    },
  };
}

/**
 * Takes the answer of a verifier outside this library (the operating system's
 * store, a remote service) that has accepted the chain.
 *
 * @param at the context of the `verify()` that is answered, or of the need: the
 *   proof holds for its purpose, name and trust alone
 * @throws X509Error when a certificate cannot be read
 * @example
 * ```ts
 * import { isVerifiedChain, type CertificateVerifier, verifiedByCaller } from "puretls/x509";
 *
 * const verifier: CertificateVerifier = {
 *   verify: (peer, at) => verifiedByCaller(peer, at), // after asking elsewhere
 * };
 * if (isVerifiedChain(verifier)) throw new Error();
 * ```
 */
export function verifiedByCaller(
  peer: PeerChain,
  at: VerifyContext,
): VerifiedChain {
  return new Verified(parseAll(peer), [], true, peer, at);
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
      options.securityLevel === 0,
    );
  }

  verify(peer: PeerChain, at: VerifyContext): VerifiedChain {
    // Every comparison with NaN is false: no date would ever be refused.
    if (!Number.isFinite(at.now))
      throw new TypeError("now must be milliseconds since the epoch");
    const { received, unreadable } = parseReadable(peer);
    const [leaf, ...others] = received;
    if (leaf === undefined) throw new X509Error(fault.no_certificate);
    const mismatch = this.#nameMismatch(leaf, at.serverName);
    try {
      const path = this.#findPath([leaf, ...others], peer, at);
      if (mismatch !== undefined) throw mismatch;
      return new Verified(received, path, true, peer, at);
    } catch (error) {
      // OpenSSL looks at the name before signatures and dates.
      if (
        mismatch !== undefined &&
        error instanceof X509Error &&
        error.fault.rank >= RANK_AFTER_NAME
      )
        throw mismatch;
      // The issuer that is missing may be the one that cannot be read.
      if (
        unreadable !== undefined &&
        error instanceof X509Error &&
        error.fault === fault.unknown_issuer
      )
        throw unreadable;
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
    const build: PathRules["findPath"] = (from, validate) =>
      findPath({
        leaf: from,
        intermediates,
        trustStore: options.trustStore,
        purpose: at.purpose,
        partialChain: options.partialChain ?? true,
        maximumIntermediates: options.maximumIntermediates ?? 8,
        now: at.now,
        signatures: this.#signatures,
        budget,
        validate,
      });
    const rules: PathRules = {
      ...options,
      checks: this.#checks,
      purpose: at.purpose,
      now: at.now,
      ocspResponse: peer.ocspResponse,
      ocspRequested: at.ocspRequested ?? false,
      scts: peer.scts ?? [],
      signatures: this.#signatures,
      budget,
      crlSigners: [],
      named: (subject) => [
        ...intermediates.filter((one) => one.subject.equals(subject)),
        ...options.trustStore.findBySubject(subject),
      ],
      findPath: build,
    };
    return build(leaf, (path) => {
      validatePath(path, rules);
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
      `expected ${printable(serverName)}; the certificate is for ${presentedNames(leaf)}`,
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
 * @param keyAlone whether the key is enough where the rest cannot be read
 * @throws X509Error when it cannot be read
 */
export function readLeaf(
  peer: PeerChain,
  keyAlone = false,
): Certificate | undefined {
  const [der] = peer.certificates;
  if (der === undefined) return undefined;
  const known = leaves.get(peer);
  // The bytes are the caller's, who may have written to them.
  if (known !== undefined && equal(known.der, der)) return known;
  if (keyAlone) return readKeyAlone(der);
  const leaf = Certificate.parse(der);
  leaves.set(peer, leaf);
  return leaf;
}

function readKeyAlone(der: Uint8Array): Certificate {
  try {
    return Certificate.parse(der);
  } catch (error) {
    if (error instanceof X509Error) return Certificate.parseKeyAlone(der);
    throw error;
  }
}

const leaves = /* @__PURE__ */ new WeakMap<PeerChain, Certificate>();

function parseAll(peer: PeerChain): readonly Certificate[] {
  const { received, unreadable } = parseReadable(peer);
  if (unreadable !== undefined) throw unreadable;
  return received;
}

/**
 * The leaf, and those of the others that can be read: a path may do without
 * one that cannot.
 *
 * @throws X509Error for a leaf that cannot be read
 */
function parseReadable(peer: PeerChain): {
  readonly received: readonly Certificate[];
  /** The fault of the first of the others that cannot be read. */
  readonly unreadable: X509Error | undefined;
} {
  const leaf = atDepth(0, () => readLeaf(peer));
  if (leaf === undefined) return { received: [], unreadable: undefined };
  const received = [leaf];
  let unreadable: X509Error | undefined;
  for (const [index, der] of peer.certificates.entries()) {
    if (index === 0) continue;
    try {
      received.push(atDepth(index, () => Certificate.parse(der)));
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      unreadable ??= error;
    }
  }
  return { received, unreadable };
}
