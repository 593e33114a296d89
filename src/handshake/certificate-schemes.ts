/** What signs the certificates themselves, RFC 8446 4.2.3. */
import { signatureAlgorithmsCert } from "./extensions/signature-algorithms-cert.ts";
import type { Feature } from "./features.ts";

/**
 * signature_algorithms_cert (RFC 8446 4.2.3), for `clientConfigOf` and
 * `serverConfigOf`: what the option `certificateSignatureSchemes` needs.
 * Without it certificates are to be signed as signatures are.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf, certificateSchemes } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([certificateSchemes], {
 *   provider,
 *   verifier,
 *   certificateSignatureSchemes: ["ed25519"],
 * });
 * ```
 */
export const certificateSchemes: Feature = {
  name: "certificateSchemes",
  extensions: [signatureAlgorithmsCert],
};
