/** SHA-1 and SHA-2 with HMAC (RFC 2104) and HKDF (RFC 5869), from Node. */
import { createHash, type Hash } from "node:crypto";
import { NO_BYTES } from "../../bytes.ts";
import type { HashAlgorithm, HashName, RunningHash } from "../provider.ts";
import { Hmac } from "./hmac.ts";

/** OpenSSL's names. */
export const DIGESTS: Readonly<Record<HashName, string>> = {
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/** The hash rows; arrays as in noble's: new, and never Node's `Buffer`. */
export const hashes: Readonly<Record<HashName, HashAlgorithm>> = {
  "SHA-1": hashAlgorithm("SHA-1", 20, 64),
  "SHA-256": hashAlgorithm("SHA-256", 32, 64),
  "SHA-384": hashAlgorithm("SHA-384", 48, 128),
  "SHA-512": hashAlgorithm("SHA-512", 64, 128),
};

/**
 * A copy as a plain array: `slice` of a `Buffer` is a view, and callers rely
 * on a copy.
 */
export function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer);
}

function hashAlgorithm(
  name: HashName,
  outputLength: number,
  blockLength: number,
): HashAlgorithm {
  const digest = DIGESTS[name];
  const mac = new Hmac(digest, blockLength);
  const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array =>
    plain(mac.of(key, data));
  return {
    name,
    outputLength,
    blockLength,
    hash: (data) => plain(createHash(digest).update(data).digest()),
    create: () => new NodeHash(createHash(digest)),
    hmac,
    // RFC 5869 2.2: HMAC-Hash(salt, IKM). HMAC pads its key with zeros, so an
    // empty salt and one of HashLen zeros are the same key.
    hkdfExtract: hmac,
    // Node's hkdfSync extracts too: expanding alone is done here.
    hkdfExpand: (key, info, length) =>
      expand(mac, outputLength, key, info, length),
  };
}

/**
 * RFC 5869 2.3: T(i) = HMAC-Hash(PRK, T(i - 1) || info || i).
 *
 * @throws RangeError for more than 255 blocks, and for a key shorter than one
 */
function expand(
  mac: Hmac,
  outputLength: number,
  key: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  if (length > 255 * outputLength)
    throw new RangeError(
      `HKDF-Expand gives at most ${255 * outputLength} bytes, not ${length}`,
    );
  if (key.length < outputLength)
    throw new RangeError(
      `HKDF-Expand takes a key of at least ${outputLength} bytes, not ${key.length}`,
    );
  const out = new Uint8Array(length);
  let block: Uint8Array = NO_BYTES;
  for (let at = 0, i = 1; at < length; at += outputLength, i++) {
    const next = mac.of(key, block, info, Uint8Array.of(i));
    block.fill(0);
    out.set(next.subarray(0, length - at), at);
    block = next;
  }
  block.fill(0);
  return out;
}

class NodeHash implements RunningHash {
  readonly #state: Hash;

  constructor(state: Hash) {
    this.#state = state;
  }

  update(data: Uint8Array): void {
    this.#state.update(data);
  }

  /** Node's `digest` ends its object, so a copy of the state is ended. */
  digest(): Uint8Array {
    return plain(this.#state.copy().digest());
  }

  clone(): RunningHash {
    return new NodeHash(this.#state.copy());
  }
}
