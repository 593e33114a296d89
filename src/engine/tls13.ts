/**
 * Configs of `puretls/engine` that speak TLS 1.3 and nothing else: a bundle
 * that takes its configs from here holds no line of TLS 1.2.
 *
 * @module
 */
import {
  type ClientConfig,
  clientConfigOf,
  type ClientOptions,
  type ServerConfig,
  serverConfigOf,
  type ServerOptions,
} from "../handshake/config.ts";
import { clientProtocol13 } from "./client-protocols.ts";
import { serverProtocol13 } from "./server-protocols.ts";

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
  return clientConfigOf(clientProtocol13, options);
}

/**
 * As `serverConfig` of `puretls/engine`, for TLS 1.3 alone: a client of TLS
 * 1.2 is refused with `unsupported_protocol`.
 *
 * @throws TlsUsageError when the options contradict each other, and for a
 *   version or a cipher suite of TLS 1.2
 */
export function serverConfig(options: ServerOptions): ServerConfig {
  return serverConfigOf(serverProtocol13, options);
}

export type { ClientConfig, ClientOptions, ServerConfig, ServerOptions };
