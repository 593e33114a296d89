/**
 * `puretls/pki`: makes keys, certificate authorities, certificates, requests,
 * CRLs and OCSP responses, synchronously and with any crypto provider.
 *
 * Stands on pkijs and asn1js, which nothing else in puretls imports. asn1js
 * makes a `TextDecoder` when it is imported: a runtime without one cannot load
 * this entry point, and needs WebCrypto for nothing in it.
 */
export type { SignRequestOptions } from "./authority.ts";
export { Authority } from "./authority.ts";
export type {
  CreateAuthorityOptions,
  LoadAuthorityOptions,
  SelfSignedOptions,
} from "./create-authority.ts";
export {
  createCertificateAuthority,
  createSelfSigned,
  loadCertificateAuthority,
} from "./create-authority.ts";
export type {
  IssuedCertificate,
  SignedCertificate,
  ValidityOptions,
} from "./certificate.ts";
export type { CrlOptions, CrlReason, SignedCrl } from "./crl.ts";
export type {
  ExtensionInput,
  NameConstraintsInput,
  NameSubtrees,
  Publications,
} from "./extensions.ts";
export { generateKey, PkiKey } from "./keys.ts";
export type {
  GenerateKeyOptions,
  KeyType,
  PkiKeyAlgorithm,
  PkiKeyOptions,
} from "./keys.ts";
export type { AlternativeNames, NameAttributes, NameInput } from "./names.ts";
export type { OcspOptions } from "./ocsp.ts";
export type { Pkcs12Reason } from "./pkcs12/error.ts";
export { Pkcs12Error } from "./pkcs12/error.ts";
export type {
  Pkcs12Contents,
  Pkcs12Identity,
  Pkcs12Options,
} from "./pkcs12/read.ts";
export { readPkcs12 } from "./pkcs12/read.ts";
export type {
  AuthorityOptions,
  CertificateOptions,
  ClientNames,
  ClientOptions,
  IssueOptions,
  ServerNames,
  ServerOptions,
} from "./profiles.ts";
export { ProviderCryptoEngine } from "./crypto-engine.ts";
export { CertificateRequest, createRequest } from "./request.ts";
export type { CreatedRequest, CreateRequestOptions } from "./request.ts";
export type { IssuingSignature } from "./signatures.ts";
export {
  judgePath,
  SecondOpinionError,
  withSecondOpinion,
} from "./second-opinion.ts";
export type {
  AsyncCertificateVerifier,
  SecondOpinionOptions,
} from "./second-opinion.ts";
