/** ECDSA, EdDSA and RSA signatures, from Node. */
import { constants, sign, verify } from "node:crypto";
import type {
  HashName,
  PrivateKey,
  PublicKey,
  SignatureSigner,
  SignatureVerifier,
} from "../provider.ts";
import { DIGESTS, hashes, plain } from "./hashes.ts";
import { nodePrivateKey, nodePublicKey } from "./keys.ts";

/** Options of Node's `sign` and `verify` beside the key. */
interface Options {
  readonly dsaEncoding?: "der";
  readonly padding?: number;
  readonly saltLength?: number;
}

interface Scheme {
  readonly says: string;
  readonly keyType: PublicKey["type"];
  /** OpenSSL's name, or undefined where the scheme hashes by itself. */
  readonly digest?: string;
  readonly options: Options;
}

/** FIPS 186-5 6, DER. Any hash goes with any curve. */
export function ecdsa(hash: HashName): Scheme {
  return {
    says: "ECDSA takes an EC key",
    keyType: "ec",
    digest: DIGESTS[hash],
    options: { dsaEncoding: "der" },
  };
}

/** RFC 8017 8.2. */
export function pkcs1(hash: HashName): Scheme {
  return {
    says: "RSA takes an RSA key",
    keyType: "rsa",
    digest: DIGESTS[hash],
    options: { padding: constants.RSA_PKCS1_PADDING },
  };
}

/** RFC 8017 8.1, MGF1 over the same hash, a salt as long as the hash. */
export function pss(hash: HashName): Scheme {
  return {
    says: "RSA takes an RSA key",
    keyType: "rsa",
    digest: DIGESTS[hash],
    options: {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: hashes[hash].outputLength,
    },
  };
}

/** RFC 8032 5.1. */
export const ed25519: Scheme = {
  says: "Ed25519 takes an Ed25519 key",
  keyType: "ed25519",
  options: {},
};

/** RFC 8032 5.2, with an empty context. */
export const ed448: Scheme = {
  says: "Ed448 takes an Ed448 key",
  keyType: "ed448",
  options: {},
};

/** Never throws. */
export function verifier(scheme: Scheme): SignatureVerifier {
  const { digest, options, keyType } = scheme;
  return (key, message, signature) => {
    if (key.type !== keyType) return false;
    const made = nodePublicKey(key);
    if (made === undefined) return false;
    try {
      return verify(digest, message, { key: made, ...options }, signature);
    } catch {
      return false;
    }
  };
}

/**
 * Signs. OpenSSL draws the nonces of ECDSA, the salts of PSS and the numbers
 * that blind RSA from its own source: the argument `random` is not used.
 *
 * @throws TypeError when the key does not fit, or is too small for the hash
 */
export function signer(scheme: Scheme): SignatureSigner {
  const { digest, options, keyType } = scheme;
  return (key, message) => {
    if (key.type !== keyType) throw wrongType(scheme, key);
    const made = nodePrivateKey(key);
    try {
      return plain(sign(digest, message, { key: made, ...options }));
    } catch {
      throw new TypeError(
        `OpenSSL cannot sign with this ${key.type} key: it is not sound, or too small for ${digest ?? "the algorithm"}`,
      );
    }
  };
}

function wrongType({ says }: Scheme, key: PrivateKey): TypeError {
  return new TypeError(`${says}, not one of type ${key.type}`);
}
