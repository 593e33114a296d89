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
} from "../handshake/config.ts";
import { EVERY_CLIENT_FEATURE_13 } from "../handshake/client/every-feature.ts";
import { EVERY_FEATURE } from "../handshake/every-feature.ts";
import type { Feature } from "../handshake/features.ts";
import { clientProtocol13 } from "./client-protocols.ts";
import { serverProtocol13 } from "./server-protocols.ts";

const WHOLE_CLIENT = /* @__PURE__ */ clientProtocol13(EVERY_CLIENT_FEATURE_13);
const WHOLE_SERVER = /* @__PURE__ */ serverProtocol13(EVERY_FEATURE);

/**
 * As `clientConfig` of `puretls/engine`, for TLS 1.3 alone: a server of TLS
 * 1.2 is refused with `unsupported_protocol`.
 *
 * @throws TlsUsageError when the options contradict each other, and for a
 *   version or a cipher suite of TLS 1.2
 * @example
 * ```ts
 * import { noble } from "puretls/crypto/noble";
 * import { TlsEngine } from "puretls/engine";
 * import { clientConfig } from "puretls/engine/tls13";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const verifier = createVerifier({
 *   provider: noble,
 *   trustStore: new TrustStore(),
 * });
 * const config = clientConfig({ provider: noble, verifier });
 * const engine = TlsEngine.client(config, "example.org");
 * if (config.versions.join() !== "TLSv1.3") throw new Error("more than one");
 * if (!engine.hasOutput) throw new Error("no ClientHello");
 * ```
 */
export function clientConfig(options: ClientOptions): ClientConfig {
  return makeClientConfig(WHOLE_CLIENT, options);
}

/**
 * As `clientConfigOf` of `puretls/engine`, for TLS 1.3 alone.
 *
 * @throws TlsUsageError for an option that needs a feature which is not named
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf } from "puretls/engine/tls13";
 * import { createVerifierOf, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([], { provider, trustStore });
 * clientConfigOf([], { provider, verifier });
 * ```
 */
export function clientConfigOf(
  features: readonly Feature[],
  options: ClientOptions,
): ClientConfig {
  return makeClientConfig(clientProtocol13(features), options);
}

/**
 * As `serverConfig` of `puretls/engine`, for TLS 1.3 alone: a client of TLS
 * 1.2 is refused with `unsupported_protocol`.
 *
 * @throws TlsUsageError when the options contradict each other, and for a
 *   version or a cipher suite of TLS 1.2
 */
export function serverConfig(options: ServerOptions): ServerConfig {
  return makeServerConfig(WHOLE_SERVER, options);
}

/**
 * As `serverConfigOf` of `puretls/engine`, for TLS 1.3 alone.
 *
 * @throws TlsUsageError for an option or a credential that needs a feature
 *   which is not named
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { serverConfigOf } from "puretls/engine/tls13";
 *
 * serverConfigOf([], { provider, credentials: "ask" });
 * ```
 */
export function serverConfigOf(
  features: readonly Feature[],
  options: ServerOptions,
): ServerConfig {
  return makeServerConfig(serverProtocol13(features), options);
}

export { certificateAuthorities } from "../handshake/certificate-authorities.ts";
export { certificateCompression } from "../handshake/certificate-compression.ts";
export { certificateSchemes } from "../handshake/certificate-schemes.ts";
export { certificateTimestamps } from "../handshake/certificate-timestamps.ts";
export { delegatedCredentials } from "../handshake/delegated-keys.ts";
export { encryptedClientHello } from "../handshake/encrypted-client-hello.ts";
export { rawPublicKeys } from "../handshake/raw-public-keys.ts";
export { recordSizes } from "../handshake/record-sizes.ts";
export { stapling } from "../handshake/stapling.ts";
export { clientCertificates } from "../handshake/client/certificates.ts";
export { clientSessions13 as clientSessions } from "../handshake/client/sessions.ts";
export type {
  ClientConfig,
  ClientOptions,
  Feature,
  ServerConfig,
  ServerOptions,
};
