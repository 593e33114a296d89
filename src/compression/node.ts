/**
 * `puretls/compression/node`: certificate compression (RFC 8879) by Node's own
 * zlib, brotli and, where the runtime has it, zstd.
 *
 * @module
 */
import * as native from "node:zlib";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";

export type { CertificateCompressor };

type Codec = (
  data: Uint8Array,
  options?: { maxOutputLength?: number; params?: Record<number, number> },
) => Buffer;

/**
 * zlib (RFC 1950), number 1 of RFC 8879.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { zlib, zstd } from "puretls/compression/node";
 *
 * const context = new SSLContext("tlsServer");
 * context.certificateCompression = zstd ? [zstd, zlib] : [zlib];
 * ```
 */
export const zlib: CertificateCompressor = row(
  "zlib",
  1,
  (data) => native.deflateSync(data, { level: 9 }),
  native.inflateSync,
);

/**
 * brotli (RFC 7932), number 2 of RFC 8879.
 *
 * @example
 * ```ts
 * import { brotli, zlib } from "puretls/compression/node";
 *
 * const certificateCompression = [brotli, zlib]; // for a config
 * if (certificateCompression[0]?.code !== 2) throw new Error("not brotli");
 * ```
 */
export const brotli: CertificateCompressor = row(
  "brotli",
  2,
  native.brotliCompressSync,
  native.brotliDecompressSync,
);

/**
 * zstd (RFC 8878), number 3 of RFC 8879; undefined before Node 22.15. See
 * {@link zlib} for an example.
 */
export const zstd: CertificateCompressor | undefined = zstdRow();

function zstdRow(): CertificateCompressor | undefined {
  const module: object = native;
  if (!hasZstd(module)) return undefined;
  // RFC 8878 3.1.1.1.2: a decoder should support windows of 8 MiB. A frame of a
  // few bytes could have this side take sixteen times as much.
  const params = { [module.constants.ZSTD_d_windowLogMax]: 23 };
  return row("zstd", 3, module.zstdCompressSync, (data, options) =>
    module.zstdDecompressSync(data, { ...options, params }),
  );
}

interface Zstd {
  readonly zstdCompressSync: Codec;
  readonly zstdDecompressSync: Codec;
  readonly constants: { readonly ZSTD_d_windowLogMax: number };
}

function hasZstd(module: object): module is Zstd {
  return "zstdCompressSync" in module && "zstdDecompressSync" in module;
}

function row(
  name: string,
  code: number,
  compress: Codec,
  decompress: Codec,
): CertificateCompressor {
  return {
    name,
    code,
    compress: (data) => copy(compress(data)),
    decompress: (data, length) =>
      // One byte of room more than none: 0 would stand for no limit.
      copy(decompress(data, { maxOutputLength: Math.max(1, length) })),
  };
}

/** A plain array of its own, not a view on Node's pool. */
function copy(buffer: Buffer): Uint8Array {
  return Uint8Array.from(buffer);
}
