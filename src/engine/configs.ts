/** Configs that speak both versions. */
import {
  type ClientConfig,
  type ClientOptions,
  makeClientConfig,
  makeServerConfig,
  type ServerConfig,
  type ServerOptions,
} from "../handshake/config.ts";
import { EVERY_CLIENT_FEATURE } from "../handshake/client/every-feature.ts";
import { EVERY_FEATURE } from "../handshake/every-feature.ts";
import type { Feature } from "../handshake/features.ts";
import { clientProtocol } from "./client-protocols.ts";
import { serverProtocol } from "./server-protocols.ts";

const WHOLE_CLIENT = /* @__PURE__ */ clientProtocol(EVERY_CLIENT_FEATURE);
const WHOLE_SERVER = /* @__PURE__ */ serverProtocol(EVERY_FEATURE);

/**
 * The options of a client made whole, checked and frozen: for any number of
 * connections. Speaks TLS 1.3 and 1.2; `puretls/engine/tls13` has one that
 * brings the code of TLS 1.3 alone, and `clientConfigOf` leaves features out.
 *
 * @throws TlsUsageError when the options contradict each other
 */
export function clientConfig(options: ClientOptions): ClientConfig {
  return makeClientConfig(WHOLE_CLIENT, options);
}

/**
 * As {@link clientConfig}, with no other features than those named: what is
 * not named is not loaded by a bundle. To the server such a client is one that
 * never heard of them.
 *
 * @throws TlsUsageError for an option that needs a feature which is not named
 * @example
 * ```ts
 * import { zlib } from "puretls/compression";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { certificateCompression, clientConfigOf } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * clientConfigOf([], { provider, verifier });
 * clientConfigOf([certificateCompression], {
 *   provider,
 *   verifier,
 *   certificateCompression: [zlib],
 * });
 * ```
 */
export function clientConfigOf(
  features: readonly Feature[],
  options: ClientOptions,
): ClientConfig {
  return makeClientConfig(clientProtocol(features), options);
}

/**
 * The options of a server made whole, checked and frozen: for any number of
 * connections. Speaks TLS 1.3 and 1.2; `puretls/engine/tls13` has one that
 * brings the code of TLS 1.3 alone, and `serverConfigOf` leaves features out.
 *
 * @throws TlsUsageError when the options contradict each other
 */
export function serverConfig(options: ServerOptions): ServerConfig {
  return makeServerConfig(WHOLE_SERVER, options);
}

/**
 * As {@link serverConfig}, with no other features than those named: what is
 * not named is not loaded by a bundle. To a client such a server is one that
 * never heard of them.
 *
 * @throws TlsUsageError for an option or a credential that needs a feature
 *   which is not named
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { serverConfigOf } from "puretls/engine";
 *
 * serverConfigOf([], { provider, credentials: "ask" });
 * ```
 */
export function serverConfigOf(
  features: readonly Feature[],
  options: ServerOptions,
): ServerConfig {
  return makeServerConfig(serverProtocol(features), options);
}
