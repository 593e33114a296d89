/** AlgorithmIdentifier and what the signature algorithms mean. */
import { type Bytes, equal } from "../../bytes.ts";
import type { SignatureName } from "../../crypto/provider.ts";
import type { DerElement, DerReader } from "../der/der.ts";
import {
  constructedTag,
  DerError,
  objectIdentifier,
  readSingle,
  smallInteger,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import * as OID from "../der/oids.ts";

/** RFC 5280 4.1.1.2. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  /** DER of the parameters, undefined when absent. A view. */
  readonly parameters: Bytes | undefined;
  /** DER of the whole. A view. */
  readonly der: Bytes;
}

/** @throws DerError */
export function readAlgorithm(sequence: DerElement): AlgorithmIdentifier {
  const reader = sequence.reader();
  const oid = objectIdentifier(
    reader.read(TAG.objectIdentifier, "algorithm"),
    "algorithm",
  );
  const parameters = reader.done
    ? undefined
    : reader.readAny("algorithm parameters").der;
  reader.end("AlgorithmIdentifier");
  return { oid, parameters, der: sequence.der };
}

/**
 * The requirements of an algorithm on the issuer's key, and the provider's name
 * for it.
 */
export interface SignatureAlgorithm {
  readonly name: SignatureName;
  readonly keyType: "rsa" | "ec" | "eddsa" | "ml-dsa";
  /** RSASSA-PSS: a key of id-RSASSA-PSS fits only this and no other. */
  readonly pss: boolean;
  /** SHA-1 signatures can be forged. */
  readonly weak: boolean;
}

const plain = (
  name: SignatureName,
  keyType: SignatureAlgorithm["keyType"],
  weak = false,
): SignatureAlgorithm => ({ name, keyType, pss: false, weak });

const BY_OID: Readonly<Partial<Record<string, SignatureAlgorithm>>> = {
  [OID.sha1WithRSAEncryption]: plain("rsa-pkcs1-sha1", "rsa", true),
  [OID.sha256WithRSAEncryption]: plain("rsa-pkcs1-sha256", "rsa"),
  [OID.sha384WithRSAEncryption]: plain("rsa-pkcs1-sha384", "rsa"),
  [OID.sha512WithRSAEncryption]: plain("rsa-pkcs1-sha512", "rsa"),
  [OID.ecdsaWithSHA1]: plain("ecdsa-sha1", "ec", true),
  [OID.ecdsaWithSHA256]: plain("ecdsa-sha256", "ec"),
  [OID.ecdsaWithSHA384]: plain("ecdsa-sha384", "ec"),
  [OID.ecdsaWithSHA512]: plain("ecdsa-sha512", "ec"),
  [OID.ed25519]: plain("ed25519", "eddsa"),
  [OID.ed448]: plain("ed448", "eddsa"),
  [OID.mlDsa44]: plain("ml-dsa-44", "ml-dsa"),
  [OID.mlDsa65]: plain("ml-dsa-65", "ml-dsa"),
  [OID.mlDsa87]: plain("ml-dsa-87", "ml-dsa"),
};

/** Tells whether signatures by that algorithm can be forged, as over SHA-1. */
export function isWeakSignature(name: SignatureName): boolean {
  return WEAK.has(name);
}

const WEAK: ReadonlySet<SignatureName> = new Set(
  Object.values(BY_OID).flatMap((row) => (row?.weak ? [row.name] : [])),
);

/** DER of NULL. */
export const DER_NULL: Uint8Array = Uint8Array.of(5, 0);

/**
 * The meaning of a signature algorithm; undefined when it is not one of ours
 * or its parameters are not those that the RFCs allow.
 */
export function signatureAlgorithm(
  algorithm: AlgorithmIdentifier,
): SignatureAlgorithm | undefined {
  const { oid, parameters } = algorithm;
  if (oid === OID.rsassaPss) {
    const hash = pssHash(parameters);
    if (hash === undefined) return undefined;
    return { name: `rsa-pss-${hash}`, keyType: "rsa", pss: true, weak: false };
  }
  const known = BY_OID[oid];
  if (known === undefined) return undefined;
  // RFC 4055 5: NULL for RSA, and "implementations MUST accept the parameters
  // being absent as well as present". RFC 5758 3.2, RFC 8410 3, RFC 9881 2:
  // absent for all others.
  const fits =
    parameters === undefined ||
    (known.keyType === "rsa" && equal(parameters, DER_NULL));
  return fits ? known : undefined;
}

// [9846-4.3.3-11]
/**
 * The hash of RSASSA-PSS-params (RFC 4055 3.1) when MGF1 uses the same, the
 * salt is as long and the trailer is 1: what TLS and the Web PKI use.
 * Undefined for anything else, SHA-1 defaults included.
 */
export function pssHash(
  parameters: Uint8Array | undefined,
): "sha256" | "sha384" | "sha512" | undefined {
  if (parameters === undefined) return undefined;
  try {
    const reader = readSingle(parameters, TAG.sequence, "PSS").reader();
    const hash = hashOf(explicit(reader, 0));
    const mask = readAlgorithm(explicit(reader, 1));
    const salt = smallInteger(explicit(reader, 2), "saltLength");
    // trailerField 1 is the default: DER leaves it out. Some write it.
    if (!reader.done && smallInteger(explicit(reader, 3), "trailer") !== 1)
      return undefined;
    reader.end("PSS");
    if (hash === undefined || mask.oid !== OID.mgf1) return undefined;
    if (mask.parameters === undefined) return undefined;
    const maskHash = hashOf(readSingle(mask.parameters, TAG.sequence, "MGF1"));
    return maskHash === hash && salt === HASH_LENGTH[hash] ? hash : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

const HASH_LENGTH = { sha256: 32, sha384: 48, sha512: 64 } as const;

function hashOf(sequence: DerElement): keyof typeof HASH_LENGTH | undefined {
  const { oid, parameters } = readAlgorithm(sequence);
  if (parameters !== undefined && !equal(parameters, DER_NULL))
    return undefined;
  if (oid === OID.sha256) return "sha256";
  if (oid === OID.sha384) return "sha384";
  return oid === OID.sha512 ? "sha512" : undefined;
}

function explicit(reader: DerReader, number: number): DerElement {
  const inner = reader.read(constructedTag(number), "PSS field").reader();
  const element = inner.readAny("PSS field");
  inner.end("PSS field");
  return element;
}
