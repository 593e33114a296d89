/** OCSP stapling: RFC 6066 8, RFC 8446 4.4.2.1. */
import { statusRequest } from "./extensions/status-request.ts";
import { stapleExtensions } from "./extensions/table.ts";
import type { Feature } from "./features.ts";
import {
  encodeCertificateStatus,
  readCertificateStatus,
} from "./messages/certificate-status.ts";

/**
 * OCSP stapling (RFC 6066 8), for `clientConfigOf` and `serverConfigOf`: what
 * the option `ocspStapling` and a credential with an `ocspResponse` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf, stapling } from "puretls/engine";
 * import {
 *   createVerifierOf,
 *   stapledResponses,
 *   TrustStore,
 * } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([stapledResponses], {
 *   provider,
 *   trustStore,
 * });
 * clientConfigOf([stapling], { provider, verifier, ocspStapling: true });
 * ```
 */
export const stapling: Feature = {
  name: "stapling",
  extensions: [statusRequest],
  turns: {
    stapling: {
      status12: (credential, { config: { protocol }, hello }) => {
        const { status_request: response } = stapleExtensions(
          protocol.extensions,
          credential,
          hello.extensions,
        );
        return response && encodeCertificateStatus(response);
      },
      response12: (message) => readCertificateStatus(message).ocspResponse,
    },
  },
};
