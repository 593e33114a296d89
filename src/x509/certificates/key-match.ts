/** Compares a private key with the key of a certificate. */
import { equal } from "../../bytes.ts";
import type { CryptoProvider, PublicKey } from "../../crypto/provider.ts";
import type { Certificate } from "./certificate.ts";
import type { ParsedPrivateKey } from "../keys/private-key.ts";
import type { SubjectPublicKeyInfo } from "../keys/public-key.ts";

/**
 * Tells whether a private key belongs to the certificate's public key.
 *
 * @throws X509Error when the certificate's key is malformed or not supported
 * @throws TypeError when the provider has no `publicKeyOf`
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 * import { keyMatchesCertificate, parsePrivateKey } from "puretls/x509";
 *
 * const made = createSelfSigned({ provider, hosts: ["a.example"] });
 * const key = parsePrivateKey(made.key.toPem());
 * if (!keyMatchesCertificate(provider, key, made.certificate)) throw new Error();
 * ```
 */
export function keyMatchesCertificate(
  provider: CryptoProvider,
  key: ParsedPrivateKey,
  certificate: Certificate,
): boolean {
  return keyMatchesPublicKey(provider, key, certificate.subjectPublicKeyInfo);
}

/** The same of a public key without a certificate. */
export function keyMatchesPublicKey(
  provider: CryptoProvider,
  key: ParsedPrivateKey,
  publicKey: SubjectPublicKeyInfo,
): boolean {
  const own = provider.publicKeyOf?.(key.key);
  if (own === undefined) throw new TypeError("the provider has no publicKeyOf");
  return samePublicKey(own, publicKey.key);
}

/** Compares two public keys; points may be compressed. */
export function samePublicKey(a: PublicKey, b: PublicKey): boolean {
  if (a.type === "rsa")
    return (
      b.type === "rsa" &&
      equal(a.modulus, b.modulus) &&
      equal(a.exponent, b.exponent)
    );
  if (a.type === "ec")
    return (
      b.type === "ec" && a.curve === b.curve && samePoint(a.point, b.point)
    );
  return b.type === a.type && "key" in b && equal(a.key, b.key);
}

/** SEC 1 2.3.3: one of the two may be compressed. */
function samePoint(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === b.length) return equal(a, b);
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const parity = (long[long.length - 1] ?? 0) & 1;
  return (
    short[0] === 2 + parity &&
    equal(short.subarray(1), long.subarray(1, short.length))
  );
}
