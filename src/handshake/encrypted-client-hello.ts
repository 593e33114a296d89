/** The extension of Encrypted Client Hello, RFC 9849 5. */
import { encryptedClientHello as row } from "./extensions/encrypted-client-hello.ts";
import type { Feature } from "./features.ts";

/**
 * Encrypted Client Hello (RFC 9849), for `clientConfigOf` and `serverConfigOf`:
 * what the option `encryptedClientHello` needs beside the object of
 * `puretls/ech`.
 *
 * @example
 * ```ts
 * import { echGrease } from "puretls/ech";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf, encryptedClientHello } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([encryptedClientHello], {
 *   provider,
 *   verifier,
 *   encryptedClientHello: echGrease(),
 * });
 * ```
 */
export const encryptedClientHello: Feature = {
  name: "encryptedClientHello",
  extensions: [row],
};
