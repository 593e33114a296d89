/** Minimal strength of a chain of one's own: OpenSSL's security levels. */
import { equal } from "../../bytes.ts";
import type { PublicKey } from "../../crypto/provider.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import { pssHash } from "../keys/algorithms.ts";
import { modulusBits } from "../keys/public-key.ts";
import * as OID from "../der/oids.ts";
import {
  CURVE_STRENGTH,
  KEY_STRENGTH,
  LEVELS,
  type SecurityLevel,
} from "./security-level.ts";

const SHA1 = { digest: "SHA-1", bits: 63 } as const;
const MD5 = { digest: "MD5", bits: 39 } as const;
const SHA224 = { digest: "SHA-224", bits: 112 } as const;
const SHA256 = { digest: "SHA-256", bits: 128 } as const;
const SHA384 = { digest: "SHA-384", bits: 192 } as const;
const SHA512 = { digest: "SHA-512", bits: 256 } as const;

interface Digest {
  readonly digest: string;
  /** Bits of security of a signature with it, as OpenSSL counts them. */
  readonly bits: number;
}

/** Digests of the signatures of certificates; others are not measured. */
const DIGESTS: Readonly<Partial<Record<string, Digest>>> = {
  "1.2.840.113549.1.1.2": { digest: "MD2", bits: 0 },
  "1.2.840.113549.1.1.4": MD5,
  [OID.sha1WithRSAEncryption]: SHA1,
  [OID.ecdsaWithSHA1]: SHA1,
  "1.2.840.113549.1.1.14": SHA224,
  "1.2.840.10045.4.3.1": SHA224,
  [OID.sha256WithRSAEncryption]: SHA256,
  [OID.ecdsaWithSHA256]: SHA256,
  [OID.sha384WithRSAEncryption]: SHA384,
  [OID.ecdsaWithSHA384]: SHA384,
  [OID.sha512WithRSAEncryption]: SHA512,
  [OID.ecdsaWithSHA512]: SHA512,
};
const PSS_DIGESTS = { sha256: SHA256, sha384: SHA384, sha512: SHA512 };

/**
 * Refuses a chain that is too weak to be presented at that level, as OpenSSL
 * does when it loads one: the leaf, then what stands behind it.
 *
 * @throws X509Error `weak_leaf_key`, `weak_ca_key` or `weak_signature_digest`,
 *   with the place in the chain and what to do
 */
export function checkOwnChain(
  chain: readonly Certificate[],
  level: SecurityLevel,
): void {
  const wanted = LEVELS[level].bits;
  const words = (what: string, bits: number, remedy: string): string =>
    `${what} has ${bits.toString()} bits of security, security level ${level.toString()} wants ${wanted.toString()}: ${remedy}`;
  for (const [depth, certificate] of chain.entries()) {
    const key = keyStrength(certificate);
    if (key !== undefined && key.bits < wanted)
      throw new X509Error(
        depth === 0 ? fault.weak_leaf_key : fault.weak_ca_key,
        words(key.what, key.bits, "have it issued with a longer key"),
        depth,
      );
    const signed = isSelfSigned(certificate)
      ? undefined
      : digestOf(certificate);
    if (signed !== undefined && signed.bits < wanted)
      throw new X509Error(
        fault.weak_signature_digest,
        words(
          `a signature with ${signed.digest}`,
          signed.bits,
          "have it issued again with SHA-256",
        ),
        depth,
      );
  }
}

/** Undefined for a key that cannot be read: a peer may know what it is. */
function keyStrength(
  certificate: Certificate,
): { readonly what: string; readonly bits: number } | undefined {
  let key: PublicKey;
  try {
    ({ key } = certificate.subjectPublicKeyInfo);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
  if (key.type === "rsa") {
    const bits = modulusBits(key.modulus);
    const what = `an RSA key of ${bits.toString()} bits`;
    return { what, bits: rsaStrength(bits) };
  }
  return key.type === "ec"
    ? { what: `a key on ${key.curve}`, bits: CURVE_STRENGTH[key.curve] }
    : { what: `a key of ${key.type}`, bits: KEY_STRENGTH[key.type] };
}

/** NIST SP 800-57 and SP 800-56B: what is usual, and the estimate between. */
const RSA_STRENGTH: readonly (readonly [modulus: number, bits: number])[] = [
  [2048, 112],
  [3072, 128],
  [4096, 152],
  [6144, 176],
  [7680, 192],
  [8192, 200],
  [15_360, 256],
];

/** Bits of security of a modulus, in steps of eight, as OpenSSL counts them. */
function rsaStrength(modulus: number): number {
  const known = RSA_STRENGTH.find(([bits]) => bits === modulus);
  if (known !== undefined) return known[1];
  if (modulus < 8) return 0;
  const x = modulus * Math.LN2;
  const estimate = (1.923 * Math.cbrt(x * Math.log(x) ** 2) - 4.69) / Math.LN2;
  const most = modulus <= 7680 ? 192 : modulus <= 15_360 ? 256 : 1200;
  return Math.min(most, 8 * Math.floor((estimate + 4) / 8));
}

function digestOf({ signatureAlgorithm }: Certificate): Digest | undefined {
  const { oid, parameters } = signatureAlgorithm;
  if (oid !== OID.rsassaPss) return DIGESTS[oid];
  const hash = pssHash(parameters);
  return hash && PSS_DIGESTS[hash];
}

/**
 * Tells whether a certificate names no other issuer than itself: nobody relies on
 * what it is signed with.
 */
export function isSelfSigned(certificate: Certificate): boolean {
  if (!certificate.isSelfIssued) return false;
  try {
    const wanted = certificate.authorityKeyIdentifier?.keyIdentifier;
    const own = certificate.subjectKeyIdentifier;
    return wanted === undefined || own === undefined || equal(wanted, own);
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}
