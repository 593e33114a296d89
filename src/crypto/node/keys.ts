/**
 * Node's key objects for the provider's keys, made at the first use of a key
 * and kept as long as the key itself is.
 */
import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { fromHex, toHex, wipe } from "../../bytes.ts";
import { rsaNumbers } from "../noble/rsa/rsa-math.ts";
import type { PrivateKey, PublicKey } from "../provider.ts";
import {
  algorithmIdentifier,
  privateKeyInfo,
  publicKeyInfo,
  sequence,
  tlv,
  unsignedInteger,
  VERSION_0,
} from "./der.ts";
import { isScalar, nistCurves } from "./nist-curves.ts";

/** The key for OpenSSL, or undefined when it is not a sound one. */
export function nodePublicKey(key: PublicKey): KeyObject | undefined {
  if (publicKeys.has(key)) return publicKeys.get(key);
  const made = makePublicKey(key);
  publicKeys.set(key, made);
  return made;
}

/**
 * The key for OpenSSL.
 *
 * @throws TypeError when it is not a sound one; Error when it was wiped
 */
export function nodePrivateKey(key: PrivateKey): KeyObject {
  checkNotWiped(key);
  const known = privateKeys.get(key);
  if (known !== undefined) return known;
  const made = makePrivateKey(key);
  privateKeys.set(key, made);
  return made;
}

const publicKeys = new WeakMap<PublicKey, KeyObject | undefined>();
const privateKeys = new WeakMap<PrivateKey, KeyObject>();

type RsaPrivateKey = Extract<PrivateKey, { readonly type: "rsa" }>;
type EcPrivateKey = Extract<PrivateKey, { readonly type: "ec" }>;
type EcPublicKey = Extract<PublicKey, { readonly type: "ec" }>;

/** RFC 5480 2.1.1: id-ecPublicKey. */
const EC_PUBLIC_KEY = fromHex("06072a8648ce3d0201");
/** RFC 8410 3. */
const ED25519 = algorithmIdentifier(fromHex("06032b6570"));
const ED448 = algorithmIdentifier(fromHex("06032b6571"));

