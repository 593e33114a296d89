/**
 * The peer's identity as a proof. A verifier answers for the certificates or the
 * bare key, a signature shows that the peer has the key: here the two are asked
 * for and here they are joined, for both roles and both versions.
 */
import { RAISE_NEED } from "../../promises.ts";
import { equal } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { isVerifiedKey } from "../../x509/raw-key.ts";
import {
  type CertificateVerifier,
  isVerifiedChain,
  type PeerChain,
  type ProofTerms,
  type VerifyContext,
} from "../../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { PeerProof } from "../credentials/peer-identity.ts";
import type { VerifyNeed } from "../machine/io.ts";
import type { TlsProtocolVersion } from "../registries/cipher-suites.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";

/** The terms of a verification, besides the certificates. */
export interface VerifyTerms {
  readonly config: ClientConfig | ServerConfig;
  readonly version: TlsProtocolVersion;
  /** The name that the client asked for; a server verifies no name. */
  readonly serverName?: string | undefined;
}

/**
 * The need to verify what the peer presents, in a handshake or after it, or what
 * a session kept of it.
 */
export function verifyNeed(
  peer: PeerChain,
  { config, version, serverName }: VerifyTerms,
  resumption = false,
): VerifyNeed {
  const isClient = config.role === "client";
  const { rawPublicKeys: keys, trust } = config;
  const isBareKey = peer.rawPublicKey !== undefined;
  return {
    type: "verify",
    peer,
    context: {
      purpose: isClient ? "serverAuth" : "clientAuth",
      serverName: isClient ? serverName : undefined,
      now: config.provider.now(),
      // TLS 1.2 has no way for a server to ask a client for a response.
      ocspRequested: config.ocspStapling && (isClient || version === "TLSv1.3"),
      resumption,
      trust: isBareKey && typeof keys === "object" ? keys : trust,
    },
  };
}

/**
 * The answer of the config's own verifier; `RAISE_NEED` where somebody else has it,
 * undefined where the config accepts nothing of that kind.
 *
 * @throws what the verifier throws
 */
export function verifyByConfig(
  config: ClientConfig | ServerConfig,
  { peer, context }: VerifyNeed,
): PeerProof | typeof RAISE_NEED | undefined {
  const { rawPublicKey: key } = peer;
  if (key !== undefined) {
    const { rawPublicKeys: verifier } = config;
    return verifier === RAISE_NEED ? verifier : verifier?.verify(key, context);
  }
  const verifier = verifierOf(config);
  return verifier === RAISE_NEED ? verifier : verifier?.verify(peer, context);
}

/** Tells whether a config accepts certificates that cannot be read in full. */
export function acceptsUnreadable(
  config: ClientConfig | ServerConfig,
): boolean {
  const verifier = verifierOf(config);
  return verifier !== RAISE_NEED && (verifier?.acceptsUnreadable ?? false);
}

function verifierOf(
  config: ClientConfig | ServerConfig,
): CertificateVerifier | typeof RAISE_NEED | undefined {
  if (config.role === "client") return config.verifier;
  const policy = config.clientAuthentication;
  return policy.ask === "never" ? undefined : policy.verifier;
}

/**
 * Says why an answer does not hold for that need: it is no proof, or one of
 * another peer, purpose, name or config. Undefined: it holds.
 */
export function proofFault(
  { peer, context }: VerifyNeed,
  proof: unknown,
): string | undefined {
  const { certificates, rawPublicKey: key } = peer;
  if (key === undefined) {
    if (!isVerifiedChain(proof)) return "not a VerifiedChain by a verifier";
    if (!isReadOf(certificates, proof.received))
      return "a VerifiedChain of other certificates";
  } else {
    if (!isVerifiedKey(proof)) return "not a VerifiedKey by a verifier";
    if (!equal(proof.publicKeyInfo.der, key))
      return "a VerifiedKey of another key";
  }
  return termsFault(proof.madeFor, context);
}

/**
 * Tells whether those are certificates that the peer presented, in that order:
 * the leaf and, of the others, those that could be read.
 */
function isReadOf(
  presented: readonly Uint8Array[],
  received: readonly { readonly der: Uint8Array }[],
): boolean {
  let next = 0;
  const areInOrder = received.every(({ der }, index) => {
    const found = presented.findIndex(
      (one, at) => at >= next && equal(one, der),
    );
    next = found + 1;
    return index === 0 ? found === 0 : found > 0;
  });
  return received.length > 0 && areInOrder;
}

function termsFault(
  made: ProofTerms,
  { purpose, serverName, trust }: VerifyContext,
): string | undefined {
  if (made.purpose !== purpose) return "a proof for another purpose";
  if (made.serverName !== serverName) return "a proof for another name";
  return made.trust === trust ? undefined : "a proof by another config's rules";
}

/** Proof that the peer has the private key of what it presented. */
export abstract class KeyPossession {
  readonly #authenticatedPeer = true;
  /** DER of the certificate, or of the bare key, that the key belongs to. */
  readonly leaf: Uint8Array;
  /** Of the signature that showed it. */
  readonly scheme: SignatureSchemeName | undefined;

  protected constructor(leaf: Uint8Array, scheme?: SignatureSchemeName) {
    this.leaf = leaf;
    this.scheme = scheme;
  }

  /** Tells whether a value is such a proof, and not a forged object. */
  static made(value: object): boolean {
    return #authenticatedPeer in value;
  }
}

/**
 * Proof of who the peer is: a verifier accepted what it presented, for this
 * connection's name and rules, and the peer has the key that belongs to it.
 */
export class AuthenticatedPeer {
  readonly #authenticatedPeer = true;
  readonly chain: PeerProof;
  readonly possession: KeyPossession;

  private constructor(chain: PeerProof, possession: KeyPossession) {
    void this.#authenticatedPeer;
    this.chain = chain;
    this.possession = possession;
  }

  /**
   * Joins the proofs, the only way to an authenticated peer.
   *
   * @throws TlsError `wrong_answer` for a proof that does not hold for the need,
   *   or for two proofs of different keys
   */
  static of(
    need: VerifyNeed,
    chain: PeerProof,
    possession: KeyPossession,
  ): AuthenticatedPeer {
    const leaf = isVerifiedChain(chain)
      ? chain.leaf.der
      : chain.publicKeyInfo.der;
    const detail =
      proofFault(need, chain) ??
      (equal(leaf, possession.leaf)
        ? undefined
        : "a proof of another certificate than the one that signed");
    if (detail !== undefined)
      throw new TlsError(reason.wrong_answer, { detail });
    return new AuthenticatedPeer(chain, possession);
  }
}
