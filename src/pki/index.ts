/**
 * `puretls/pki`: makes keys, certificate authorities, certificates, requests,
 * CRLs and OCSP responses, synchronously and with any crypto provider.
 *
 * Stands on pkijs and asn1js, which nothing else in puretls imports. asn1js
 * makes a `TextDecoder` when it is imported: a runtime without one cannot load
 * this entry point, and needs WebCrypto for nothing in it.
 */
export {
  Authority,
  createCertificateAuthority,
  createSelfSigned,
  loadCertificateAuthority,
} from "./authority.ts";
export type {
  CreateAuthorityOptions,
  LoadAuthorityOptions,
  SelfSignedOptions,
  SignRequestOptions,
} from "./authority.ts";
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
export type {
  AuthorityOptions,
  CertificateOptions,
  ClientNames,
  ClientOptions,
  IssueOptions,
  ServerNames,
  ServerOptions,
} from "./profiles.ts";
export { CertificateRequest, createRequest } from "./request.ts";
export type { CreatedRequest, CreateRequestOptions } from "./request.ts";
export type { IssuingSignature } from "./signatures.ts";
