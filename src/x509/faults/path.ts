/** Paths that are not found, and signatures, dates and names on the way. */
import type { FaultRow } from "./row.ts";

// Building a path.
export const no_certificate = {
  code: "no_certificate",
  verifyCode: 1,
  rank: 1,
  kind: "missing",
  says: "the peer sent no certificate",
} as const satisfies FaultRow;
export const unknown_issuer = {
  code: "unknown_issuer",
  verifyCode: 20,
  rank: 10,
  kind: "unknown_issuer",
  says: "no trusted certificate issued this chain: load its root, or have the peer send its intermediates",
} as const satisfies FaultRow;
export const self_signed_leaf = {
  code: "self_signed_leaf",
  verifyCode: 18,
  rank: 11,
  kind: "unknown_issuer",
  says: "the certificate is self-signed and not trusted: load it as a trusted certificate if you know it",
} as const satisfies FaultRow;
export const self_signed_in_chain = {
  code: "self_signed_in_chain",
  verifyCode: 19,
  rank: 12,
  kind: "unknown_issuer",
  says: "the chain ends in a self-signed certificate that is not trusted: load it if you know it",
} as const satisfies FaultRow;
export const anchor_not_self_signed = {
  code: "anchor_not_self_signed",
  verifyCode: 2,
  rank: 13,
  kind: "unknown_issuer",
  says: "the chain ends in a trusted certificate that is not a root, and partialChain is off",
} as const satisfies FaultRow;
export const certificate_rejected = {
  code: "certificate_rejected",
  verifyCode: 28,
  rank: 45,
  kind: "unknown_issuer",
  says: "the trust settings of a trusted certificate reject it for this use (TRUSTED CERTIFICATE)",
} as const satisfies FaultRow;
export const issued_after_distrust = {
  code: "issued_after_distrust",
  verifyCode: 28,
  rank: 46,
  kind: "unknown_issuer",
  says: "the chain's root is distrusted for certificates as young as this one",
} as const satisfies FaultRow;
export const chain_too_long = {
  code: "chain_too_long",
  verifyCode: 22,
  rank: 14,
  kind: "unknown_issuer",
  says: "the chain has more intermediates than the verifier allows",
} as const satisfies FaultRow;
export const path_budget_exceeded = {
  code: "path_budget_exceeded",
  verifyCode: 1,
  rank: 15,
  kind: "unacceptable",
  says: "finding a path through these certificates takes too much work",
} as const satisfies FaultRow;
export const signature_budget_exceeded = {
  code: "signature_budget_exceeded",
  verifyCode: 1,
  rank: 15,
  kind: "unacceptable",
  says: "finding a path through these certificates takes too many signature checks",
} as const satisfies FaultRow;
export const name_budget_exceeded = {
  code: "name_budget_exceeded",
  verifyCode: 1,
  rank: 75,
  kind: "unacceptable",
  says: "the name constraints of this chain take too many comparisons",
} as const satisfies FaultRow;

// Signatures and time.
export const signature_algorithm_mismatch = {
  code: "signature_algorithm_mismatch",
  verifyCode: 78,
  rank: 50,
  kind: "bad",
  says: "the certificate names two different signature algorithms",
} as const satisfies FaultRow;
// OpenSSL has numbers 76 and 77 for these two, but says 20 of such chains.
export const unsupported_signature_algorithm = {
  code: "unsupported_signature_algorithm",
  verifyCode: 20,
  rank: 50,
  kind: "bad",
  says: "a certificate is signed with an algorithm that is not supported",
} as const satisfies FaultRow;
export const signature_key_mismatch = {
  code: "signature_key_mismatch",
  verifyCode: 20,
  rank: 50,
  kind: "bad",
  says: "a certificate's signature algorithm does not fit its issuer's key",
} as const satisfies FaultRow;
export const signature_failure = {
  code: "signature_failure",
  verifyCode: 7,
  rank: 50,
  kind: "bad",
  says: "a certificate's signature does not verify: it was changed, or another issuer of that name signed it",
} as const satisfies FaultRow;
export const certificate_not_yet_valid = {
  code: "certificate_not_yet_valid",
  verifyCode: 9,
  rank: 60,
  kind: "bad",
  says: "a certificate is not yet valid: check the clock",
} as const satisfies FaultRow;
export const certificate_expired = {
  code: "certificate_expired",
  verifyCode: 10,
  rank: 60,
  kind: "expired",
  says: "a certificate has expired: renew it, or check the clock",
} as const satisfies FaultRow;

// Names.
export const hostname_mismatch = {
  code: "hostname_mismatch",
  verifyCode: 62,
  rank: 49,
  kind: "bad",
  says: "the certificate is not valid for the expected name",
} as const satisfies FaultRow;
export const ip_address_mismatch = {
  code: "ip_address_mismatch",
  verifyCode: 64,
  rank: 49,
  kind: "bad",
  says: "the certificate is not valid for the expected IP address",
} as const satisfies FaultRow;
export const dane_no_match = {
  code: "dane_no_match",
  verifyCode: 65,
  rank: 49,
  kind: "bad",
  says: "no TLSA record matches the certificate: renew the record, or the key changed",
} as const satisfies FaultRow;
export const permitted_violation = {
  code: "permitted_violation",
  verifyCode: 47,
  rank: 70,
  kind: "bad",
  says: "a name is outside what a CA's name constraints permit",
} as const satisfies FaultRow;
export const excluded_violation = {
  code: "excluded_violation",
  verifyCode: 48,
  rank: 70,
  kind: "bad",
  says: "a name is one that a CA's name constraints exclude",
} as const satisfies FaultRow;
export const subtree_minmax = {
  code: "subtree_minmax",
  verifyCode: 49,
  rank: 70,
  kind: "bad",
  says: "a name constraint has a minimum or a maximum",
} as const satisfies FaultRow;
export const unsupported_constraint_type = {
  code: "unsupported_constraint_type",
  verifyCode: 51,
  rank: 70,
  kind: "bad",
  says: "a name constraint has a type that is not supported",
} as const satisfies FaultRow;
// OpenSSL has number 52 for this, but says 53 of such chains.
export const unsupported_constraint_syntax = {
  code: "unsupported_constraint_syntax",
  verifyCode: 53,
  rank: 70,
  kind: "bad",
  says: "a name constraint is malformed",
} as const satisfies FaultRow;
export const unsupported_name_syntax = {
  code: "unsupported_name_syntax",
  verifyCode: 53,
  rank: 70,
  kind: "bad",
  says: "a name under constraints is malformed",
} as const satisfies FaultRow;
export const no_explicit_policy = {
  code: "no_explicit_policy",
  verifyCode: 43,
  rank: 71,
  kind: "bad",
  says: "a certificate policy is required and none is valid on this path",
} as const satisfies FaultRow;
