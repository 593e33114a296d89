/** X448 (RFC 7748, RFC 9846 4.3.8.2). */
import { Secret } from "../../../bytes.ts";
import {
  InvalidKeyShare,
  type KeyExchangeGroup,
  type RandomSource,
} from "../../provider.ts";
import { curve448 } from "./curve448.ts";

/**
 * The private key is the one call `random(56)`, as it comes: RFC 7748 clamps it
 * while multiplying. See {@link noble} for an example.
 */
export const x448: KeyExchangeGroup = {
  name: "x448",
  initiatorShareLength: 56,
  responderShareLength: 56,
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
  const privateKey = random(56);
  return { privateKey, share: curve448().x448.getPublicKey(privateKey) };
}

/** RFC 9846 7.4.2 and 7748 6.2: noble throws for the points that give zero. */
function sharedSecret(privateKey: Uint8Array, peerShare: Uint8Array): Secret {
  if (peerShare.length !== 56)
    throw new InvalidKeyShare(
      `an x448 key share is 56 bytes long, not ${peerShare.length}`,
    );
  try {
    return new Secret(curve448().x448.getSharedSecret(privateKey, peerShare));
  } catch {
    throw new InvalidKeyShare(
      "this x448 key share makes the shared secret all zeros",
    );
  }
}
