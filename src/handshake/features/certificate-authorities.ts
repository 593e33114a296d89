/** The names of those whose certificates are wanted, RFC 9846 4.3.4. */
import {
  type BodyCodec,
  type ExtensionSpec,
  carriedAs,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import { oidFilters } from "./oid-filters.ts";
import { ExtensionType } from "../../wire/code-points.ts";

/** DER of distinguished names. */
const names: BodyCodec<readonly Uint8Array[]> = {
  write: (writer, values) =>
    writer.vector16((list) => {
      for (const value of values) list.opaque16(value);
    }),
  read: (reader) => reader.list16((r) => r.opaque16(1), 1),
};

/** RFC 9846 4.3.4. */
const authoritiesRow: ExtensionSpec = {
  name: "certificate_authorities",
  type: ExtensionType.certificate_authorities,
  carriers: {
    client_hello: carriedAs("certificate_authorities", names),
    certificate_request: carriedAs("certificate_authorities", names),
  },
  offer: ({ config: { certificateAuthorities: authorities } }, into) => {
    if (authorities.length > 0) into.certificate_authorities = authorities;
  },
  request: ({ certificateAuthorities: authorities }, into) => {
    if (authorities.length > 0) into.certificate_authorities = authorities;
  },
};

/**
 * Authorities that a peer of TLS 1.3 is told of, or tells (RFC 9846 4.3.4), for
 * `createClientConfigOf` and `createServerConfigOf`: what the option
 * `certificateAuthorities` needs. Without it a peer's wish is not heard, nor
 * are the filters of a server for the extensions of a client's certificate (RFC
 * 9846 4.3.5), and the first certificate is presented.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfigOf, certificateAuthorities } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([certificateAuthorities], {
 *   provider,
 *   verifier,
 *   certificateAuthorities: [Uint8Array.of(0x30, 0)],
 * });
 * ```
 */
export const certificateAuthorities: Feature = {
  name: "certificateAuthorities",
  extensions: [authoritiesRow, oidFilters],
};
