/** Keys that a certificate's key speaks for, in the handshake: RFC 9345. */
import {
  type ExtensionSpec,
  carriedAs,
  opaqueBody,
  u16ListBody,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import { SIGNATURE_SCHEMES } from "../registries/signature-schemes.ts";
import { ExtensionType } from "../../wire/code-points.ts";

/** RFC 9345 4.1: schemes of the keys; beside a leaf the credential itself. */
const delegatedCredential: ExtensionSpec = {
  name: "delegated_credential",
  type: ExtensionType.delegated_credential,
  carriers: {
    client_hello: carriedAs("delegated_credential", u16ListBody),
    certificate_request: carriedAs("delegated_credential", u16ListBody),
    certificate: carriedAs("delegated_credential", opaqueBody),
  },
  offer: ({ config: { delegatedCredentials: accepts } }, into) => {
    if (accepts !== undefined)
      into.delegated_credential = accepts.schemes.map(
        (name) => SIGNATURE_SCHEMES[name].code,
      );
  },
  request: ({ delegatedCredentials: accepts }, into) => {
    if (accepts !== undefined)
      into.delegated_credential = accepts.schemes.map(
        (name) => SIGNATURE_SCHEMES[name].code,
      );
  },
  staple: ({ delegation }, _asked, into) => {
    // Who chose the credential has seen that the peer takes it.
    if (delegation !== undefined) into.delegated_credential = delegation.bytes;
  },
};

/**
 * Delegated credentials (RFC 9345), for `createClientConfigOf` and `createServerConfigOf`:
 * what the option `delegatedCredentials` and a credential of
 * `delegateCredential` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import {
 *   acceptDelegatedCredentials,
 *   createClientConfigOf,
 *   delegatedCredentials,
 * } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([delegatedCredentials], {
 *   provider,
 *   verifier,
 *   delegatedCredentials: acceptDelegatedCredentials(),
 * });
 * ```
 */
export const delegatedCredentials: Feature = {
  name: "delegatedCredentials",
  extensions: [delegatedCredential],
  credentials: {
    signingKey: ({ certificate: leaf, extensions }, signer, config) => {
      const { delegated_credential: bytes } = extensions;
      const { delegatedCredentials: accepted } = config;
      const { provider, signatureSchemes } = config;
      if (bytes === undefined) return undefined;
      const options = { bytes, leaf, signer, provider, signatureSchemes };
      return accepted?.keyOf(options);
    },
    // RFC 9345 4.1.1: the peer accepts the key, and what vouches for it. One
    // that has expired is not presented: the certificate's own key signs.
    scheme: ({ delegation }, { schemes, delegated, now }) =>
      delegation !== undefined &&
      now <= delegation.until &&
      delegated.includes(SIGNATURE_SCHEMES[delegation.scheme].code) &&
      schemes.includes(SIGNATURE_SCHEMES[delegation.signedWith].code)
        ? delegation.scheme
        : undefined,
  },
};
