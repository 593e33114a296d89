/** The suites of puretls under the names by which Node lists them. */
import { zstd } from "../../compression/node.ts";
import { CIPHER_SUITES } from "../../handshake/registries/cipher-suites.ts";
import { opensslName } from "../../ssl/suite-names.ts";

/**
 * Returns the names of the suites that `ciphers` may name, in small letters and in
 * order. Node's `tls.getCiphers()`; it lists those of puretls.
 *
 * @example
 * ```ts
 * import { getCiphers } from "puretls/node-tls";
 *
 * if (!getCiphers().includes("tls_aes_128_gcm_sha256")) throw new Error();
 * ```
 */
export function getCiphers(): string[] {
  return Object.values(CIPHER_SUITES)
    .map(({ name, version }) =>
      (version === "TLSv1.3" ? name : opensslName(name)).toLowerCase(),
    )
    .sort();
}

/**
 * Returns the algorithms that `certificateCompression` may name on this runtime, RFC
 * 8879. Node's `tls.getCertificateCompressionAlgorithms()`. See {@link getCiphers} for
 * an example.
 */
export function getCertificateCompressionAlgorithms(): string[] {
  return ["zlib", "brotli", ...(zstd === undefined ? [] : ["zstd"])];
}
