/** The one table of cipher suites: those of TLS 1.3 and those of TLS 1.2. */
import {
  CIPHER_SUITES_12,
  type CipherSuite12,
  defaultCipherSuites12,
} from "./cipher-suites12.ts";
import {
  CIPHER_SUITES_13,
  type CipherSuite13,
  defaultCipherSuites13,
} from "./cipher-suites13.ts";

export type { CipherSuite12, CipherSuite13 };

export type CipherSuite = CipherSuite13 | CipherSuite12;

/** A version that puretls speaks. */
export type TlsProtocolVersion = CipherSuite["version"];

/**
 * Every suite that puretls has, whatever the version.
 *
 * @example
 * ```ts
 * import { CIPHER_SUITES } from "puretls/engine";
 *
 * const { code, bits } = CIPHER_SUITES.TLS_AES_128_GCM_SHA256;
 * if (code !== 0x1301 || bits !== 128) throw new Error();
 * ```
 */
export const CIPHER_SUITES = {
  ...CIPHER_SUITES_13,
  ...CIPHER_SUITES_12,
} as const satisfies Record<string, CipherSuite>;

export type CipherSuiteName = keyof typeof CIPHER_SUITES;

/** Default order where AES is fast; ChaCha20 moves first where it is not. */
export function defaultCipherSuites(
  fastAes: boolean,
): readonly CipherSuiteName[] {
  return [...defaultCipherSuites13(fastAes), ...defaultCipherSuites12(fastAes)];
}
