/** Whether a private key and a certificate belong together. */
import { equal } from "../bytes.ts";
import type { CryptoProvider, PublicKey } from "../crypto/provider.ts";
import type { Certificate } from "./certificate.ts";
import type { ParsedPrivateKey } from "./private-key.ts";
import type { SubjectPublicKeyInfo } from "./public-key.ts";

/**
 * Whether a private key is the one that the certificate speaks of.
 *
 * @throws X509Error when the certificate's key is malformed or not supported
 * @throws TypeError when the provider has no `publicKeyOf`
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

function samePublicKey(a: PublicKey, b: PublicKey): boolean {
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
