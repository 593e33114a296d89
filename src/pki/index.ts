/**
 * `puretls/pki`: makes keys, certificate authorities, certificates, requests,
 * CRLs, OCSP responses and PKCS#12 files, synchronously and with any crypto provider.
 * Needs nothing of the runtime: no `TextDecoder`, no WebCrypto.
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
} from "./der/extensions.ts";
export { generateKey, PkiKey } from "./keys/keys.ts";
export type {
  GenerateKeyOptions,
  KeyType,
  PkiKeyAlgorithm,
  PkiKeyOptions,
} from "./keys/keys.ts";
export type {
  AlternativeNames,
  NameAttributes,
  NameInput,
} from "./der/names.ts";
export type { OcspOptions } from "./ocsp.ts";
export type { Pkcs12Reason } from "../x509/pkcs12/error.ts";
export { Pkcs12Error } from "../x509/pkcs12/error.ts";
export type { Pkcs12Options } from "../x509/pkcs12/read.ts";
export type { AsyncPkcs12Options } from "../x509/pkcs12/pkcs12.ts";
export type { CreatePkcs12Options, Pkcs12Profile } from "./create-pkcs12.ts";
export { createPkcs12, createPkcs12Async } from "./create-pkcs12.ts";
export type { Pkcs12Contents, Pkcs12Identity } from "./pkcs12.ts";
export { readPkcs12, readPkcs12Async } from "./pkcs12.ts";
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
export type { IssuingSignature } from "./keys/signatures.ts";
