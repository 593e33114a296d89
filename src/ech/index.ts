/**
 * `puretls/ech`: Encrypted Client Hello (RFC 9849) for clients and servers,
 * with its keys and configs. What a config does not name is not loaded.
 *
 * @module
 */
export { createEchClient, createEchGrease } from "./client.ts";
export type { EchConfig, EchConfigFields } from "./config.ts";
export {
  echConfigListOfRecord,
  encodeEchConfig,
  encodeEchConfigList,
  parseEchConfigList,
} from "./config.ts";
export { createEchKey, type EchKey } from "./keys.ts";
export { createEchServer } from "./server.ts";
export type {
  EchClient,
  EchServer,
} from "../handshake/config/ech-interfaces.ts";
export type { HpkeSuite } from "../crypto/hpke.ts";
