/**
 * `puretls/x509`: certificates, keys, lists and their verification, without
 * any TLS. Synchronous; cryptography comes from a `CryptoProvider`.
 */
export type { AlgorithmIdentifier } from "./algorithms.ts";
export type { Budgets } from "./budget.ts";
export { DEFAULT_BUDGETS } from "./budget.ts";
export { Certificate } from "./certificate.ts";
export { parseChain } from "./chain.ts";
export type { IssuingDistributionPoint, RevokedCertificate } from "./crl.ts";
export { Crl, CrlStore, parseCrls } from "./crl.ts";
export type { CbcCipher, KeyDecryption } from "../crypto/provider.ts";
export type { X509ErrorCode, X509Fault } from "./errors.ts";
export { X509Error } from "./errors.ts";
export type { FaultKind, FaultRow } from "./faults/row.ts";
/** Every way in which a certificate, key, list or response can be refused. */
export * as X509_ERRORS from "./faults.ts";
export type {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  DistributionPoint,
  Extension,
  GeneralSubtree,
  KeyUsage,
  NameConstraints,
} from "./extensions.ts";
export type { GeneralName } from "./general-name.ts";
export type { MatchOptions } from "./host-match.ts";
export { matchHost } from "./host-match.ts";
export { parseIpAddress } from "./ip-address.ts";
export { keyMatchesCertificate } from "./key-match.ts";
export type {
  AttributeTypeAndValue,
  RelativeDistinguishedName,
} from "./name.ts";
export { Name } from "./name.ts";
export { opensslNameHash } from "./name-hash.ts";
export { attributeName } from "./attribute-names.ts";
/** OBJECT IDENTIFIERs by their RFC names. */
export * as OID from "./oids.ts";
export type {
  CertificateStatus,
  OcspResponse,
  ResponderId,
  SingleResponse,
} from "./ocsp.ts";
export { parseOcspResponse } from "./ocsp.ts";
export type { CheckName, PathCheck } from "./judge.ts";
export { nameConstraints } from "./name-constraints.ts";
export { stapledResponses } from "./ocsp-check.ts";
export { certificatePolicies } from "./policies.ts";
export { revocationLists } from "./revocation.ts";
export { strictIssuance } from "./strict-rules.ts";
export type { PemBlock } from "./pem.ts";
export { decodeBase64, encodeBase64, encodePem, parsePem } from "./pem.ts";
export type { RawKeyVerifier, VerifiedKey } from "./raw-key.ts";
export {
  isVerifiedKey,
  trustRawPublicKeys,
  verifiedKeyByCaller,
} from "./raw-key.ts";
export type { PolicyConstraints, PolicyMapping } from "./policy-extensions.ts";
export type { ParsedPrivateKey, PrivateKeyOptions } from "./private-key.ts";
export { parsePlainPrivateKey, parsePrivateKey } from "./private-key.ts";
export type { KeyAlgorithm, SubjectPublicKeyInfo } from "./public-key.ts";
export { parseSubjectPublicKeyInfo } from "./public-key.ts";
export type {
  TransparencyContext,
  TransparencyLog,
  TransparencyPolicy,
} from "./transparency.ts";
export { requireTimestamps } from "./transparency.ts";
export type { AnchorLookup, TrustStoreStatistics } from "./trust-store.ts";
export { parseCertificates, TrustStore } from "./trust-store.ts";
export { type VerifyCode, verifyMessage } from "./verify-messages.ts";
export type {
  CertificateVerifier,
  PeerChain,
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
export type { SecurityLevel } from "./security-level.ts";
export type { Purpose } from "./certificate-rules.ts";
export type { DecryptionOptions } from "./encrypted-key.ts";
