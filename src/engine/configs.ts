/** Configs that speak both versions. */
import {
  type ClientConfig,
  clientConfigOf,
  type ClientOptions,
  type ServerConfig,
  serverConfigOf,
  type ServerOptions,
} from "../handshake/config.ts";
import { clientProtocol } from "./client-protocols.ts";
import { serverProtocol } from "./server-protocols.ts";

/**
 * The options of a client made whole, checked and frozen: for any number of
 * connections. Speaks TLS 1.3 and 1.2; `puretls/engine/tls13` has one that
 * brings the code of TLS 1.3 alone.
 *
 * @throws TlsUsageError when the options contradict each other
 */
export function clientConfig(options: ClientOptions): ClientConfig {
  return clientConfigOf(clientProtocol, options);
}

/**
 * The options of a server made whole, checked and frozen: for any number of
 * connections. Speaks TLS 1.3 and 1.2; `puretls/engine/tls13` has one that
 * brings the code of TLS 1.3 alone.
 *
 * @throws TlsUsageError when the options contradict each other
 */
export function serverConfig(options: ServerOptions): ServerConfig {
  return serverConfigOf(serverProtocol, options);
}
