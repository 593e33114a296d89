/**
 * `puretls/compression`: certificate compression (RFC 8879) by zlib, for any
 * runtime. What a config does not name is not loaded.
 *
 * @module
 */
import { Unzlib, zlibSync } from "fflate/browser";
import { concatAll } from "../bytes.ts";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";

export type { CertificateCompressor };

/** Input that is inflated before the output is counted again. */
const STEP = 256;

/**
 * zlib (RFC 1950), number 1 of RFC 8879. Inflating stops once there is more
 * than was declared.
 *
 * @example
 * ```ts
 * import { createClientConfig } from "puretls/engine";
 * import { noble } from "puretls/crypto/noble";
 * import { zlib } from "puretls/compression";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * createClientConfig({
 *   provider: noble,
 *   verifier: createVerifier({ provider: noble, trustStore }),
 *   certificateCompression: [zlib],
 * });
 * ```
 */
export const zlib: CertificateCompressor = {
  name: "zlib",
  code: 1,
  compress: (data) => zlibSync(data, { level: 9 }),
  decompress: (data, length) => {
    const parts: Uint8Array[] = [];
    let total = 0;
    const stream = new Unzlib((part) => {
      total += part.length;
      parts.push(part);
    });
    for (let at = 0; at < data.length && total <= length; at += STEP)
      stream.push(data.subarray(at, at + STEP), at + STEP >= data.length);
    if (total > length) throw new Error(`more than ${length} bytes`);
    const whole = concatAll(parts);
    // RFC 1950 2.2: the Adler-32 checksum stands last.
    if (checksum(whole) !== lastWord(data)) throw new Error("wrong checksum");
    return whole;
  },
};

/** Adler-32, RFC 1950 8.2. */
function checksum(data: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of data) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 0x10000 + a;
}

function lastWord(data: Uint8Array): number {
  let word = 0;
  for (const byte of data.subarray(-4)) word = word * 0x100 + byte;
  return word;
}
