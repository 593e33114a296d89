/** X25519 (RFC 7748, RFC 8446 4.2.8.2). */
import { Secret } from "../../bytes.ts";
import {
  InvalidKeyShare,
  type KeyExchangeGroup,
  type RandomSource,
} from "../provider.ts";
import { curve25519 } from "./curve25519.ts";

/**
 * The private key is the one call `random(32)`, as it comes: RFC 7748 clamps
 * it while multiplying.
 */
export const x25519: KeyExchangeGroup = {
  name: "x25519",
  initiatorShareLength: 32,
  responderShareLength: 32,
  generate(random) {
    const { privateKey, share } = ephemeral(random);
    return {
      share,
      decapsulate: (peerShare) => sharedSecret(privateKey, peerShare),
    };
  },
  encapsulate(peerShare, random) {
    const { privateKey, share } = ephemeral(random);
    return { share, secret: sharedSecret(privateKey, peerShare) };
  },
};

function ephemeral(random: RandomSource): {
  readonly privateKey: Uint8Array;
  readonly share: Uint8Array;
} {
  const { x25519: curve, beforeBaseMultiplication } = curve25519();
  const privateKey = random(32);
  // Without its table the Edwards curve is slower than the Montgomery ladder.
  const share = beforeBaseMultiplication()
    ? curve.getPublicKey(privateKey)
    : curve.scalarMult(privateKey, curve.GuBytes);
  return { privateKey, share };
}

/**
 * RFC 8446 7.4.2: "implementations MUST check whether the computed
 * Diffie-Hellman shared secret is the all-zero value and abort if so". noble
 * throws for the points that give zero, before it multiplies.
 */
function sharedSecret(privateKey: Uint8Array, peerShare: Uint8Array): Secret {
  if (peerShare.length !== 32)
    throw new InvalidKeyShare(
      `an x25519 key share is 32 bytes long, not ${peerShare.length}`,
    );
  try {
    return new Secret(
      curve25519().x25519.getSharedSecret(privateKey, peerShare),
    );
  } catch {
    throw new InvalidKeyShare(
      "this x25519 key share makes the shared secret all zeros",
    );
  }
}
