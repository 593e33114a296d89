/**
 * X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem): two key exchanges side by side,
 * shares and secrets plainly concatenated, the ML-KEM part first.
 */
import { concat, Secret } from "../../bytes.ts";
import { InvalidKeyShare, type KeyExchangeGroup } from "../provider.ts";
import {
  CIPHERTEXT_LENGTH,
  ENCAPSULATION_KEY_LENGTH,
  mlKem768Encapsulate,
  mlKem768KeyPair,
} from "./mlkem.ts";
import { x25519 } from "./x25519.ts";

/** The hybrid on noble's X25519. */
export const x25519MlKem768: KeyExchangeGroup =
  /* @__PURE__ */ hybridWith(x25519);

/**
 * The hybrid on any X25519. The initiator draws 64 random bytes for ML-KEM,
 * then 32 for X25519; the responder 32 and 32, in the same order.
 */
export function hybridWith(ecdhe: KeyExchangeGroup): KeyExchangeGroup {
  return {
    name: "X25519MLKEM768",
    initiatorShareLength: ENCAPSULATION_KEY_LENGTH + ecdhe.initiatorShareLength,
    responderShareLength: CIPHERTEXT_LENGTH + ecdhe.responderShareLength,
    generate(random) {
      const kem = mlKem768KeyPair(random);
      const ecdh = ecdhe.generate(random);
      return {
        share: concat(kem.encapsulationKey, ecdh.share),
        decapsulate(peerShare) {
          const [ciphertext, point] = split(peerShare, CIPHERTEXT_LENGTH);
          return joined(kem.decapsulate(ciphertext), ecdh.decapsulate(point));
        },
      };
    },
    encapsulate(peerShare, random) {
      const [key, point] = split(peerShare, ENCAPSULATION_KEY_LENGTH);
      const kem = mlKem768Encapsulate(key, random);
      const ecdh = ecdhe.encapsulate(point, random);
      return {
        share: concat(kem.ciphertext, ecdh.share),
        secret: joined(kem.secret, ecdh.secret),
      };
    },
  };
}

function split(
  share: Uint8Array,
  kemLength: number,
): readonly [Uint8Array, Uint8Array] {
  const wanted = kemLength + 32;
  if (share.length !== wanted)
    throw new InvalidKeyShare(
      `this side's X25519MLKEM768 key share is ${wanted} bytes long, not ${share.length}`,
    );
  return [share.subarray(0, kemLength), share.subarray(kemLength)];
}

function joined(kem: Uint8Array, ecdh: Secret): Secret {
  const secret = new Secret(concat(kem, ecdh.bytes));
  kem.fill(0);
  ecdh.wipe();
  return secret;
}
