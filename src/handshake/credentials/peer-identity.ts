/** A peer's identity, once a verifier has accepted it. */
import type { SubjectPublicKeyInfo } from "../../x509/keys/public-key.ts";
import { isVerifiedKey, type VerifiedKey } from "../../x509/raw-key.ts";
import type { VerifiedChain } from "../../x509/verifier.ts";

/** By certificates, or by a bare key (RFC 7250). */
export type PeerProof = VerifiedChain | VerifiedKey;

/** Returns the part of a ConnectionInfo about a peer. */
export function shown(proof: PeerProof | undefined): {
  readonly peer: VerifiedChain | undefined;
  readonly peerRawPublicKey?: SubjectPublicKeyInfo;
} {
  return isVerifiedKey(proof)
    ? { peer: undefined, peerRawPublicKey: proof.publicKeyInfo }
    : { peer: proof };
}

/** Returns the part of a session about a peer. */
export function kept(proof: PeerProof | undefined): {
  readonly peerCertificates: readonly Uint8Array[];
  readonly peerRawPublicKey?: Uint8Array;
  readonly stapled: VerifiedChain["stapled"];
  readonly peer: PeerProof | undefined;
} {
  if (isVerifiedKey(proof))
    return {
      peerCertificates: [],
      peerRawPublicKey: proof.publicKeyInfo.der,
      stapled: {},
      peer: proof,
    };
  const peerCertificates = proof?.received.map(({ der }) => der) ?? [];
  return { peerCertificates, stapled: proof?.stapled ?? {}, peer: proof };
}
