/** Certificate Transparency in the handshake, RFC 6962 3.3.1. */
import {
  type BodyCodec,
  type ExtensionSpec,
  carriedAs,
  emptyBody,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import { ExtensionType } from "../../wire/code-points.ts";

/** SignedCertificateTimestampList, RFC 6962 3.3. */
const timestampList: BodyCodec<readonly Uint8Array[]> = {
  write: (writer, scts) =>
    writer.vector16((list) => {
      for (const sct of scts) list.opaque16(sct);
    }),
  read: (reader) => reader.list16((r) => r.opaque16(1), 1),
};

/** RFC 6962 3.3.1; its places in TLS 1.3: RFC 9846 4.3. */
const signedCertificateTimestamp: ExtensionSpec = {
  name: "signed_certificate_timestamp",
  type: ExtensionType.signed_certificate_timestamp,
  carriers: {
    client_hello: carriedAs("signed_certificate_timestamp", emptyBody),
    server_hello12: carriedAs("signed_certificate_timestamp", timestampList),
    certificate_request: carriedAs("signed_certificate_timestamp", emptyBody),
    certificate: carriedAs("signed_certificate_timestamp", timestampList),
  },
  offer: ({ config }, into) => {
    if (config.signedCertificateTimestamps)
      into.signed_certificate_timestamp = true;
  },
  request: (config, into) => {
    if (config.signedCertificateTimestamps)
      into.signed_certificate_timestamp = true;
  },
  staple: ({ scts }, { signed_certificate_timestamp: asked }, into) => {
    if (scts !== undefined && asked !== undefined)
      into.signed_certificate_timestamp = scts;
  },
  answer: ({ credential, hello: { extensions } }, into) => {
    if (credential?.scts && extensions.signed_certificate_timestamp)
      into.signed_certificate_timestamp = credential.scts;
  },
  agree: ({ signed_certificate_timestamp: scts }, _context, agreed) => {
    agreed.scts = scts?.map((sct) => sct.slice());
  },
};

/**
 * SignedCertificateTimestamps (RFC 6962 3.3.1), for `createClientConfigOf` and
 * `createServerConfigOf`: what the option `signedCertificateTimestamps` and a
 * credential with `scts` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { signedCertificateTimestamps, createClientConfigOf } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([signedCertificateTimestamps], {
 *   provider,
 *   verifier,
 *   signedCertificateTimestamps: true,
 * });
 * ```
 */
export const signedCertificateTimestamps: Feature = {
  name: "signedCertificateTimestamps",
  extensions: [signedCertificateTimestamp],
};
