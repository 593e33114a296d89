/** The public half of a private key of any kind. */
import type { PrivateKey, PublicKey } from "../provider.ts";
import { ed25519PublicKey, ed448PublicKey } from "./curves/eddsa.ts";
import { mlDsaPublicKey } from "./post-quantum/mldsa.ts";
import { publicKeyWith } from "./public-key-with.ts";

/**
 * The public key that belongs to a private one: modulus and exponent, an
 * uncompressed point, or the bytes of a key. The arrays are new. See
 * {@link noble} for an example.
 *
 * @throws TypeError when an EC scalar or a seed is not a valid one
 */
export const publicKeyOf: (key: PrivateKey) => PublicKey =
  /* @__PURE__ */ publicKeyWith({
    ed25519: ed25519PublicKey,
    ed448: ed448PublicKey,
    "ml-dsa-44": (seed) => mlDsaPublicKey("ml-dsa-44", seed),
    "ml-dsa-65": (seed) => mlDsaPublicKey("ml-dsa-65", seed),
    "ml-dsa-87": (seed) => mlDsaPublicKey("ml-dsa-87", seed),
  });