function makePublicKey(key: PublicKey): KeyObject | undefined {
  try {
    switch (key.type) {
      case "rsa":
        if (rsaNumbers(key) === undefined) return undefined;
        return fromJwk({
          kty: "RSA",
          n: base64url(key.modulus),
          e: base64url(key.exponent),
        });
      case "ec":
        if (!isSecPoint(key)) return undefined;
        return key.curve === "secp256r1" && key.point[0] === 4
          ? fromJwk({
              kty: "EC",
              crv: "P-256",
              x: base64url(key.point.subarray(1, 33)),
              y: base64url(key.point.subarray(33)),
            })
          : fromInfo(publicKeyInfo(ecAlgorithm(key), key.point));
      case "ed25519":
        return isWeak(key.key, 32, ED25519_FIELD, ED25519_SMALL_ORDER)
          ? undefined
          : fromJwk({ kty: "OKP", crv: "Ed25519", x: base64url(key.key) });
      case "ed448":
        return isWeak(key.key, 57, ED448_FIELD, ED448_SMALL_ORDER)
          ? undefined
          : fromJwk({ kty: "OKP", crv: "Ed448", x: base64url(key.key) });
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/**
 * OpenSSL takes 0.1 ms to find out what is in DER. Numbers by themselves are a
 * key in a tenth of that; the longer curves alone check them for longer still.
 */
function fromJwk(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: "jwk" });
}

function base64url({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("base64url");
}

function fromInfo(key: Buffer): KeyObject {
  return createPublicKey({ key, format: "der", type: "spki" });
}

/** SEC 1 2.3.4 without the hybrid form, which OpenSSL reads too. */
function isSecPoint({ curve, point }: EcPublicKey): boolean {
  const { scalarLength } = nistCurves[curve];
  const form = point[0];
  if (form === 4) return point.length === 1 + 2 * scalarLength;
  return (form === 2 || form === 3) && point.length === 1 + scalarLength;
}

function ecAlgorithm({ curve }: EcPublicKey | EcPrivateKey): Uint8Array {
  return algorithmIdentifier(EC_PUBLIC_KEY, nistCurves[curve].oid);
}

const ED25519_FIELD = 2n ** 255n - 19n;
const ED448_FIELD = 2n ** 448n - 2n ** 224n - 1n;

/** y of the points whose order divides the cofactor, 8. */
const ED25519_SMALL_ORDER: readonly bigint[] = [
  0n,
  1n,
  ED25519_FIELD - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
];
/** The same for Ed448 and its cofactor 4. */
const ED448_SMALL_ORDER: readonly bigint[] = [0n, 1n, ED448_FIELD - 1n];

/**
 * OpenSSL takes encodings that are not canonical and keys of small order, for
 * which there are signatures that fit any message. noble refuses them, and so
 * do we.
 */
function isWeak(
  key: Uint8Array,
  length: number,
  field: bigint,
  smallOrder: readonly bigint[],
): boolean {
  if (key.length !== length) return true;
  const bigEndian = key.slice().reverse();
  // RFC 8032 5.1.2: the most significant bit is the sign of x.
  bigEndian[0] = (bigEndian[0] ?? 0) & 0x7f;
  const y = BigInt(`0x${toHex(bigEndian)}`);
  return y >= field || smallOrder.includes(y);
}

/** A key that was wiped must not go on living in OpenSSL. */
function checkNotWiped(key: PrivateKey): void {
  const secret =
    key.type === "rsa"
      ? key.privateExponent
      : key.type === "ec"
        ? key.scalar
        : key.seed;
  if (secret.bytes.length > 0) return;
  throw new TypeError("this private key is empty");
}

function makePrivateKey(key: PrivateKey): KeyObject {
  switch (key.type) {
    case "rsa":
      return rsaPrivateKey(key);
    case "ec":
      return ecPrivateKey(key);
    case "ed25519":
      return edwardsPrivateKey("Ed25519", ED25519, key.seed.bytes, 32);
    case "ed448":
      return edwardsPrivateKey("Ed448", ED448, key.seed.bytes, 57);
    default:
      throw new TypeError(`Node has no ${key.type}`);
  }
}

/** RFC 8410 7: CurvePrivateKey is an OCTET STRING in the octet string. */
function edwardsPrivateKey(
  name: string,
  algorithm: Uint8Array,
  seed: Uint8Array,
  length: number,
): KeyObject {
  if (seed.length !== length)
    throw new TypeError(
      `an ${name} private key is ${length} bytes long, not ${seed.length}`,
    );
  return imported(privateKeyInfo(algorithm, tlv(0x04, seed)));
}

function ecPrivateKey(key: EcPrivateKey): KeyObject {
  const curve = nistCurves[key.curve];
  if (!isScalar(curve, key.scalar.bytes))
    throw new TypeError(
      `not a private key of ${key.curve}: the scalar must be ${curve.scalarLength} bytes, above zero and below the curve's order`,
    );
  // RFC 5915 3: ECPrivateKey, version 1.
  const octets = tlv(0x04, key.scalar.bytes);
  const inner = sequence(Uint8Array.of(2, 1, 1), octets);
  wipe(octets);
  return imported(privateKeyInfo(ecAlgorithm(key), inner));
}

/** RFC 8017 A.1.2: RSAPrivateKey. */
function rsaPrivateKey(key: RsaPrivateKey): KeyObject {
  if (rsaNumbers(key) === undefined)
    throw new TypeError(
      "an RSA key must have an odd modulus of 1024 to 16384 bits and an odd exponent from 3 to 2^33",
    );
  const secrets = [
    key.privateExponent,
    key.prime1,
    key.prime2,
    key.exponent1,
    key.exponent2,
    key.coefficient,
  ].map((secret) => unsignedInteger(secret.bytes));
  const der = sequence(
    VERSION_0,
    unsignedInteger(key.modulus),
    unsignedInteger(key.exponent),
    ...secrets,
  );
  wipe(...secrets);
  return imported(der, "pkcs1");
}

function imported(der: Buffer, type: "pkcs1" | "pkcs8" = "pkcs8"): KeyObject {
  try {
    return createPrivateKey({ key: der, format: "der", type });
  } catch {
    throw new TypeError("OpenSSL refuses this private key: it is not sound");
  } finally {
    wipe(der);
  }
}
