/**
 * `puretls/x509`: certificates, keys, lists and their verification, without
 * any TLS. Synchronous; cryptography comes from a `CryptoProvider`.
 */
import * as OID from "./der/oids.ts";
import * as X509_ERRORS from "./faults/faults.ts";
export type { AlgorithmIdentifier } from "./keys/algorithms.ts";
export type { Budgets } from "./path/budget.ts";
export { DEFAULT_BUDGETS } from "./path/budget.ts";
export { Certificate } from "./certificates/certificate.ts";
export { parseChain } from "./trust/certificate-files.ts";
export type { IssuingDistributionPoint } from "./certificates/crl.ts";
export type { RevokedCertificate } from "./certificates/crl-entries.ts";
export { Crl, CrlStore, parseCrls } from "./certificates/crl.ts";
export type { CbcCipher, KeyDecryptionAlgorithms } from "../crypto/provider.ts";
export type { X509ErrorCode, X509Fault } from "./faults/errors.ts";
export { X509Error } from "./faults/errors.ts";
export type { FaultKind, FaultRow } from "./faults/row.ts";
export {
  /**
   * Every way in which a certificate, key, list or response can be refused.
   *
   * @example
   * ```ts
   * import { X509_ERRORS } from "puretls/x509";
   *
   * if (X509_ERRORS.weak_leaf_key.verifyCode !== 66) throw new Error();
   * ```
   */
  X509_ERRORS,
};
export type {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  DistributionPoint,
  Extension,
  GeneralSubtree,
  KeyUsage,
  NameConstraints,
} from "./certificates/extensions.ts";
export type { DaneOptions, TlsaRecord } from "./dane.ts";
export { createDaneVerifier, parseTlsa } from "./dane.ts";
export type { GeneralName } from "./names/general-name.ts";
export type { MatchOptions } from "./path/host-match.ts";
export { matchHost } from "./path/host-match.ts";
export { parseIpAddress } from "./names/ip-address.ts";
export { keyMatchesCertificate } from "./certificates/key-match.ts";
export type {
  AttributeTypeAndValue,
  RelativeDistinguishedName,
} from "./names/name.ts";
export { Name } from "./names/name.ts";
export { opensslNameHash } from "./names/name-hash.ts";
export { attributeName } from "./names/attribute-names.ts";
export {
  /**
   * OBJECT IDENTIFIERs by their RFC names.
   *
   * @example
   * ```ts
   * import { OID } from "puretls/x509";
   *
   * if (OID.commonName !== "2.5.4.3") throw new Error();
   * ```
   */
  OID,
};
export type {
  CertificateStatus,
  OcspResponse,
  ResponderId,
  SingleResponse,
} from "./certificates/ocsp.ts";
export { parseOcspResponse } from "./certificates/ocsp.ts";
export type { CheckName, PathCheck, Profile } from "./path/validate-path.ts";
export { constrainedNames } from "./checks/name-constraints.ts";
export { stapledResponses } from "./checks/ocsp-check.ts";
export { certificatePolicies } from "./checks/policies.ts";
export { revocationLists } from "./checks/crl-check.ts";
export { issuanceLints } from "./checks/issuance-lints.ts";
export { strictProfile } from "./checks/strict-rules.ts";
export type { Pkcs12Reason } from "./pkcs12/error.ts";
export { Pkcs12Error } from "./pkcs12/error.ts";
export type { AbortSignalLike, AsyncDeriveOptions } from "./pkcs12/derive.ts";
export type { AsyncPkcs12Options, Pkcs12Support } from "./pkcs12/pkcs12.ts";
export { parsePkcs12, parsePkcs12Async, pkcs12 } from "./pkcs12/pkcs12.ts";
export type { Pkcs12Entry, Pkcs12File, Pkcs12Options } from "./pkcs12/read.ts";
export type { PemBlock } from "./keys/pem.ts";
export { decodeBase64, encodeBase64, encodePem, parsePem } from "./keys/pem.ts";
export type { RawKeyVerifier, VerifiedKey } from "./raw-key.ts";
export {
  isVerifiedKey,
  trustRawPublicKeys,
  verifiedKeyByCaller,
} from "./raw-key.ts";
export type {
  PolicyConstraints,
  PolicyMapping,
} from "./certificates/policy-extensions.ts";
export type {
  ParsedPrivateKey,
  PrivateKeyOptions,
} from "./keys/private-key.ts";
export { parsePlainPrivateKey, parsePrivateKey } from "./keys/private-key.ts";
export type { KeyAlgorithm, SubjectPublicKeyInfo } from "./keys/public-key.ts";
export { parseSubjectPublicKeyInfo } from "./keys/public-key.ts";
export type {
  TransparencyContext,
  TransparencyLog,
  TransparencyPolicy,
} from "./path/transparency.ts";
export { requireTimestamps } from "./path/transparency.ts";
export type {
  AnchorLookup,
  TrustStoreStatistics,
} from "./trust/trust-store.ts";
export type {
  Bundle,
  BundledCertificate,
  SkippedEntry,
  TrustSettings,
} from "./trust/bundle.ts";
export { parseCertificates, TrustStore } from "./trust/trust-store.ts";
export { type VerifyCode, verifyMessage } from "./faults/verify-messages.ts";
export type {
  CertificateVerifier,
  PeerChain,
  ProofTerms,
  VerifiedChain,
  VerifierOptions,
  VerifyContext,
} from "./verifier.ts";
export {
  createVerifier,
  createVerifierOf,
  dangerouslyAcceptAnyCertificate,
  isVerifiedChain,
  verifiedByCaller,
} from "./verifier.ts";
export type { SecurityLevel } from "./path/security-level.ts";
export type { Purpose } from "./path/basic-rules.ts";
export type { DecryptionOptions } from "./keys/encrypted-key.ts";
