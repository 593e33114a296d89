/** Configs that speak both versions. */
import {
  type ClientConfig,
  type ClientOptions,
  makeClientConfig,
  makeServerConfig,
  type ServerConfig,
  type ServerOptions,
} from "../handshake/config/config.ts";
import { EVERY_CLIENT_FEATURE } from "../handshake/client/features/every-feature.ts";
import { EVERY_SERVER_FEATURE } from "../handshake/server/features/every-feature.ts";
import type { ServerFeature } from "../handshake/server/hooks.ts";
import type { ClientFeature } from "../handshake/client/hooks.ts";
import { clientProtocol } from "./client-protocols.ts";
import { serverProtocol } from "./server-protocols.ts";

const WHOLE_CLIENT = /* @__PURE__ */ clientProtocol(EVERY_CLIENT_FEATURE);
const WHOLE_SERVER = /* @__PURE__ */ serverProtocol(EVERY_SERVER_FEATURE);

/**
 * The options of a client made whole, checked and frozen: for any number of
 * connections. Speaks TLS 1.3 and 1.2; `puretls/engine/tls13` has one that
 * brings the code of TLS 1.3 alone, and `createClientConfigOf` leaves features out.
 *
 * @throws TlsUsageError when the options contradict each other, and for a name
 *   that is no option
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfig } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * const config = createClientConfig({ provider, verifier, alpnProtocols: ["h2"] });
 * if (config.versions.length !== 2) throw new Error();
 * ```
 */
export function createClientConfig(options: ClientOptions): ClientConfig {
  return makeClientConfig(WHOLE_CLIENT, options);
}

/**
 * As {@link createClientConfig}, with no other features than those named: what is
 * not named is not loaded by a bundle. To the server such a client is one that
 * never heard of them.
 *
 * @throws TlsUsageError for an option that needs a feature which is not named,
 *   and for a name that is no option
 * @example
 * ```ts
 * import { zlib } from "puretls/compression";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { certificateCompression, createClientConfigOf } from "puretls/engine";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({ provider, trustStore: new TrustStore() });
 * createClientConfigOf([], { provider, verifier });
 * createClientConfigOf([certificateCompression], {
 *   provider,
 *   verifier,
 *   certificateCompression: [zlib],
 * });
 * ```
 */
export function createClientConfigOf(
  features: readonly ClientFeature[],
  options: ClientOptions,
): ClientConfig {
  return makeClientConfig(clientProtocol(features), options);
}

/**
 * The options of a server made whole, checked and frozen: for any number of
 * connections. Speaks TLS 1.3 and 1.2; `puretls/engine/tls13` has one that
 * brings the code of TLS 1.3 alone, and `createServerConfigOf` leaves features out.
 *
 * @throws TlsUsageError when the options contradict each other, and for a name
 *   that is no option
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createCredential, createServerConfig } from "puretls/engine";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { der, key } = createSelfSigned({ provider, hosts: ["localhost"] });
 * const credential = createCredential({
 *   provider,
 *   chain: [der],
 *   key: { algorithm: key.algorithm, key: key.privateKey },
 * });
 * createServerConfig({ provider, credentials: [credential] });
 * ```
 */
export function createServerConfig(options: ServerOptions): ServerConfig {
  return makeServerConfig(WHOLE_SERVER, options);
}

/**
 * As {@link createServerConfig}, with no other features than those named: what is
 * not named is not loaded by a bundle. To a client such a server is one that
 * never heard of them.
 *
 * @throws TlsUsageError for an option or a credential that needs a feature
 *   which is not named, and for a name that is no option
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createServerConfigOf, RAISE_NEED } from "puretls/engine";
 *
 * createServerConfigOf([], { provider, credentials: RAISE_NEED });
 * ```
 */
export function createServerConfigOf(
  features: readonly ServerFeature[],
  options: ServerOptions,
): ServerConfig {
  return makeServerConfig(serverProtocol(features), options);
}
