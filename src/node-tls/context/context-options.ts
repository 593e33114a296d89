/** Options of secure contexts. */
import type { SecureContextOptions as NodeOptions } from "node:tls";

/** Options of `createSecureContext()`: Node's. */
export interface SecureContextOptions extends Omit<
  NodeOptions,
  "ALPNCallback"
> {
  /** Trust a certificate of `ca` that is no root, as Node 22 and later do. */
  allowPartialTrustChain?: boolean | undefined;
  /** Algorithms that may compress certificates, RFC 8879: Node 24 and later. */
  certificateCompression?: readonly ("zlib" | "brotli" | "zstd")[] | undefined;
}
