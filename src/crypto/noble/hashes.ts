/**
 * SHA-1 and SHA-2 with HMAC (RFC 2104) and HKDF (RFC 5869), from
 * `@noble/hashes`.
 */
import { expand } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { CHash, Hash } from "@noble/hashes/utils.js";
import type { HashAlgorithm, HashName, RunningHash } from "../provider.ts";

/** noble's own hash functions, for the signature algorithms built on them. */
export const nobleHashes: Readonly<Record<HashName, CHash>> = {
  "SHA-1": sha1,
  "SHA-256": sha256,
  "SHA-384": sha384,
  "SHA-512": sha512,
};

/**
 * The hash rows of the default provider. Every returned array is new and
 * belongs to the caller; no input is kept or changed.
 *
 * SHA-1 is there for signatures in old certificates and handshakes that a
 * policy above may refuse: it is no longer collision resistant.
 */
export const hashes: Readonly<Record<HashName, HashAlgorithm>> = {
  "SHA-1": hashAlgorithm("SHA-1"),
  "SHA-256": hashAlgorithm("SHA-256"),
  "SHA-384": hashAlgorithm("SHA-384"),
  "SHA-512": hashAlgorithm("SHA-512"),
};

function hashAlgorithm(name: HashName): HashAlgorithm {
  const hash = nobleHashes[name];
  return {
    name,
    outputLength: hash.outputLen,
    blockLength: hash.blockLen,
    hash: (data) => hash(data),
    create: () => new NobleHash(hash.create()),
    hmac: (key, data) => hmac(hash, key, data),
    // RFC 5869 2.2: HMAC-Hash(salt, IKM). HMAC pads its key with zeros, so an
    // empty salt and one of HashLen zeros are the same key.
    hkdfExtract: (salt, inputKey) => hmac(hash, salt, inputKey),
    hkdfExpand: (pseudoRandomKey, info, length) =>
      expand(hash, pseudoRandomKey, info, length),
  };
}

class NobleHash<T extends Hash<T>> implements RunningHash {
  readonly #state: T;

  constructor(state: T) {
    this.#state = state;
  }

  update(data: Uint8Array): void {
    this.#state.update(data);
  }

  /** noble's `digest` ends its object, so a copy of the state is ended. */
  digest(): Uint8Array {
    return this.#state.clone().digest();
  }

  clone(): RunningHash {
    return new NobleHash(this.#state.clone());
  }
}
