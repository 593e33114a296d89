/** The extension of Encrypted Client Hello, RFC 9849 5. */
import { TlsError } from "../../errors.ts";
import {
  type ExtensionSpec,
  carriedAs,
  opaqueBody,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";

/** RFC 9849 5: bytes here; who speaks ECH brings who reads them. */
const row: ExtensionSpec = {
  name: "encrypted_client_hello",
  type: ExtensionType.encrypted_client_hello,
  carriers: {
    client_hello: carriedAs("encrypted_client_hello", opaqueBody),
    hello_retry_request: carriedAs("encrypted_client_hello", opaqueBody),
    encrypted_extensions: carriedAs("encrypted_client_hello", opaqueBody),
  },
  offer: ({ ech }, into) => {
    if (ech !== undefined) into.encrypted_client_hello = ech;
  },
  // RFC 9849 7.1: for a client whose hello stayed closed.
  answer: ({ config, hello: { extensions }, hidden }, into) => {
    const { retryConfigs } = config.encryptedClientHello ?? {};
    const offered = extensions.encrypted_client_hello !== undefined;
    if (offered && !hidden && retryConfigs !== undefined)
      into.encrypted_client_hello = retryConfigs;
  },
  // RFC 9849 6.1.6, 6.2: what a server that refused says of other keys.
  agree: ({ encrypted_client_hello: configs }, { ech }, agreed) => {
    if (configs === undefined || ech === undefined) return;
    if (ech.status === "accepted")
      throw new TlsError(reason.unsolicited_extension, {
        detail: "encrypted_client_hello",
      });
    ech.offer.checkRetryConfigs(configs);
    agreed.echRetryConfigs = configs.slice();
  },
};

/**
 * Encrypted Client Hello (RFC 9849), for `createClientConfigOf` and `createServerConfigOf`:
 * what the option `encryptedClientHello` needs beside the object of
 * `puretls/ech`.
 *
 * @example
 * ```ts
 * import { createEchGrease } from "puretls/ech";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfigOf, encryptedClientHello } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([encryptedClientHello], {
 *   provider,
 *   verifier,
 *   encryptedClientHello: createEchGrease(),
 * });
 * ```
 */
export const encryptedClientHello: Feature = {
  name: "encryptedClientHello",
  extensions: [row],
};
