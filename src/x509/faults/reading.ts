/** Faults of certificates, lists and keys that cannot be read. */
import type { FaultRow } from "./row.ts";

export const malformed_certificate = {
  code: "malformed_certificate",
  detailFirst: true,
  verifyCode: 1,
  rank: 40,
  kind: "undecodable",
  says: "the certificate is not a DER certificate of RFC 5280",
} as const satisfies FaultRow;
export const malformed_extension = {
  code: "malformed_extension",
  detailFirst: true,
  verifyCode: 1,
  rank: 40,
  kind: "bad",
  says: "an extension of the certificate is malformed",
} as const satisfies FaultRow;
export const inconsistent_extensions = {
  code: "inconsistent_extensions",
  detailFirst: true,
  verifyCode: 1,
  rank: 40,
  kind: "bad",
  says: "extensions of the certificate contradict each other",
} as const satisfies FaultRow;
export const malformed_policy_extension = {
  code: "malformed_policy_extension",
  detailFirst: true,
  verifyCode: 42,
  rank: 40,
  kind: "bad",
  says: "a policy extension of the certificate is malformed",
} as const satisfies FaultRow;
export const malformed_public_key = {
  code: "malformed_public_key",
  detailFirst: true,
  verifyCode: 1,
  rank: 40,
  kind: "bad",
  says: "the certificate's public key is malformed",
} as const satisfies FaultRow;
export const unsupported_public_key = {
  code: "unsupported_public_key",
  verifyCode: 1,
  rank: 40,
  kind: "unsupported",
  says: "the algorithm of the certificate's public key is not supported",
} as const satisfies FaultRow;
export const explicit_curve = {
  code: "explicit_curve",
  verifyCode: 94,
  rank: 40,
  kind: "bad",
  says: "the certificate's EC key does not name its curve",
} as const satisfies FaultRow;
export const malformed_pem = {
  code: "malformed_pem",
  detailFirst: true,
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "the PEM text is malformed",
} as const satisfies FaultRow;
export const no_pem_block = {
  code: "no_pem_block",
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "the text has no PEM block of the expected type",
} as const satisfies FaultRow;
export const private_key_among_certificates = {
  code: "private_key_among_certificates",
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "a file of certificates contains a private key: keep it in a file of its own",
} as const satisfies FaultRow;
export const malformed_private_key = {
  code: "malformed_private_key",
  detailFirst: true,
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "the private key is malformed",
} as const satisfies FaultRow;
export const unsupported_private_key = {
  code: "unsupported_private_key",
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "the private key's algorithm is not supported",
} as const satisfies FaultRow;
export const password_required = {
  code: "password_required",
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "the private key is encrypted: a password is needed",
} as const satisfies FaultRow;
export const wrong_password = {
  code: "wrong_password",
  verifyCode: 1,
  rank: 0,
  kind: "own_input",
  says: "the private key does not decrypt: the password is wrong or the file is damaged",
} as const satisfies FaultRow;
