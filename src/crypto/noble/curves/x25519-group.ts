/** X25519 (RFC 7748, RFC 9846 4.3.8.2) over an arithmetic. */
import type { MontgomeryECDH } from "@noble/curves/abstract/montgomery.js";
import { Secret } from "../../../bytes.ts";
import {
  InvalidKeyShare,
  type KeyExchangeGroup,
  type RandomSource,
} from "../../provider.ts";

/** The arithmetic that a row of X25519 needs. */
export interface X25519Arithmetic {
  shareOf(privateKey: Uint8Array): Uint8Array;
  curve(): MontgomeryECDH;
}

/**
 * The private key is the one call `random(32)`, as it comes: RFC 7748 clamps
 * it while multiplying.
 */
export function x25519Group({
  shareOf,
  curve,
}: X25519Arithmetic): KeyExchangeGroup {
  const ephemeral = (random: RandomSource) => {
    const privateKey = random(32);
    return { privateKey, share: shareOf(privateKey) };
  };
  return {
    name: "x25519",
    initiatorShareLength: 32,
    responderShareLength: 32,
    generate(random) {
      const { privateKey, share } = ephemeral(random);
      return {
        share,
        decapsulate: (peerShare) =>
          sharedSecret(curve(), privateKey, peerShare),
      };
    },
    encapsulate(peerShare, random) {
      const { privateKey, share } = ephemeral(random);
      return { share, secret: sharedSecret(curve(), privateKey, peerShare) };
    },
  };
}

/**
 * RFC 9846 7.4.2: "implementations MUST check whether the computed
 * Diffie-Hellman shared secret is the all-zero value and abort if so". noble
 * throws for the points that give zero, before it multiplies.
 */
function sharedSecret(
  curve: MontgomeryECDH,
  privateKey: Uint8Array,
  peerShare: Uint8Array,
): Secret {
  if (peerShare.length !== 32)
    throw new InvalidKeyShare(
      `an x25519 key share is 32 bytes long, not ${peerShare.length}`,
    );
  try {
    // [8422-5.10-02] [8422-5.11-03] [9846-7.4.2-02] [9846-7.4.2-03]
    return new Secret(curve.getSharedSecret(privateKey, peerShare));
  } catch {
    throw new InvalidKeyShare(
      "this x25519 key share makes the shared secret all zeros",
    );
  }
}
