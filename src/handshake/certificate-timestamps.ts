/** Certificate Transparency in the handshake, RFC 6962 3.3.1. */
import { signedCertificateTimestamp } from "./extensions/signed-certificate-timestamp.ts";
import type { Feature } from "./features.ts";

/**
 * SignedCertificateTimestamps (RFC 6962 3.3.1), for `clientConfigOf` and
 * `serverConfigOf`: what the option `signedCertificateTimestamps` and a
 * credential with `scts` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { certificateTimestamps, clientConfigOf } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([certificateTimestamps], {
 *   provider,
 *   verifier,
 *   signedCertificateTimestamps: true,
 * });
 * ```
 */
export const certificateTimestamps: Feature = {
  name: "certificateTimestamps",
  extensions: [signedCertificateTimestamp],
};
