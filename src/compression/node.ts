/**
 * `puretls/compression/node`: certificate compression (RFC 8879) by Node's own
 * zlib, brotli and, where the runtime has it, zstd.
 *
 * @module
 */
import * as native from "node:zlib";
import type { CertificateCompression } from "../handshake/compression-row.ts";

export type { CertificateCompression };

type Codec = (
  data: Uint8Array,
  options?: { maxOutputLength?: number },
) => Buffer;

/** zlib (RFC 1950), number 1 of RFC 8879. */
export const zlib: CertificateCompression = row(
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
export const brotli: CertificateCompression = row(
  "brotli",
  2,
  native.brotliCompressSync,
  native.brotliDecompressSync,
);

/** zstd (RFC 8878), number 3 of RFC 8879; undefined before Node 22.15. */
export const zstd: CertificateCompression | undefined = zstdRow();

function zstdRow(): CertificateCompression | undefined {
  const module: object = native;
  if (!hasZstd(module)) return undefined;
  return row("zstd", 3, module.zstdCompressSync, module.zstdDecompressSync);
}

interface Zstd {
  readonly zstdCompressSync: Codec;
  readonly zstdDecompressSync: Codec;
}

function hasZstd(module: object): module is Zstd {
  return "zstdCompressSync" in module && "zstdDecompressSync" in module;
}

function row(
  name: string,
  code: number,
  compress: Codec,
  decompress: Codec,
): CertificateCompression {
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
