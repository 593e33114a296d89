/** Signing with the provider, and the AlgorithmIdentifiers of signatures. */
import type { CryptoProvider, SignatureName } from "../../crypto/provider.ts";
import * as OID from "../../x509/der/oids.ts";
import {
  bitString,
  constructed,
  nullValue,
  objectIdentifier,
  sequence,
  unsignedInteger,
} from "../der/asn1.ts";
import type { PkiKey } from "./keys.ts";

/** Signatures that can be issued: nothing is signed over SHA-1. */
export type IssuingSignature = Exclude<SignatureName, `${string}-sha1`>;

/** Tells whether a signature algorithm is one of those. */
export function isIssuingSignature(
  name: SignatureName,
): name is IssuingSignature {
  return name in ALGORITHMS;
}

/** The signature that goes into a certificate, a request or a CRL. */
export interface Signing {
  readonly name: IssuingSignature;
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
}

/**
 * The algorithm that a key signs with: the one asked for, or the usual one.
 *
 * @throws TypeError when the key cannot sign with the algorithm asked for
 */
export function signingWith(key: PkiKey, wanted?: IssuingSignature): Signing {
  const name = wanted ?? usualSignature(key);
  if (!fits(key, name))
    throw new TypeError(
      `a key of type ${key.algorithm} cannot sign with ${name}`,
    );
  return { name, algorithm: signatureAlgorithmIdentifier(name) };
}

/**
 * Signs and answers DER of `SEQUENCE { toBeSigned, algorithm, signature }`,
 * the outer form of certificates, requests and CRLs.
 *
 * @param toBeSigned DER; where its type names the algorithm inside, the same
 * @param tail elements after the signature: OCSP responses have some
 * @throws TypeError when the provider has no such signer
 */
export function signedSequence(
  provider: CryptoProvider,
  key: PkiKey,
  signing: Signing,
  toBeSigned: Uint8Array,
  ...tail: readonly Uint8Array[]
): Uint8Array {
  const signer = provider.signers[signing.name];
  if (signer === undefined)
    throw new TypeError(
      `the crypto provider "${provider.name}" cannot sign with ${signing.name}`,
    );
  const signature = signer(key.privateKey, toBeSigned, provider.random);
  return sequence(toBeSigned, signing.algorithm, bitString(signature), ...tail);
}

/** DER of the AlgorithmIdentifier of a signature algorithm. */
export function signatureAlgorithmIdentifier(
  name: IssuingSignature,
): Uint8Array {
  const row = ALGORITHMS[name];
  if (typeof row === "string") {
    // RFC 4055 5: PKCS#1 v1.5 has NULL parameters. RFC 5758 3.2, RFC 8410 3
    // and RFC 9881 2: the others have none.
    return name.startsWith("rsa-")
      ? sequence(objectIdentifier(row), nullValue())
      : sequence(objectIdentifier(row));
  }
  // RFC 4055 3.1: RSASSA-PSS-params.
  const hash = sequence(objectIdentifier(row.hash), nullValue());
  return sequence(
    objectIdentifier(OID.rsassaPss),
    sequence(
      constructed(0, hash),
      constructed(1, sequence(objectIdentifier(OID.mgf1), hash)),
      constructed(2, unsignedInteger(row.saltLength)),
    ),
  );
}

interface PssRow {
  readonly hash: string;
  readonly saltLength: number;
}

const ALGORITHMS: Readonly<Record<IssuingSignature, string | PssRow>> = {
  "ecdsa-sha256": OID.ecdsaWithSHA256,
  "ecdsa-sha384": OID.ecdsaWithSHA384,
  "ecdsa-sha512": OID.ecdsaWithSHA512,
  ed25519: OID.ed25519,
  ed448: OID.ed448,
  "ml-dsa-44": OID.mlDsa44,
  "ml-dsa-65": OID.mlDsa65,
  "ml-dsa-87": OID.mlDsa87,
  "rsa-pkcs1-sha256": OID.sha256WithRSAEncryption,
  "rsa-pkcs1-sha384": OID.sha384WithRSAEncryption,
  "rsa-pkcs1-sha512": OID.sha512WithRSAEncryption,
  "rsa-pss-sha256": { hash: OID.sha256, saltLength: 32 },
  "rsa-pss-sha384": { hash: OID.sha384, saltLength: 48 },
  "rsa-pss-sha512": { hash: OID.sha512, saltLength: 64 },
};

function usualSignature(key: PkiKey): IssuingSignature {
  const { publicKey, algorithm } = key;
  if (publicKey.type === "ec") return CURVE_SIGNATURES[publicKey.curve];
  if (algorithm === "id-RSASSA-PSS") return "rsa-pss-sha256";
  return publicKey.type === "rsa" ? "rsa-pkcs1-sha256" : publicKey.type;
}

const CURVE_SIGNATURES = {
  secp256r1: "ecdsa-sha256",
  secp384r1: "ecdsa-sha384",
  secp521r1: "ecdsa-sha512",
} as const;

function fits(key: PkiKey, name: IssuingSignature): boolean {
  switch (key.algorithm) {
    case "ecPublicKey":
      return name.startsWith("ecdsa-");
    case "rsaEncryption":
      return name.startsWith("rsa-");
    case "id-RSASSA-PSS":
      // RFC 4055 1.2: such a key signs with RSASSA-PSS and nothing else.
      return name.startsWith("rsa-pss-");
    default:
      return name === key.algorithm;
  }
}
