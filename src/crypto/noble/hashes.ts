/**
 * SHA-1 and SHA-2 with HMAC (RFC 2104) and HKDF (RFC 5869), from
 * `@noble/hashes`.
 */
import { expand } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { type CHash, createHasher, type Hash } from "@noble/hashes/utils.js";
import { wipe } from "../../bytes.ts";
import type { HashAlgorithm, HashName, RunningHash } from "../provider.ts";

/** noble's hash functions, for the signature algorithms built on them too. */
export const nobleHashes: Readonly<Record<HashName, CHash>> = {
  "SHA-1": reusing(sha1),
  "SHA-256": reusing(sha256),
  "SHA-384": reusing(sha384),
  "SHA-512": reusing(sha512),
};

/**
 * The hash rows of the default provider. Every returned array is new and
 * belongs to the caller; no input is kept or changed.
 *
 * SHA-1 is there for signatures in old certificates and handshakes that a
 * policy above may refuse: it is no longer collision resistant. See
 * {@link noble} for an example.
 */
export const hashes: Readonly<Record<HashName, HashAlgorithm>> = {
  "SHA-1": hashAlgorithm("SHA-1"),
  "SHA-256": hashAlgorithm("SHA-256"),
  "SHA-384": hashAlgorithm("SHA-384"),
  "SHA-512": hashAlgorithm("SHA-512"),
};

/**
 * The same function on objects that take turns: making one of noble's takes as
 * long as hashing two blocks with it. What `create` returns is good until
 * three more were asked for: enough for HMAC, which has two under way and a
 * third for a long key. A digest wipes it.
 */
function reusing<T extends Hash<T>>(hash: CHash<T>): CHash<T> {
  const fresh = hash.create();
  const objects: T[] = [];
  let turn = 0;
  return createHasher<T>(() => {
    turn = (turn + 1) % 3;
    return (objects[turn] = fresh._cloneInto(objects[turn]));
  });
}

function hashAlgorithm(name: HashName): HashAlgorithm {
  const hash = nobleHashes[name];
  const { outputLen: outputLength, blockLen: blockLength } = hash;
  return {
    name,
    outputLength,
    blockLength,
    hash: (data) => hash(data),
    create: () => new NobleHash(hash),
    hmac: (key, data) => hmacOf(hash, key, data),
    // RFC 5869 2.2: HMAC-Hash(salt, IKM). HMAC pads its key with zeros, so an
    // empty salt and one of HashLen zeros are the same key.
    hkdfExtract: (salt, inputKey) => hmacOf(hash, salt, inputKey),
    hkdfExpand: (key, info, length) =>
      length > 0 && length <= outputLength && key.length >= outputLength
        ? firstBlock(hash, key, info, length)
        : expand(hash, key, info, length),
  };
}

/**
 * RFC 5869 2.3 as far as one block goes, which is all that TLS asks for:
 * T(1) = HMAC-Hash(PRK, T(0) | info | 0x01), and T(0) is empty.
 */
function firstBlock(
  hash: CHash,
  key: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const block = hmacOf(hash, key, info, ONE);
  if (length === block.length) return block;
  const part = block.slice(0, length);
  wipe(block);
  return part;
}

const ONE: Uint8Array = /* @__PURE__ */ Uint8Array.of(1);

/** The inner and the outer hash, which noble types as `any`. */
interface HmacParts {
  readonly iHash: HmacPart;
  readonly oHash: HmacPart;
}

interface HmacPart {
  update(part: Uint8Array): this;
  digest(): Uint8Array;
}

/** noble's own `digest` of an HMAC takes longer than those of its two hashes. */
function hmacOf(
  hash: CHash,
  key: Uint8Array,
  ...message: readonly Uint8Array[]
): Uint8Array {
  const parts: HmacParts = hmac.create(hash, key);
  const { iHash, oHash } = parts;
  for (const part of message) iHash.update(part);
  const inner = iHash.digest();
  const mac = oHash.update(inner).digest();
  wipe(inner);
  return mac;
}

class NobleHash<T extends Hash<T>> implements RunningHash {
  readonly #hash: CHash<T>;
  readonly #state: T;

  constructor(hash: CHash<T>, state = hash.create()) {
    this.#hash = hash;
    this.#state = state.clone();
  }

  update(data: Uint8Array): void {
    this.#state.update(data);
  }

  /** noble's `digest` ends its object, so a copy of the state is ended. */
  digest(): Uint8Array {
    return this.#state._cloneInto(this.#hash.create()).digest();
  }

  clone(): RunningHash {
    return new NobleHash(this.#hash, this.#state);
  }
}
