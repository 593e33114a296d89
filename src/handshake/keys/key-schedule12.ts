/**
 * The key schedule of TLS 1.2, RFC 5246 5, 6.3, 8.1 and RFC 7627 4: a preliminary
 * secret becomes a main secret, and that becomes everything else.
 */
import { asciiBytes, concat, Secret } from "../../bytes.ts";
import type { HashAlgorithm } from "../../crypto/provider.ts";
import type { Transcript12 } from "./transcript.ts";

export type { MainSecret12 };

/** RFC 5246 8.1. */
const MAIN_SECRET_LENGTH = 48;
/** RFC 5246 7.4.9: of every suite that puretls has. */
const VERIFY_DATA_LENGTH = 12;

/** ClientHello.random and ServerHello.random. */
export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** PRF(secret, label, seed), RFC 5246 5; the result belongs to the caller. */
export function prf(
  hash: HashAlgorithm,
  secret: Secret,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = concat(asciiBytes(label), seed);
  const out = new Uint8Array(length);
  let a: Uint8Array = labelled;
  for (let at = 0; at < length; at += hash.outputLength) {
    a = hash.hmac(secret.bytes, a);
    const block = hash.hmac(secret.bytes, concat(a, labelled));
    out.set(block.subarray(0, length - at), at);
  }
  return out;
}

/**
 * RFC 5246 8.1, or RFC 7627 4: then it is bound to the handshake up to the
 * ClientKeyExchange, not to two random values. The preliminary secret is wiped.
 */
export function newMainSecret(
  preliminary: Secret,
  {
    transcript,
    randoms,
    extended,
  }: {
    /** Up to the ClientKeyExchange. */
    readonly transcript: Transcript12;
    readonly randoms: Randoms;
    readonly extended: boolean;
  },
): MainSecret12 {
  const { hash } = transcript;
  // [7627-5.1-01] [7627-5.2-06]
  const [label, seed] = extended
    ? (["extended master secret", transcript.digest()] as const)
    : (["master secret", concat(randoms.client, randoms.server)] as const);
  const bytes = prf(hash, preliminary, label, seed, MAIN_SECRET_LENGTH);
  preliminary.wipe();
  return new MainSecret12(hash, new Secret(bytes));
}

/** The main secret of a session that goes on; the secret is copied. */
export function resumedMainSecret(
  hash: HashAlgorithm,
  secret: Secret,
): MainSecret12 {
  return new MainSecret12(hash, secret.clone());
}

/** The key block of RFC 5246 6.3, cut. */
export interface KeyBlock {
  readonly clientMacKey: Uint8Array;
  readonly serverMacKey: Uint8Array;
  readonly clientKey: Secret;
  readonly serverKey: Secret;
  readonly clientIv: Uint8Array;
  readonly serverIv: Uint8Array;
}

class MainSecret12 {
  readonly #hash: HashAlgorithm;
  readonly #secret: Secret;

  constructor(hash: HashAlgorithm, secret: Secret) {
    this.#hash = hash;
    this.#secret = secret;
  }

  /** For the key log. Not a copy. */
  get bytes(): Uint8Array {
    return this.#secret.bytes;
  }

  /** For a session: a copy with a life of its own. */
  session(): Secret {
    return this.#secret.clone();
  }

  /** RFC 5246 6.3. */
  keyBlock(
    { client, server }: Randoms,
    lengths: {
      readonly mac: number;
      readonly key: number;
      readonly iv: number;
    },
  ): KeyBlock {
    const { mac, key, iv } = lengths;
    const seed = concat(server, client);
    const block = this.#expand("key expansion", seed, 2 * (mac + key + iv));
    let at = 0;
    const next = (length: number): Uint8Array =>
      block.slice(at, (at += length));
    const cut = {
      clientMacKey: next(mac),
      serverMacKey: next(mac),
      clientKey: new Secret(next(key)),
      serverKey: new Secret(next(key)),
      clientIv: next(iv),
      serverIv: next(iv),
    };
    block.fill(0);
    return cut;
  }

  /** verify_data of the client's Finished, RFC 5246 7.4.9. */
  clientFinished(transcriptHash: Uint8Array): Uint8Array {
    return this.#expand("client finished", transcriptHash, VERIFY_DATA_LENGTH);
  }

  /** verify_data of the server's Finished, RFC 5246 7.4.9. */
  serverFinished(transcriptHash: Uint8Array): Uint8Array {
    return this.#expand("server finished", transcriptHash, VERIFY_DATA_LENGTH);
  }

  /** RFC 5705 4: no context is not the same as an empty one. */
  exportKeyingMaterial(
    { client, server }: Randoms,
    label: string,
    length: number,
    context?: Uint8Array,
  ): Uint8Array {
    const seed = [client, server];
    if (context !== undefined)
      seed.push(
        Uint8Array.of(context.length >> 8, context.length & 0xff),
        context,
      );
    return this.#expand(label, concat(...seed), length);
  }

  wipe(): void {
    this.#secret.wipe();
  }

  clone(): MainSecret12 {
    return new MainSecret12(this.#hash, this.#secret.clone());
  }

  #expand(label: string, seed: Uint8Array, length: number): Uint8Array {
    return prf(this.#hash, this.#secret, label, seed, length);
  }
}
