/** A server's keys for Encrypted Client Hello. */
import {
  hasHpkeSuite,
  HPKE_KEM,
  hpkeKeyPair,
  type HpkeSuite,
} from "../crypto/hpke.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { encodeEchConfig, isPublicName } from "./config.ts";

/** A key and what the world is told of it. */
export interface EchKey {
  /** One ECHConfig. */
  readonly config: Uint8Array;
  /** Of X25519, 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** HKDF-SHA256 with AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305. */
const SUITES: readonly HpkeSuite[] = [
  { kdf: 1, aead: 1 },
  { kdf: 1, aead: 2 },
  { kdf: 1, aead: 3 },
];

/**
 * A new key, or the config of one that exists. The arrays belong to the
 * caller; the private key is a secret to keep.
 *
 * @throws TlsUsageError for a public name that clients would pass over
 * @example
 * ```ts
 * import { createEchKey } from "puretls/ech";
 * import { noble } from "puretls/crypto/noble";
 *
 * const key = createEchKey({ provider: noble, publicName: "front.example" });
 * if (key.privateKey.length !== 32) throw new Error("no key");
 * ```
 */
export function createEchKey(options: {
  readonly provider: CryptoProvider;
  /** Goes over the wire in the clear; the server has a certificate for it. */
  readonly publicName: string;
  /** 0 to 255; random unless given. */
  readonly configId?: number;
  /** Longest name that is hidden, for padding, 0 to 255. Default 64. */
  readonly maximumNameLength?: number;
  readonly suites?: readonly HpkeSuite[];
  readonly privateKey?: Uint8Array;
}): EchKey {
  const { provider, publicName, maximumNameLength = 64 } = options;
  if (!isPublicName(publicName))
    throw new TlsUsageError("ECH: the public name is no host name");
  const suites = (options.suites ?? SUITES).filter((one) =>
    hasHpkeSuite(provider, one),
  );
  if (suites.length === 0)
    throw new TlsUsageError("ECH: the provider has none of these suites");
  const configId = options.configId ?? provider.random(1)[0] ?? 0;
  for (const number of [configId, maximumNameLength])
    if (!(Number.isInteger(number) && number >= 0 && number <= 255))
      throw new TlsUsageError("ECH: from 0 to 255");
  const privateKey = (options.privateKey ?? provider.random(32)).slice();
  return {
    privateKey,
    config: encodeEchConfig({
      configId,
      kem: HPKE_KEM,
      publicKey: hpkeKeyPair(provider, privateKey).share,
      suites,
      maximumNameLength,
      publicName,
      extensions: [],
    }),
  };
}
