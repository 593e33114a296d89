/** ML-DSA (FIPS 204), the pure variant, from `@noble/post-quantum`. */
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import type {
  MlDsaName,
  SignatureSigner,
  SignatureVerifier,
} from "../../provider.ts";

const ALGORITHMS = {
  "ml-dsa-44": () => ml_dsa44,
  "ml-dsa-65": () => ml_dsa65,
  "ml-dsa-87": () => ml_dsa87,
} as const;

/** FIPS 204 algorithm 1: bytes of a seed. */
const SEED_LENGTH = 32;
/** FIPS 204 algorithm 2: bytes of rnd, for the hedged variant. */
const RANDOM_LENGTH = 32;

/**
 * Verifies with an empty context, FIPS 204 algorithm 3. See {@link mlDsaSigner}
 * for an example.
 */
export function mlDsaVerifier(name: MlDsaName): SignatureVerifier {
  return (key, message, signature) => {
    if (key.type !== name) return false;
    try {
      return ALGORITHMS[name]().verify(signature, message, key.key);
    } catch {
      return false;
    }
  };
}

/**
 * Signs with an empty context, FIPS 204 algorithm 2, hedged with 32 random
 * bytes in one call.
 *
 * @example
 * ```ts
 * import { mlDsaSigner, mlDsaVerifier, noble } from "puretls/crypto/noble";
 *
 * const provider = {
 *   ...noble,
 *   signers: { ...noble.signers, "ml-dsa-44": mlDsaSigner("ml-dsa-44") },
 *   verifiers: { ...noble.verifiers, "ml-dsa-44": mlDsaVerifier("ml-dsa-44") },
 * };
 * ```
 */
export function mlDsaSigner(name: MlDsaName): SignatureSigner {
  return (key, message, random) => {
    if (key.type !== name)
      throw new TypeError(`${name} takes a key of its own, not ${key.type}`);
    const algorithm = ALGORITHMS[name]();
    checkSeed(name, key.seed.bytes);
    const { secretKey } = algorithm.keygen(key.seed.bytes);
    const extraEntropy = random(RANDOM_LENGTH);
    const signature = algorithm.sign(message, secretKey, { extraEntropy });
    secretKey.fill(0);
    extraEntropy.fill(0);
    return signature;
  };
}

/**
 * The public key of a seed.
 *
 * @throws TypeError when the seed is not 32 bytes
 */
export function mlDsaPublicKey(name: MlDsaName, seed: Uint8Array): Uint8Array {
  checkSeed(name, seed);
  const { publicKey, secretKey } = ALGORITHMS[name]().keygen(seed);
  secretKey.fill(0);
  return publicKey;
}

function checkSeed(name: MlDsaName, seed: Uint8Array): void {
  if (seed.length !== SEED_LENGTH)
    throw new TypeError(
      `an ${name} seed is ${SEED_LENGTH} bytes long, not ${seed.length}`,
    );
}
