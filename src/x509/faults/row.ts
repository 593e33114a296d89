import type { VerifyCode } from "./verify-messages.ts";

/** The meaning of a fault for the peer that presented the certificate. */
export type FaultKind =
  | "undecodable"
  | "bad"
  | "unsupported"
  | "missing"
  | "unknown_issuer"
  | "unacceptable"
  | "expired"
  | "revoked"
  /** Of a stapled response, not of the certificate. */
  | "status"
  /** Of what this side was given to read; no peer is to blame. */
  | "own_input";

/** One way in which a certificate, a key or a list can be refused. */
export interface FaultRow {
  /** The row's own name; programs may compare it. */
  readonly code: string;
  /**
   * OpenSSL's X509_V_ERR number; 1 (unspecified) where `openssl verify` says
   * something else of such a chain, or cannot validate it at all (OCSP).
   */
  readonly verifyCode: VerifyCode;
  /**
   * When several paths were tried, the error with the highest rank is
   * reported: a path that got further tells more. Ranks from 50 on give way
   * to a name mismatch, because OpenSSL looks at the name before them.
   */
  readonly rank: number;
  readonly kind: FaultKind;
  /** Says little by itself: the detail of an error goes before it. */
  readonly detailFirst?: true;
  /** The fault as a sentence, and what to do about it. */
  readonly says: string;
}
