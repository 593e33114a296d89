/**
 * Delegated credentials (RFC 9345) as far as every config knows of them; who
 * makes or accepts them brings the rest.
 */
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { SubjectPublicKeyInfo } from "../../x509/keys/public-key.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";

/** A key that a certificate's key speaks for. */
export interface Delegation {
  /** DelegatedCredential, RFC 9345 4. */
  readonly bytes: Uint8Array;
  /** Scheme of the delegated key: dc_cert_verify_algorithm. */
  readonly scheme: SignatureSchemeName;
  /** Scheme by which the certificate's key has signed it. */
  readonly signedWith: SignatureSchemeName;
  /** DER of the delegated key's SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  /** Milliseconds since the epoch, the last at which it may be used. */
  readonly until: number;
}

/** A key to check the peer's CertificateVerify with. */
export interface SigningKey extends SubjectPublicKeyInfo {
  /** The only SignatureScheme that it may sign with. */
  readonly onlyScheme?: number;
}

/** The key of what a peer presented, or one that its certificate delegated to. */
export interface PeerKey extends SigningKey {
  /** DER of the certificate, or of the bare key, that was presented. */
  readonly leaf: Uint8Array;
}

/** A config's wish; made by `acceptDelegatedCredentials`. */
export interface DelegatedCredentialPolicy {
  /** Schemes that delegated keys may sign with, best first. */
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
