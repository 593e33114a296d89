import type { SignatureName } from "../../crypto/provider.ts";
import type { KeyAlgorithm } from "../../x509/keys/public-key.ts";
import type { TlsProtocolVersion } from "./cipher-suites.ts";

// [9846-4.3.3-23]
const BOTH = ["TLSv1.2", "TLSv1.3"] as const;
const TLS12 = ["TLSv1.2"] as const;
const TLS13 = ["TLSv1.3"] as const;

/** A row of the table of signature schemes. */
export interface SignatureScheme {
  readonly name: string;
  readonly code: number;
  readonly signature: SignatureName;
  /** The algorithm of the key in the certificate. */
  readonly key: KeyAlgorithm;
  /** TLS 1.3 binds ECDSA's curve to the scheme (RFC 9846 4.3.3), 1.2 does not. */
  readonly curve?: "secp256r1" | "secp384r1" | "secp521r1";
  /** Versions whose handshakes it may sign; certificates it may sign always. */
  readonly handshake: readonly TlsProtocolVersion[];
  /**
   * The only side that may sign a handshake with it; absent: both. Such a scheme
   * signs no certificates.
   */
  readonly signer?: "client";
}

// [5246-7.4.1.4.1-01] [9846-4.3.3-20] [9846-4.3.3-21]
/**
 * SignatureScheme, RFC 9846 4.3.3; RFC 5246 7.4.1.4.1 has the same numbers.
 * RFC 9963: "legacy", for clients whose keys cannot do RSASSA-PSS. ML-DSA:
 * draft-ietf-tls-mldsa.
 *
 * @example
 * ```ts
 * import { SIGNATURE_SCHEMES } from "puretls/engine";
 *
 * if (SIGNATURE_SCHEMES.ed25519.code !== 0x0807) throw new Error();
 * ```
 */
