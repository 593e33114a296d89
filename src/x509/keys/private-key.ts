/** Private keys: PKCS#8 (RFC 5958), SEC 1 (RFC 5915) and PKCS#1 (RFC 8017). */
import type { BytesLike } from "../../bytes.ts";
import { fromHex, latin1, Secret, viewBytes, wipe } from "../../bytes.ts";
import type { MlDsaName, PrivateKey } from "../../crypto/provider.ts";
import type { AlgorithmIdentifier } from "./algorithms.ts";
import { readAlgorithm } from "./algorithms.ts";
import {
  constructedTag,
  contextTag,
  DerError,
  DerReader,
  readSingle,
  smallInteger,
  unsignedBytes,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { DecryptionOptions } from "./encrypted-key.ts";
import { decryptLegacyPem, decryptPkcs8 } from "./encrypted-key.ts";
import * as OID from "../der/oids.ts";
import { firstPemBlock, noPemBlock, type PemBlock } from "./pem.ts";
import type { EcCurve, KeyAlgorithm } from "./public-key.ts";
import { CURVE_BYTES, curveOf, modulusBits } from "./public-key.ts";

/** A private key and the algorithm that it is for. */
export interface ParsedPrivateKey {
  readonly algorithm: KeyAlgorithm;
  readonly key: PrivateKey;
}

/** See {@link DecryptionOptions}. */
export type PrivateKeyOptions = DecryptionOptions;

/**
 * Reads a private key from PEM text (the first block whose label ends in
 * PRIVATE KEY; other blocks are passed over), from PEM bytes or from DER. The
 * secrets of the result belong to the caller, who may wipe them.
 *
 * @throws X509Error `no_pem_block`, `malformed_pem`, `malformed_private_key`,
 *   `unsupported_private_key`, `password_required`, `wrong_password`
 * @throws TypeError for anything but a string or bytes
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 * import { parsePlainPrivateKey, parsePrivateKey } from "puretls/x509";
 *
 * const made = createSelfSigned({ provider, hosts: ["a.example"] });
 * const pem = made.key.toPem();
 * if (parsePrivateKey(pem).algorithm !== "ecPublicKey") throw new Error();
 * if (parsePlainPrivateKey(pem).algorithm !== "ecPublicKey") throw new Error();
 * ```
 */
export function parsePrivateKey(
  pemOrDer: string | BytesLike,
  options: PrivateKeyOptions = {},
): ParsedPrivateKey {
  return parseKey(pemOrDer, {
    pkcs8: (reader) => decryptPkcs8(reader, options),
    legacyPem: (headers, der) => decryptLegacyPem(headers, der, options),
  });
}

/**
 * As {@link parsePrivateKey} of a key without a password, for bundles that are
 * not to load how one is decrypted.
 *
 * @throws X509Error as it, and `unsupported_private_key` for an encrypted key
 */
export function parsePlainPrivateKey(
  pemOrDer: string | BytesLike,
): ParsedPrivateKey {
  const refuse = (): never => {
    throw new X509Error(fault.unsupported_private_key, "an encrypted key");
  };
  return parseKey(pemOrDer, { pkcs8: refuse, legacyPem: refuse });
}

/** Both return DER that nobody else holds. */
interface Decryption {
  readonly pkcs8: (reader: DerReader) => Uint8Array;
  readonly legacyPem: (
    headers: PemBlock["headers"],
    der: Uint8Array,
  ) => Uint8Array;
}

function parseKey(
  pemOrDer: string | BytesLike,
  decryption: Decryption,
): ParsedPrivateKey {
  if (typeof pemOrDer === "string") return fromPem(pemOrDer, decryption);
  const bytes = viewBytes(pemOrDer, "a private key");
  return bytes[0] === TAG.sequence
    ? fromDer(bytes, decryption)
    : fromPem(latin1(bytes), decryption);
}

function fromPem(text: string, decryption: Decryption): ParsedPrivateKey {
  const block = firstPemBlock(text, (label) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) throw noPemBlock("private key", text);
  const { headers, der } = block;
  if (headers["Proc-Type"] === undefined) return fromDer(der, decryption);
  return fromDecrypted(decryption.legacyPem(headers, der));
}

function fromDer(der: Uint8Array, decryption: Decryption): ParsedPrivateKey {
  const encrypted = decoding(fault.malformed_private_key, () => {
    const reader = readSingle(der, TAG.sequence, "private key").reader();
    // EncryptedPrivateKeyInfo begins with its algorithm, a key with a version.
    return reader.nextTag === TAG.sequence
      ? decryption.pkcs8(reader)
      : undefined;
  });
  return encrypted === undefined ? readPlain(der) : fromDecrypted(encrypted);
}

/**
 * Parses decrypted bytes: a wrong password yields noise, now and then with
 * right padding.
 */
function fromDecrypted(plain: Uint8Array): ParsedPrivateKey {
  try {
    return readPlain(plain);
  } catch (error) {
    if (
      error instanceof X509Error &&
      error.fault === fault.malformed_private_key
    )
      throw new X509Error(fault.wrong_password);
    throw error;
  } finally {
    wipe(plain);
  }
}

function readPlain(der: Uint8Array): ParsedPrivateKey {
  return decoding(fault.malformed_private_key, () => {
    const reader = readSingle(der, TAG.sequence, "private key").reader();
    const version = smallInteger(
      reader.read(TAG.integer, "version"),
      "version",
    );
    switch (reader.nextTag) {
      case TAG.sequence:
        return readPkcs8(reader, version);
      case TAG.octetString:
        return readSec1(reader, version, undefined);
      default:
        return {
          algorithm: "rsaEncryption",
          key: readPkcs1(reader, version),
        };
    }
  });
}

/** RFC 5958 2, after its version. */
function readPkcs8(reader: DerReader, version: number): ParsedPrivateKey {
  if (version > 1) throw new DerError("a version of PKCS#8 that is not known");
  const algorithm = readAlgorithm(reader.read(TAG.sequence, "algorithm"));
  const key = reader.read(TAG.octetString, "privateKey").content;
  reader.optional(constructedTag(0), "attributes");
  // RFC 5958 2: publicKey only with version 1 (v2).
  if (version === 1) reader.optional(contextTag(1), "publicKey");
  reader.end("PrivateKeyInfo");
  return readKey(algorithm, key);
}

function readKey(
  { oid, parameters }: AlgorithmIdentifier,
  key: Uint8Array,
): ParsedPrivateKey {
  switch (oid) {
    case OID.rsaEncryption:
    case OID.rsassaPss: {
      const inner = readSingle(key, TAG.sequence, "RSAPrivateKey").reader();
      const version = smallInteger(
        inner.read(TAG.integer, "version"),
        "version",
      );
      const algorithm =
        oid === OID.rsaEncryption ? "rsaEncryption" : "id-RSASSA-PSS";
      return { algorithm, key: readPkcs1(inner, version) };
    }
    case OID.ecPublicKey: {
      const inner = readSingle(key, TAG.sequence, "ECPrivateKey").reader();
      const version = smallInteger(
        inner.read(TAG.integer, "version"),
        "version",
      );
      return readSec1(inner, version, namedCurve(parameters));
    }
    case OID.ed25519:
      return edwardsKey("ed25519", key, 32);
    case OID.ed448:
      return edwardsKey("ed448", key, 57);
    case OID.mlDsa44:
      return mlDsaKey("ml-dsa-44", key);
    case OID.mlDsa65:
      return mlDsaKey("ml-dsa-65", key);
    case OID.mlDsa87:
      return mlDsaKey("ml-dsa-87", key);
    default:
      throw new X509Error(fault.unsupported_private_key, `algorithm ${oid}`);
  }
}

/** RFC 8410 7: CurvePrivateKey, an OCTET STRING inside the OCTET STRING. */
function edwardsKey(
  type: "ed25519" | "ed448",
  key: Uint8Array,
  length: number,
): ParsedPrivateKey {
  const seed = readSingle(key, TAG.octetString, "CurvePrivateKey").content;
  if (seed.length !== length) throw new DerError(`no ${type} seed`);
  return { algorithm: type, key: { type, seed: new Secret(seed.slice()) } };
}

/**
 * RFC 9881 6: a seed, an expanded key, or both. Only from a seed can the
 * public key be made, so an expanded key alone is not supported.
 */
function mlDsaKey(type: MlDsaName, key: Uint8Array): ParsedPrivateKey {
  const seed = mlDsaSeed(type, key);
  if (seed.length !== 32) throw new DerError(`no ${type} seed`);
  return { algorithm: type, key: { type, seed: new Secret(seed.slice()) } };
}

function mlDsaSeed(type: MlDsaName, key: Uint8Array): Uint8Array {
  const reader = new DerReader(key);
  if (reader.nextTag === TAG.octetString)
    throw new X509Error(
      fault.unsupported_private_key,
      `${type} without its seed: an expanded key`,
    );
  if (reader.nextTag !== TAG.sequence)
    return readSingle(key, contextTag(0), "seed").content;
  const both = readSingle(key, TAG.sequence, "both").reader();
  const seed = both.read(TAG.octetString, "seed").content;
  both.read(TAG.octetString, "expandedKey");
  both.end("both");
  return seed;
}

function namedCurve(parameters: Uint8Array | undefined): EcCurve {
  try {
    return curveOf(parameters);
  } catch (error) {
    if (error instanceof X509Error)
      throw new X509Error(fault.unsupported_private_key, error.message);
    throw error;
  }
}

/** RFC 5915 3, after its version. */
function readSec1(
  reader: DerReader,
  version: number,
  outerCurve: EcCurve | undefined,
): ParsedPrivateKey {
  if (version !== 1) throw new DerError("an EC key of unknown version");
  const scalar = reader.read(TAG.octetString, "privateKey").content;
  const parameters = reader.optional(constructedTag(0), "parameters");
  reader.optional(constructedTag(1), "publicKey");
  reader.end("ECPrivateKey");
  const innerCurve = parameters && namedCurve(parameters.content);
  const curve = outerCurve ?? innerCurve;
  if (curve === undefined || (innerCurve ?? curve) !== curve)
    throw new DerError("an EC key that does not name one curve");
  return {
    algorithm: "ecPublicKey",
    key: { type: "ec", curve, scalar: paddedScalar(scalar, curve) },
  };
}

/** As long as the order: some writers drop or add leading zeros. */
function paddedScalar(scalar: Uint8Array, curve: EcCurve): Secret {
  const size = CURVE_BYTES[curve];
  const surplus = Math.max(0, scalar.length - size);
  if (scalar.length === 0 || scalar.subarray(0, surplus).some((b) => b !== 0))
    throw new DerError("an EC scalar of wrong length");
  const padded = new Uint8Array(size);
  const digits = scalar.subarray(surplus);
  padded.set(digits, size - digits.length);
  if (!isBelowOrder(padded, fromHex(ORDERS[curve])))
    throw new DerError("an EC scalar that is zero or not below the order");
  return new Secret(padded);
}

/** Orders of the curves' groups, SEC 2 2.4.2, 2.5.1 and 2.6.1. */
const ORDERS: Readonly<Record<EcCurve, string>> = {
  secp256r1: `ffffffff00000000${"f".repeat(16)}bce6faada7179e84f3b9cac2fc632551`,
  secp384r1: `${"f".repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`,
  secp521r1: `01${"f".repeat(64)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
};

/**
 * Tells whether a scalar is above zero and below the order, in the same steps
 * for all.
 */
function isBelowOrder(scalar: Uint8Array, order: Uint8Array): boolean {
  let borrow = 0;
  let bits = 0;
  for (let i = scalar.length - 1; i >= 0; i--) {
    const digit = scalar[i] ?? 0;
    bits |= digit;
    borrow = ((digit - (order[i] ?? 0) - borrow) >> 8) & 1;
  }
  return borrow === 1 && bits !== 0;
}

/** RFC 8017 A.1.2, after its version. */
function readPkcs1(reader: DerReader, version: number): PrivateKey {
  // Version 1 is multi-prime.
  if (version !== 0) throw new DerError("an RSA key of unknown version");
  const next = (what: string): Uint8Array =>
    unsignedBytes(reader.read(TAG.integer, what), what).slice();
  const modulus = next("modulus");
  const exponent = next("publicExponent");
  const secret = (what: string): Secret => new Secret(next(what));
  const key: PrivateKey = {
    type: "rsa",
    modulus,
    exponent,
    privateExponent: secret("privateExponent"),
    prime1: secret("prime1"),
    prime2: secret("prime2"),
    exponent1: secret("exponent1"),
    exponent2: secret("exponent2"),
    coefficient: secret("coefficient"),
  };
  reader.end("RSAPrivateKey");
  const bits = modulusBits(modulus);
  if (bits < 512 || bits > 16_384)
    throw new X509Error(
      fault.unsupported_private_key,
      `RSA with ${bits.toString()} bits`,
    );
  return key;
}
