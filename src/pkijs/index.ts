/**
 * `puretls/pkijs`: a second opinion on a peer's certificates by pkijs, and a crypto
 * engine for pkijs on any crypto provider.
 *
 * The one entry point that loads pkijs and asn1js. asn1js makes a `TextDecoder` when
 * it is imported: a runtime without one cannot load this entry point.
 *
 * @module
 */
export { ProviderCryptoEngine } from "./crypto-engine.ts";
export {
  SecondOpinionError,
  validatePath,
  withSecondOpinion,
} from "./second-opinion.ts";
export type {
  AsyncCertificateVerifier,
  SecondOpinionOptions,
} from "./second-opinion.ts";
