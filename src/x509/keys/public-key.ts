/** SubjectPublicKeyInfo: RFC 5280 4.1.2.7, RFC 3279, 5480, 8410, 9881. */
import { type Bytes, equal } from "../../bytes.ts";
import type { PublicKey } from "../../crypto/provider.ts";
import type { AlgorithmIdentifier } from "./algorithms.ts";
import { DER_NULL, pssHash, readAlgorithm } from "./algorithms.ts";
import {
  bitStringBytes,
  DerError,
  objectIdentifier,
  readSingle,
  unsignedBytes,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import * as OID from "../der/oids.ts";

/** Algorithms of keys, by their RFC names. */
export type KeyAlgorithm =
  | "rsaEncryption"
  | "id-RSASSA-PSS"
  | "ecPublicKey"
  | "ed25519"
  | "ed448"
  | "ml-dsa-44"
  | "ml-dsa-65"
  | "ml-dsa-87";

/** A public key as a certificate carries it. */
export interface SubjectPublicKeyInfo {
  readonly algorithm: KeyAlgorithm;
  readonly key: PublicKey;
  /** The only hash that an id-RSASSA-PSS key with parameters may use. */
  readonly pssHash?: "sha256" | "sha384" | "sha512";
  /** A view on the DER of the whole: do not write to it. */
  readonly der: Bytes;
  /** A view on the content of subjectPublicKey, without the unused-bits byte. */
  readonly publicKeyBytes: Bytes;
}

// [8422-5.3-01]
/**
 * Decodes a key. The arrays inside are views on `der`.
 *
 * @throws X509Error `malformed_public_key`, `unsupported_public_key` or
 *   `explicit_curve`
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { generateKey } from "puretls/pki";
 * import { parseSubjectPublicKeyInfo } from "puretls/x509";
 *
 * const key = generateKey({ provider, type: "ed25519" });
 * const { algorithm } = parseSubjectPublicKeyInfo(key.publicKeyInfo());
 * if (algorithm !== "ed25519") throw new Error();
 * ```
 */
export function parseSubjectPublicKeyInfo(
  der: Uint8Array,
): SubjectPublicKeyInfo {
  return decoding(fault.malformed_public_key, () => {
    const what = "SubjectPublicKeyInfo";
    const whole = readSingle(der, TAG.sequence, what);
    const reader = whole.reader();
    const algorithm = readAlgorithm(reader.read(TAG.sequence, "algorithm"));
    const bytes = bitStringBytes(
      reader.read(TAG.bitString, "subjectPublicKey"),
      "subjectPublicKey",
    );
    reader.end(what);
    return {
      ...decodeKey(algorithm, bytes),
      der: whole.der,
      publicKeyBytes: bytes,
    };
  });
}

/** Bits of an RSA modulus. */
export function modulusBits(modulus: Uint8Array): number {
  const first = modulus[0];
  return first === undefined
    ? 0
    : 8 * (modulus.length - 1) + (32 - Math.clz32(first));
}

/** The curves of RFC 8422 that are not deprecated. */
export type EcCurve = Extract<PublicKey, { type: "ec" }>["curve"];

const CURVES: Readonly<Partial<Record<string, EcCurve>>> = {
  [OID.secp256r1]: "secp256r1",
  [OID.secp384r1]: "secp384r1",
  [OID.secp521r1]: "secp521r1",
};

/** Bytes of a scalar, and of a coordinate, on each curve. */
export const CURVE_BYTES: Readonly<Record<EcCurve, number>> = {
  secp256r1: 32,
  secp384r1: 48,
  secp521r1: 66,
};

/**
 * The curve of ECParameters (RFC 5480 2.1.1): a named one, or an error.
 *
 * @throws X509Error `explicit_curve`, `unsupported_public_key`
 * @throws DerError
 */
export function curveOf(parameters: Uint8Array | undefined): EcCurve {
  if (parameters?.[0] === TAG.sequence)
    throw new X509Error(fault.explicit_curve);
  if (parameters === undefined) throw new DerError("an EC key without a curve");
  const element = readSingle(parameters, TAG.objectIdentifier, "curve");
  const oid = objectIdentifier(element, "curve");
  const curve = CURVES[oid];
  if (curve === undefined)
    throw new X509Error(fault.unsupported_public_key, `curve ${oid}`);
  return curve;
}

/** Keys that are plain bytes: their length (RFC 8410 3, RFC 9881 3). */
const PLAIN_KEYS = {
  ed25519: 32,
  ed448: 57,
  "ml-dsa-44": 1312,
  "ml-dsa-65": 1952,
  "ml-dsa-87": 2592,
} as const;

type PlainKey = keyof typeof PLAIN_KEYS;

const PLAIN_BY_OID: Readonly<Partial<Record<string, PlainKey>>> = {
  // [8422-5.9-02]
  [OID.ed25519]: "ed25519",
  [OID.ed448]: "ed448",
  [OID.mlDsa44]: "ml-dsa-44",
  [OID.mlDsa65]: "ml-dsa-65",
  [OID.mlDsa87]: "ml-dsa-87",
};

type DecodedKey = Pick<SubjectPublicKeyInfo, "algorithm" | "key" | "pssHash">;

function decodeKey(
  { oid, parameters }: AlgorithmIdentifier,
  bytes: Uint8Array,
): DecodedKey {
  if (oid === OID.rsaEncryption) {
    // RFC 3279 2.3.1: "The parameters field MUST have ASN.1 type NULL".
    if (parameters === undefined || !equal(parameters, DER_NULL))
      throw new DerError("rsaEncryption without NULL parameters");
    return { algorithm: "rsaEncryption", key: rsaKey(bytes) };
  }
  if (oid === OID.rsassaPss) return pssKey(parameters, bytes);
  if (oid === OID.ecPublicKey)
    return { algorithm: "ecPublicKey", key: ecKey(parameters, bytes) };
  const plain = PLAIN_BY_OID[oid];
  if (plain === undefined)
    throw new X509Error(fault.unsupported_public_key, `algorithm ${oid}`);
  if (parameters !== undefined)
    throw new DerError(`${plain} with parameters that must be absent`);
  if (bytes.length !== PLAIN_KEYS[plain])
    throw new DerError(`an ${plain} key of wrong length`);
  return { algorithm: plain, key: { type: plain, key: bytes } };
}

function pssKey(
  parameters: Uint8Array | undefined,
  bytes: Uint8Array,
): DecodedKey {
  const algorithm = "id-RSASSA-PSS";
  const key = rsaKey(bytes);
  // RFC 4055 3.1: absent parameters put no limit on the hash.
  if (parameters === undefined) return { algorithm, key };
  const hash = pssHash(parameters);
  if (hash === undefined)
    throw new X509Error(fault.unsupported_public_key, "RSASSA-PSS parameters");
  return { algorithm, key, pssHash: hash };
}

function rsaKey(bytes: Uint8Array): PublicKey {
  const reader = readSingle(bytes, TAG.sequence, "RSAPublicKey").reader();
  const modulus = unsignedBytes(reader.read(TAG.integer, "modulus"), "modulus");
  const exponent = unsignedBytes(
    reader.read(TAG.integer, "publicExponent"),
    "publicExponent",
  );
  reader.end("RSAPublicKey");
  const bits = modulusBits(modulus);
  const odd = ((modulus[modulus.length - 1] ?? 0) & 1) === 1;
  if (bits < 512 || !odd) throw new DerError("no RSA modulus");
  // The cost of a check grows with these: more than 16,384 bits nobody needs,
  // nor an exponent of more than 33 (FIPS 186-5 allows up to 256, unused).
  if (bits > 16_384 || exponent.length > 5)
    throw new X509Error(
      fault.unsupported_public_key,
      `RSA with ${bits.toString()} bits, exponent of ${exponent.length.toString()} bytes`,
    );
  const last = exponent[exponent.length - 1] ?? 0;
  if ((last & 1) === 0 || (exponent.length === 1 && last < 3))
    throw new DerError("no RSA exponent");
  return { type: "rsa", modulus, exponent };
}

// [8422-5.9-01]
function ecKey(
  parameters: Uint8Array | undefined,
  point: Uint8Array,
): PublicKey {
  const curve = curveOf(parameters);
  // SEC 1 2.3.3; whether it lies on the curve, the provider finds out.
  const size = CURVE_BYTES[curve];
  const form = point[0];
  const whole = form === 4 && point.length === 1 + 2 * size;
  const compressed = (form === 2 || form === 3) && point.length === 1 + size;
  if (!whole && !compressed) throw new DerError("no EC point of the curve");
  return { type: "ec", curve, point };
}
