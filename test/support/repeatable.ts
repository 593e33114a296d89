/**
 * Providers whose bytes depend on a seed alone. By themselves node:crypto's
 * signers draw randomness from OpenSSL, and noble's take several times as long
 * as everything else in a handshake; so a signature is made once for each key
 * and content, by noble, and remembered.
 */
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type {
  CryptoProvider,
  PrivateKey,
  RandomSource,
  SignatureSigner,
} from "../../src/crypto/provider.ts";
import { seededRandom } from "./seeded-random.ts";

/** By key: the signatures so far, by algorithm and content. */
const made = new WeakMap<PrivateKey, Map<string, Uint8Array>>();

/** Draws nothing from the connection's own random source. */
function remembering(name: string, sign: SignatureSigner): SignatureSigner {
  return (key, message) => {
    const known = made.get(key) ?? new Map<string, Uint8Array>();
    made.set(key, known);
    const id = `${name} ${toHex(message)}`;
    const signature =
      known.get(id) ?? sign(key, message, seededRandom("signatures"));
    known.set(id, signature);
    return signature.slice();
  };
}

const signers = Object.fromEntries(
  Object.entries(noble.signers).map(([name, sign]) => [
    name,
    remembering(name, sign),
  ]),
);

/**
 * A provider that does the same for the same random bytes, whichever of the two
 * it is made of: keys of groups follow from `random`, signatures are remembered.
 */
export function repeatable(
  random: RandomSource,
  provider: CryptoProvider = node,
): CryptoProvider {
  // The default order of suites is the same whichever it is.
  return { ...provider, fastAes: noble.fastAes, random, signers };
}
