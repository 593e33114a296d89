/** Signature schemes of the certificates themselves, RFC 9846 4.3.3. */
import {
  type ExtensionSpec,
  carriedAs,
  u16ListBody,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../registries/signature-schemes.ts";
import { ExtensionType } from "../../wire/code-points.ts";

/** RFC 9846 4.3.3: said where it is not the same. */
const signatureAlgorithmsCert: ExtensionSpec = {
  name: "signature_algorithms_cert",
  type: ExtensionType.signature_algorithms_cert,
  carriers: {
    client_hello: carriedAs("signature_algorithms_cert", u16ListBody),
    certificate_request: carriedAs("signature_algorithms_cert", u16ListBody),
  },
  offer: ({ config: { certificateSignatureSchemes: names } }, into) => {
    if (names) into.signature_algorithms_cert = codes(names);
  },
  request: ({ certificateSignatureSchemes: names }, into) => {
    if (names) into.signature_algorithms_cert = codes(names);
  },
};

function codes(names: readonly SignatureSchemeName[]): readonly number[] {
  return names.map((name) => SIGNATURE_SCHEMES[name].code);
}

/**
 * signature_algorithms_cert (RFC 9846 4.3.3), for `createClientConfigOf` and
 * `createServerConfigOf`: what the option `certificateSignatureSchemes` needs.
 * Without it certificates are to be signed as signatures are.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfigOf, certificateSignatureSchemes } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([certificateSignatureSchemes], {
 *   provider,
 *   verifier,
 *   certificateSignatureSchemes: ["ed25519"],
 * });
 * ```
 */
export const certificateSignatureSchemes: Feature = {
  name: "certificateSignatureSchemes",
  extensions: [signatureAlgorithmsCert],
};
