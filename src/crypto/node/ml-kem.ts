/**
 * ML-KEM-768 and ML-KEM-1024 (FIPS 203) from OpenSSL 3.5, which Node has from 24.7 on.
 * Elsewhere they are noble's.
 */
import * as crypto from "node:crypto";
import { fromHex, wipe } from "../../bytes.ts";
import {
  type MlKem,
  mlKem1024 as portable1024,
  mlKem768 as portable768,
} from "../noble/post-quantum/mlkem.ts";
import { InvalidKeyShare, type RandomSource } from "../provider.ts";
import {
  algorithmIdentifier,
  privateKeyInfo,
  publicKeyInfo,
  tlv,
} from "./der.ts";
import { plain } from "./hashes.ts";

/** Bytes of d and z, which make a key pair: FIPS 203 algorithm 16. */
const SEED_LENGTH = 64;

/** Returns random bytes of the system, by OpenSSL. */
export const systemRandom: RandomSource = (length) =>
  crypto.randomFillSync(new Uint8Array(length));

/** The two calls, which older types of Node do not know. */
interface Kems {
  encapsulate(key: crypto.KeyObject): {
    readonly sharedKey: Uint8Array;
    readonly ciphertext: Uint8Array;
  };
  decapsulate(key: crypto.KeyObject, ciphertext: Uint8Array): Uint8Array;
}

function hasKems(module: object): module is Kems {
  return ["encapsulate", "decapsulate"].every(
    (name) => typeof Reflect.get(module, name) === "function",
  );
}

/** ML-KEM-768; the object identifier is that of RFC 9935 3. */
export const mlKem768: MlKem = mlKem(
  "ML-KEM-768",
  "0609608648016503040402",
  portable768,
);

/** ML-KEM-1024. */
export const mlKem1024: MlKem = mlKem(
  "ML-KEM-1024",
  "0609608648016503040403",
  portable1024,
);

function mlKem(name: string, oid: string, portable: MlKem): MlKem {
  if (!hasKems(crypto)) return portable;
  const { encapsulate, decapsulate } = crypto;
  const { encapsulationKeyLength, ciphertextLength } = portable;
  const algorithm = algorithmIdentifier(fromHex(oid));

  const importSeed = (seed: Uint8Array): crypto.KeyObject => {
    // RFC 9935 6: the seed alone.
    const key = privateKeyInfo(algorithm, tlv(0x80, seed));
    const made = crypto.createPrivateKey({ key, format: "der", type: "pkcs8" });
    wipe(key);
    return made;
  };
  const shareOf = (privateKey: crypto.KeyObject): Uint8Array => {
    const info = crypto
      .createPublicKey(privateKey)
      .export({ format: "der", type: "spki" });
    return plain(info.subarray(-encapsulationKeyLength));
  };
  /** The answer to whether the module has these parameters too. */
  let isKnown: boolean | undefined;
  const isNative = (): boolean =>
    (isKnown ??= succeeds(() => shareOf(importSeed(new Uint8Array(64)))));

  return {
    encapsulationKeyLength,
    ciphertextLength,
    keyPair(random) {
      if (!isNative()) return portable.keyPair(random);
      const seed = random(SEED_LENGTH);
      const privateKey = importSeed(seed);
      wipe(seed);
      return {
        encapsulationKey: shareOf(privateKey),
        decapsulate(ciphertext) {
          if (ciphertext.length !== ciphertextLength)
            throw new InvalidKeyShare(
              `an ${name} ciphertext is ${ciphertextLength} bytes long, not ${ciphertext.length}`,
            );
          return moved(decapsulate(privateKey, ciphertext));
        },
      };
    },
    encapsulate(share, random) {
      // OpenSSL draws the message by itself: a program's own random is noble's to ask,
      // which refuses a length with its own words, too.
      if (
        random !== systemRandom ||
        share.length !== encapsulationKeyLength ||
        !isNative()
      )
        return portable.encapsulate(share, random);
      const publicKey = keyOf(publicKeyInfo(algorithm, share), name);
      const { ciphertext, sharedKey } = encapsulate(publicKey);
      return { ciphertext: plain(ciphertext), secret: moved(sharedKey) };
    },
  };
}

/** @throws InvalidKeyShare for a key that OpenSSL does not read: FIPS 203 7.2 */
function keyOf(key: Buffer, name: string): crypto.KeyObject {
  try {
    return crypto.createPublicKey({ key, format: "der", type: "spki" });
  } catch {
    throw new InvalidKeyShare(
      `this ${name} encapsulation key has a coefficient that is not below q`,
    );
  }
}

/** A plain array of a secret, of which nothing stays in Node's buffer. */
function moved(buffer: Uint8Array): Uint8Array {
  const secret = plain(buffer);
  wipe(buffer);
  return secret;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
