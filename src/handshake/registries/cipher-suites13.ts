/** The cipher suites of TLS 1.3. */
import type { AeadName, HashName } from "../../crypto/provider.ts";

/** A row of the table of cipher suites of TLS 1.3. */
export interface CipherSuite13 {
  readonly version: "TLSv1.3";
  readonly name: string;
  readonly code: number;
  readonly aead: AeadName;
  readonly hash: HashName;
  /** Bits of the AEAD's key, as `SSLSocket.cipher()` tells them. */
  readonly bits: number;
  /**
   * Records that one key may seal. RFC 9846 5.5 allows AES-GCM 2^24.5 records
   * of full size; for ChaCha20-Poly1305 the sequence number ends first.
   */
  readonly recordsPerKey: number;
}

// [9846-9.1-01]
/** RFC 9846 B.4. */
export const CIPHER_SUITES_13 = {
  TLS_AES_128_GCM_SHA256: {
    version: "TLSv1.3",
    name: "TLS_AES_128_GCM_SHA256",
    code: 0x1301,
    aead: "AES-128-GCM",
    hash: "SHA-256",
    bits: 128,
    recordsPerKey: 2 ** 24,
  },
  TLS_AES_256_GCM_SHA384: {
    version: "TLSv1.3",
    name: "TLS_AES_256_GCM_SHA384",
    code: 0x1302,
    aead: "AES-256-GCM",
    hash: "SHA-384",
    bits: 256,
    recordsPerKey: 2 ** 24,
  },
  TLS_CHACHA20_POLY1305_SHA256: {
    version: "TLSv1.3",
    name: "TLS_CHACHA20_POLY1305_SHA256",
    code: 0x1303,
    aead: "ChaCha20-Poly1305",
    hash: "SHA-256",
    bits: 256,
    recordsPerKey: 2 ** 48,
  },
  TLS_AES_128_CCM_SHA256: {
    version: "TLSv1.3",
    name: "TLS_AES_128_CCM_SHA256",
    code: 0x1304,
    aead: "AES-128-CCM",
    hash: "SHA-256",
    bits: 128,
    // RFC 9846 5.5 gives no figure; RFC 9147 4.5.3's for confidentiality.
    recordsPerKey: 2 ** 23,
  },
  TLS_AES_128_CCM_8_SHA256: {
    version: "TLSv1.3",
    name: "TLS_AES_128_CCM_8_SHA256",
    code: 0x1305,
    aead: "AES-128-CCM-8",
    hash: "SHA-256",
    bits: 128,
    recordsPerKey: 2 ** 23,
  },
} as const satisfies Record<string, CipherSuite13>;

export type CipherSuiteName13 = keyof typeof CIPHER_SUITES_13;

const CHACHA20: readonly CipherSuiteName13[] = ["TLS_CHACHA20_POLY1305_SHA256"];
const AES: readonly CipherSuiteName13[] = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
];

/** Default order where AES is fast; ChaCha20 moves first where it is not. */
export function defaultCipherSuites13(
  fastAes: boolean,
): readonly CipherSuiteName13[] {
  return fastAes ? [...AES, ...CHACHA20] : [...CHACHA20, ...AES];
}
