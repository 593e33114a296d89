/**
 * The hybrids of draft-ietf-tls-ecdhe-mlkem: two key exchanges side by side,
 * shares and secrets plainly concatenated. The ML-KEM part comes first in
 * X25519MLKEM768 and last in the other two, in shares and secrets alike. And
 * ML-KEM without a second one, for policies that want no other.
 */
import { concat, Secret } from "../../../bytes.ts";
import {
  type GroupName,
  InvalidKeyShare,
  type KeyExchange,
  type KeyExchangeGroup,
} from "../../provider.ts";
import { type MlKem, mlKem1024, mlKem768 } from "./mlkem.ts";
import { secp256r1, secp384r1 } from "../curves/nist.ts";
import { x25519 } from "../curves/x25519.ts";

/** X25519MLKEM768 on noble's X25519. See {@link noble} for an example. */
export const x25519MlKem768: KeyExchangeGroup =
  /* @__PURE__ */ x25519MlKem768With(x25519);

/** SecP256r1MLKEM768 on noble's P-256. See {@link noble} for an example. */
export const secP256r1MlKem768: KeyExchangeGroup =
  /* @__PURE__ */ secP256r1MlKem768With(secp256r1);

/** SecP384r1MLKEM1024 on noble's P-384. See {@link noble} for an example. */
export const secP384r1MlKem1024: KeyExchangeGroup =
  /* @__PURE__ */ secP384r1MlKem1024With(secp384r1);

/** ML-KEM alone, draft-ietf-tls-mlkem. Draws 64 random bytes, or 32. */
export const mlKem768Alone: KeyExchangeGroup =
  /* @__PURE__ */ mlKem768With(mlKem768);

/** See {@link mlKem768Alone}. */
export const mlKem1024Alone: KeyExchangeGroup =
  /* @__PURE__ */ mlKem1024With(mlKem1024);

/**
 * The hybrid on any X25519. The initiator draws 64 random bytes for ML-KEM,
 * then 32 for X25519; the responder 32 and 32, in the same order.
 */
export function x25519MlKem768With(
  ecdhe: KeyExchange,
  kem: MlKem = mlKem768,
): KeyExchangeGroup {
  return hybrid("X25519MLKEM768", kemAsExchange(kem), ecdhe);
}

/** The hybrid on any P-256. Draws in the order of the parts. */
export function secP256r1MlKem768With(
  ecdhe: KeyExchange,
  kem: MlKem = mlKem768,
): KeyExchangeGroup {
  return hybrid("SecP256r1MLKEM768", ecdhe, kemAsExchange(kem));
}

/** The hybrid on any P-384. Draws in the order of the parts. */
export function secP384r1MlKem1024With(
  ecdhe: KeyExchange,
  kem: MlKem = mlKem1024,
): KeyExchangeGroup {
  return hybrid("SecP384r1MLKEM1024", ecdhe, kemAsExchange(kem));
}

/** ML-KEM-768 by itself, on any implementation of it. */
export function mlKem768With(kem: MlKem): KeyExchangeGroup {
  return { name: "MLKEM768", ...kemAsExchange(kem) };
}

/** ML-KEM-1024 by itself, on any implementation of it. */
export function mlKem1024With(kem: MlKem): KeyExchangeGroup {
  return { name: "MLKEM1024", ...kemAsExchange(kem) };
}

function kemAsExchange(kem: MlKem): KeyExchange {
  return {
    initiatorShareLength: kem.encapsulationKeyLength,
    responderShareLength: kem.ciphertextLength,
    generate(random) {
      const pair = kem.keyPair(random);
      return {
        share: pair.encapsulationKey,
        decapsulate: (share) => new Secret(pair.decapsulate(share)),
      };
    },
    encapsulate(share, random) {
      const { ciphertext, secret } = kem.encapsulate(share, random);
      return { share: ciphertext, secret: new Secret(secret) };
    },
  };
}

function hybrid(
  name: GroupName,
  first: KeyExchange,
  last: KeyExchange,
): KeyExchangeGroup {
  const split = (
    share: Uint8Array,
    side: "initiatorShareLength" | "responderShareLength",
  ): readonly [Uint8Array, Uint8Array] => {
    const wanted = first[side] + last[side];
    if (share.length !== wanted)
      throw new InvalidKeyShare(
        `this side's ${name} key share is ${wanted} bytes long, not ${share.length}`,
      );
    return [share.subarray(0, first[side]), share.subarray(first[side])];
  };
  return {
    name,
    initiatorShareLength:
      first.initiatorShareLength + last.initiatorShareLength,
    responderShareLength:
      first.responderShareLength + last.responderShareLength,
    generate(random) {
      const one = first.generate(random);
      const two = last.generate(random);
      return {
        share: concat(one.share, two.share),
        decapsulate(peerShare) {
          const [a, b] = split(peerShare, "responderShareLength");
          return joined(one.decapsulate(a), two.decapsulate(b));
        },
      };
    },
    encapsulate(peerShare, random) {
      const [a, b] = split(peerShare, "initiatorShareLength");
      const one = first.encapsulate(a, random);
      const two = last.encapsulate(b, random);
      return {
        share: concat(one.share, two.share),
        secret: joined(one.secret, two.secret),
      };
    },
  };
}

function joined(first: Secret, last: Secret): Secret {
  const secret = new Secret(concat(first.bytes, last.bytes));
  first.wipe();
  last.wipe();
  return secret;
}
