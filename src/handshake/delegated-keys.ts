/** Keys that a certificate's key speaks for, in the handshake: RFC 9345. */
import { delegatedCredential } from "./extensions/delegated-credential.ts";
import type { Feature } from "./features.ts";
import { SIGNATURE_SCHEMES } from "./signature-schemes.ts";

/**
 * Delegated credentials (RFC 9345), for `clientConfigOf` and `serverConfigOf`:
 * what the option `delegatedCredentials` and a credential of
 * `delegateCredential` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import {
 *   acceptDelegatedCredentials,
 *   clientConfigOf,
 *   delegatedCredentials,
 * } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([delegatedCredentials], {
 *   provider,
 *   verifier,
 *   delegatedCredentials: acceptDelegatedCredentials(),
 * });
 * ```
 */
export const delegatedCredentials: Feature = {
  name: "delegatedCredentials",
  extensions: [delegatedCredential],
  turns: {
    delegation: {
      peerKey: ({ certificate: leaf, extensions }, signer, config) => {
        const { delegated_credential: bytes } = extensions;
        const { delegatedCredentials: accepted } = config;
        const { provider, signatureSchemes } = config;
        if (bytes === undefined) return undefined;
        const options = { bytes, leaf, signer, provider, signatureSchemes };
        return accepted?.keyOf(options);
      },
      // RFC 9345 4.1.1: the peer takes the key, and what stands for it.
      scheme: ({ scheme, signedWith }, peerTakes, peerSchemes) =>
        peerTakes.includes(SIGNATURE_SCHEMES[scheme].code) &&
        peerSchemes.includes(SIGNATURE_SCHEMES[signedWith].code)
          ? scheme
          : undefined,
    },
  },
};
