/**
 * Configs of `puretls/engine` that speak TLS 1.3 and nothing else: a bundle
 * that takes its configs from here holds no line of TLS 1.2.
 *
 * @module
 */
import {
  type ClientConfig,
  makeClientConfig,
  makeServerConfig,
  type ClientOptions,
  type ServerConfig,
  type ServerOptions,
} from "../handshake/config/config.ts";
import { EVERY_CLIENT_FEATURE_13 } from "../handshake/client/features/every-feature.ts";
import type { Feature } from "../handshake/features/feature.ts";
import { EVERY_SERVER_FEATURE_13 } from "../handshake/server/features/every-feature.ts";
import type { ServerFeature } from "../handshake/server/hooks.ts";
import type { ClientFeature } from "../handshake/client/hooks.ts";
import type * as both from "./configs.ts";
import { clientProtocol13 } from "./client-protocols.ts";
import { serverProtocol13 } from "./server-protocols.ts";

const WHOLE_CLIENT = /* @__PURE__ */ clientProtocol13(EVERY_CLIENT_FEATURE_13);
const WHOLE_SERVER = /* @__PURE__ */ serverProtocol13(EVERY_SERVER_FEATURE_13);

/**
 * As `createClientConfig` of `puretls/engine`, for TLS 1.3 alone: a server of TLS
 * 1.2 is refused with `unsupported_protocol`.
 *
 * @throws TlsUsageError when the options contradict each other, and for a
 *   version or a cipher suite of TLS 1.2
 * @example
 * ```ts
 * import { noble } from "puretls/crypto/noble";
 * import { TlsEngine } from "puretls/engine";
 * import { createClientConfig } from "puretls/engine/tls13";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({
 *   provider: noble,
 *   trustStore: new TrustStore(),
 * });
 * const config = createClientConfig({ provider: noble, verifier });
 * const engine = TlsEngine.client(config, "example.org");
 * if (config.versions.join() !== "TLSv1.3") throw new Error("more than one");
 * if (!engine.hasOutput) throw new Error("no ClientHello");
 * ```
 */
export const createClientConfig: typeof both.createClientConfig = (options) =>
  makeClientConfig(WHOLE_CLIENT, options);

/**
 * As `createClientConfigOf` of `puretls/engine`, for TLS 1.3 alone.
 *
 * @throws TlsUsageError for an option that needs a feature which is not named
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfigOf } from "puretls/engine/tls13";
 * import { createVerifierOf, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([], { provider, trustStore });
 * createClientConfigOf([], { provider, verifier });
 * ```
 */
export const createClientConfigOf: typeof both.createClientConfigOf = (
  features,
  options,
) => makeClientConfig(clientProtocol13(features), options);

/**
 * As `createServerConfig` of `puretls/engine`, for TLS 1.3 alone: a client of TLS
 * 1.2 is refused with `unsupported_protocol`.
 *
 * @throws TlsUsageError when the options contradict each other, and for a
 *   version or a cipher suite of TLS 1.2
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { RAISE_NEED } from "puretls/engine";
 * import { createServerConfig } from "puretls/engine/tls13";
 *
 * createServerConfig({ provider, credentials: RAISE_NEED });
 * ```
 */
export const createServerConfig: typeof both.createServerConfig = (options) =>
  makeServerConfig(WHOLE_SERVER, options);

/**
 * As `createServerConfigOf` of `puretls/engine`, for TLS 1.3 alone.
 *
 * @throws TlsUsageError for an option or a credential that needs a feature
 *   which is not named
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { RAISE_NEED } from "puretls/engine";
 * import { createServerConfigOf } from "puretls/engine/tls13";
 *
 * createServerConfigOf([], { provider, credentials: RAISE_NEED });
 * ```
 */
export const createServerConfigOf: typeof both.createServerConfigOf = (
  features,
  options,
) => makeServerConfig(serverProtocol13(features), options);

export { certificateAuthorities } from "../handshake/features/certificate-authorities.ts";
export { certificateCompression } from "../handshake/features/certificate-compression.ts";
export { certificateSignatureSchemes } from "../handshake/features/certificate-schemes.ts";
export { signedCertificateTimestamps } from "../handshake/features/certificate-timestamps.ts";
export { delegatedCredentials } from "../handshake/features/delegated-credentials.ts";
export { encryptedClientHello } from "../handshake/features/encrypted-client-hello.ts";
export { rawPublicKeys } from "../handshake/features/raw-public-keys.ts";
export { recordSizes } from "../handshake/features/record-sizes.ts";
export { ocspStapling } from "../handshake/features/stapling.ts";
export { clientRefusalDetails } from "../handshake/client/features/refusal-details.ts";
export { serverRefusalDetails13 as serverRefusalDetails } from "../handshake/server/features/refusal-details.ts";
export { clientCertificates } from "../handshake/client/features/client-certificates.ts";
export { clientSessions13 as clientSessions } from "../handshake/client/features/sessions.ts";
export type {
  ClientConfig,
  ClientFeature,
  ClientOptions,
  Feature,
  ServerConfig,
  ServerFeature,
  ServerOptions,
};
