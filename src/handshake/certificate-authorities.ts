/** The names of those whose certificates are wanted, RFC 8446 4.2.4. */
import {
  certificateAuthorities as authorities,
  oidFilters,
} from "./extensions/certificate-authorities.ts";
import type { Feature } from "./features.ts";

/**
 * Authorities that a peer of TLS 1.3 is told of, or tells (RFC 8446 4.2.4), for
 * `clientConfigOf` and `serverConfigOf`: what the option
 * `certificateAuthorities` needs. Without it a peer's wish is not heard, and
 * the first certificate is shown.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf, certificateAuthorities } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([certificateAuthorities], {
 *   provider,
 *   verifier,
 *   certificateAuthorities: [Uint8Array.of(0x30, 0)],
 * });
 * ```
 */
export const certificateAuthorities: Feature = {
  name: "certificateAuthorities",
  extensions: [authorities, oidFilters],
};
