/**
 * Static RSA key exchange, RFC 5246 7.4.7.1: for clients alone. A server of
 * puretls never decrypts: SECURITY.md says why.
 */
import { concat, Secret } from "../bytes.ts";
import { ProtocolVersion } from "../wire/code-points.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import type { ClientConfig } from "./config.ts";

export type { EncryptedPremaster };

/**
 * Proof that the premaster secret can be read with the certificate's key
 * alone: whoever sends the right Finished holds it.
 */
class EncryptedPremaster {
  readonly #proof = true;

  /** Whether a value is such a proof, and no look-alike. */
  static made(value: object): boolean {
    return #proof in value;
  }
}

/** The client's half: what to send, and the premaster secret. */
export function encryptPremaster(
  { provider }: ClientConfig,
  { key }: SubjectPublicKeyInfo,
): {
  readonly encrypted: Uint8Array;
  readonly premaster: Secret;
  readonly proof: EncryptedPremaster;
} {
  // RFC 5246 7.4.7.1: the version offered, "not the version negotiated".
  const version = ProtocolVersion["TLSv1.2"];
  const premaster = new Secret(
    concat(Uint8Array.of(version >> 8, version & 0xff), provider.random(46)),
  );
  const { random } = provider;
  const encrypted = provider.rsaEncrypt?.(key, premaster.bytes, random);
  if (encrypted === undefined)
    throw new Error("the provider has no rsaEncrypt, but it was negotiated");
  return { encrypted, premaster, proof: new EncryptedPremaster() };
}