export const SIGNATURE_SCHEMES = {
  ecdsa_secp256r1_sha256: {
    name: "ecdsa_secp256r1_sha256",
    code: 0x0403,
    signature: "ecdsa-sha256",
    key: "ecPublicKey",
    curve: "secp256r1",
    handshake: BOTH,
  },
  // [8422-5.9-04]
  ed25519: {
    name: "ed25519",
    // [8422-5.10-07]
    code: 0x0807,
    signature: "ed25519",
    key: "ed25519",
    handshake: BOTH,
  },
  rsa_pss_rsae_sha256: {
    name: "rsa_pss_rsae_sha256",
    code: 0x0804,
    signature: "rsa-pss-sha256",
    key: "rsaEncryption",
    handshake: BOTH,
  },
  rsa_pss_pss_sha256: {
    name: "rsa_pss_pss_sha256",
    code: 0x0809,
    signature: "rsa-pss-sha256",
    key: "id-RSASSA-PSS",
    handshake: BOTH,
  },
  ecdsa_secp384r1_sha384: {
    name: "ecdsa_secp384r1_sha384",
    code: 0x0503,
    signature: "ecdsa-sha384",
    key: "ecPublicKey",
    curve: "secp384r1",
    handshake: BOTH,
  },
  rsa_pss_rsae_sha384: {
    name: "rsa_pss_rsae_sha384",
    code: 0x0805,
    signature: "rsa-pss-sha384",
    key: "rsaEncryption",
    handshake: BOTH,
  },
  rsa_pss_pss_sha384: {
    name: "rsa_pss_pss_sha384",
    code: 0x080a,
    signature: "rsa-pss-sha384",
    key: "id-RSASSA-PSS",
    handshake: BOTH,
  },
  ecdsa_secp521r1_sha512: {
    name: "ecdsa_secp521r1_sha512",
    code: 0x0603,
    signature: "ecdsa-sha512",
    key: "ecPublicKey",
    curve: "secp521r1",
    handshake: BOTH,
  },
  rsa_pss_rsae_sha512: {
    name: "rsa_pss_rsae_sha512",
    code: 0x0806,
    signature: "rsa-pss-sha512",
    key: "rsaEncryption",
    handshake: BOTH,
  },
  rsa_pss_pss_sha512: {
    name: "rsa_pss_pss_sha512",
    code: 0x080b,
    signature: "rsa-pss-sha512",
    key: "id-RSASSA-PSS",
    handshake: BOTH,
  },
  rsa_pkcs1_sha256: {
    name: "rsa_pkcs1_sha256",
    code: 0x0401,
    signature: "rsa-pkcs1-sha256",
    key: "rsaEncryption",
    handshake: TLS12,
  },
  rsa_pkcs1_sha384: {
    name: "rsa_pkcs1_sha384",
    code: 0x0501,
    signature: "rsa-pkcs1-sha384",
    key: "rsaEncryption",
    handshake: TLS12,
  },
  rsa_pkcs1_sha512: {
    name: "rsa_pkcs1_sha512",
    code: 0x0601,
    signature: "rsa-pkcs1-sha512",
    key: "rsaEncryption",
    handshake: TLS12,
  },
  rsa_pkcs1_sha256_legacy: {
    name: "rsa_pkcs1_sha256_legacy",
    code: 0x0420,
    signature: "rsa-pkcs1-sha256",
    key: "rsaEncryption",
    handshake: TLS13,
    signer: "client",
  },
  rsa_pkcs1_sha384_legacy: {
    name: "rsa_pkcs1_sha384_legacy",
    code: 0x0520,
    signature: "rsa-pkcs1-sha384",
    key: "rsaEncryption",
    handshake: TLS13,
    signer: "client",
  },
  rsa_pkcs1_sha512_legacy: {
    name: "rsa_pkcs1_sha512_legacy",
    code: 0x0620,
    signature: "rsa-pkcs1-sha512",
    key: "rsaEncryption",
    handshake: TLS13,
    signer: "client",
  },
  ecdsa_sha1: {
    name: "ecdsa_sha1",
    code: 0x0203,
    signature: "ecdsa-sha1",
    key: "ecPublicKey",
    handshake: TLS12,
  },
  rsa_pkcs1_sha1: {
    name: "rsa_pkcs1_sha1",
    code: 0x0201,
    signature: "rsa-pkcs1-sha1",
    key: "rsaEncryption",
    handshake: TLS12,
  },
  ed448: {
    name: "ed448",
    code: 0x0808,
    signature: "ed448",
    key: "ed448",
    handshake: BOTH,
  },
  mldsa44: {
    name: "mldsa44",
    code: 0x0904,
    signature: "ml-dsa-44",
    key: "ml-dsa-44",
    handshake: TLS13,
  },
  mldsa65: {
    name: "mldsa65",
    code: 0x0905,
    signature: "ml-dsa-65",
    key: "ml-dsa-65",
    handshake: TLS13,
  },
  mldsa87: {
    name: "mldsa87",
    code: 0x0906,
    signature: "ml-dsa-87",
    key: "ml-dsa-87",
    handshake: TLS13,
  },
} as const satisfies Record<string, SignatureScheme>;

/** Tells whether a scheme may stand in a ClientHello: RFC 9963 2. */
export function isForBothSides(name: SignatureSchemeName): boolean {
  const row: SignatureScheme = SIGNATURE_SCHEMES[name];
  return row.signer === undefined;
}

export type SignatureSchemeName = keyof typeof SIGNATURE_SCHEMES;

// [8422-5.10-04] [9846-4.3.3-14] [9846-4.5.1.3-06] [9846-9.1-02]
/** Everything that puretls verifies by default, best first: no SHA-1. */
export const DEFAULT_SIGNATURE_SCHEMES: readonly SignatureSchemeName[] = [
  "ecdsa_secp256r1_sha256",
  "ed25519",
  "rsa_pss_rsae_sha256",
  "rsa_pss_pss_sha256",
  "ecdsa_secp384r1_sha384",
  "rsa_pss_rsae_sha384",
  "rsa_pss_pss_sha384",
  "ecdsa_secp521r1_sha512",
  "rsa_pss_rsae_sha512",
  "rsa_pss_pss_sha512",
  "rsa_pkcs1_sha256",
  "rsa_pkcs1_sha384",
  "rsa_pkcs1_sha512",
];
