/** The extension of Encrypted Client Hello, RFC 9849 5. */
import { encryptedClientHello as row } from "./extensions/encrypted-client-hello.ts";
import type { ServerConfig } from "./config.ts";
import type { EchOpened } from "./ech.ts";
import type { Feature } from "./features.ts";
import type { ClientHello } from "./messages/client-hello.ts";

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
  turns: { ech: { open, retryConfigs } },
};

function open(
  config: ServerConfig,
  hello: ClientHello,
  first: { readonly opened: EchOpened | undefined } | undefined,
): EchOpened | undefined {
  // RFC 9849 7.1.1: a hello that could not be opened is not tried again.
  if (first !== undefined) return first.opened?.openSecond(hello);
  // RFC 9849 has nothing to say to a server of TLS 1.2.
  if (!config.versions.includes("TLSv1.3")) return undefined;
  return config.encryptedClientHello?.open(config, hello);
}

function retryConfigs(
  { encryptedClientHello: server }: ServerConfig,
  hello: ClientHello,
  opened: EchOpened | undefined,
): Uint8Array | undefined {
  const offered = hello.extensions.encrypted_client_hello !== undefined;
  return offered && opened === undefined ? server?.retryConfigs : undefined;
}
