/**
 * Delegated credentials (RFC 9345) as far as every config knows of them; who
 * makes or accepts them brings the rest.
 */
import type { CryptoProvider } from "../crypto/provider.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import type { SignatureSchemeName } from "./signature-schemes.ts";

/** A key that a certificate's key speaks for. */
export interface Delegation {
  /** DelegatedCredential, RFC 9345 4. */
  readonly bytes: Uint8Array;
  /** What the delegated key signs with: dc_cert_verify_algorithm. */
  readonly scheme: SignatureSchemeName;
  /** What the certificate's key has signed it with. */
  readonly signedWith: SignatureSchemeName;
  /** DER of the delegated key's SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
}

/** A key to check the peer's CertificateVerify with. */
export interface SigningKey extends SubjectPublicKeyInfo {
  /** The only SignatureScheme that it may sign with. */
  readonly onlyScheme?: number;
}

/** A config's wish; made by `acceptDelegatedCredentials`. */
export interface DelegatedCredentials {
  /** What delegated keys may sign with, best first. */
  readonly schemes: readonly SignatureSchemeName[];
  /**
   * The delegated key, RFC 9345 4.1.3.
   *
   * @throws TlsError
   */
  keyOf(options: {
    readonly bytes: Uint8Array;
    /** DER of the certificate that speaks for it. */
    readonly leaf: Uint8Array;
    readonly signer: "client" | "server";
    readonly provider: CryptoProvider;
    readonly signatureSchemes: readonly SignatureSchemeName[];
  }): SigningKey;
}
