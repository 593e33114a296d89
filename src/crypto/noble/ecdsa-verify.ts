/**
 * Verifying ECDSA (FIPS 186-5 6.4.2) with DER signatures, over the points of
 * `@noble/curves`. Its `ecdsa` brings signing, key recovery and an encoder in
 * one closure, four times the code of the equation alone; and making it asks
 * the host for random bytes.
 */
import { bytesToNumberBE } from "@noble/curves/utils.js";
import { concat, equal } from "../../bytes.ts";
import type { HashName, SignatureVerifier } from "../provider.ts";
import { hashes } from "./hashes.ts";
import {
  type NistCurve,
  type NistCurveName,
  type NistCurveRow,
  nistCurves,
} from "./nist-curves.ts";

/** The curves that a verifier takes keys of, by name. */
export type NistCurveRows = {
  readonly [name in NistCurveName]?: NistCurveRow;
};

/**
 * Verifies signatures over the message's hash, on every NIST curve; never
 * throws. Any hash goes with any curve: X.509 has ecdsa-with-SHA256 under a
 * P-384 key.
 */
export function ecdsaVerifier(hashName: HashName): SignatureVerifier {
  return ecdsaVerifierWith(nistCurves, hashName);
}

/**
 * The same on the curves named alone, for a provider that leaves out the rest:
 * a signature under a key of another curve is not right.
 *
 * @example
 * ```ts
 * import { ecdsaVerifierWith, noble, p256 } from "puretls/crypto/noble";
 *
 * const verifier = ecdsaVerifierWith({ secp256r1: p256 }, "SHA-256");
 * const provider = { ...noble, verifiers: { "ecdsa-sha256": verifier } };
 * ```
 */
export function ecdsaVerifierWith(
  curves: NistCurveRows,
  hashName: HashName,
): SignatureVerifier {
  const { hash } = hashes[hashName];
  return (key, message, signature) => {
    const curve = key.type === "ec" ? curves[key.curve]?.() : undefined;
    if (key.type !== "ec" || curve === undefined) return false;
    const numbers = readSignature(signature);
    if (numbers === undefined) return false;
    try {
      return verifies(curve, key.point, hash(message), numbers);
    } catch {
      // No point of the curve, or numbers beyond its order.
      return false;
    }
  };
}

interface SignatureNumbers {
  readonly r: bigint;
  readonly s: bigint;
}

/** High S is allowed: neither X.509 nor TLS asks for the lower half. */
function verifies(
  { Point, orderBits }: NistCurve,
  publicPoint: Uint8Array,
  digest: Uint8Array,
  { r, s }: SignatureNumbers,
): boolean {
  const { Fn } = Point;
  if (!Fn.isValidNot0(r) || !Fn.isValidNot0(s)) return false;
  const key = Point.fromBytes(publicPoint);
  if (key.is0()) return false;
  // FIPS 186-5 6.4.2 step 2: the leftmost bits, where the hash has more.
  const excess = Math.max(0, 8 * digest.length - orderBits);
  const e = Fn.create(bytesToNumberBE(digest) >> BigInt(excess));
  const w = Fn.inv(s);
  const sum = Point.BASE.mulAddUnsafe(Fn.mul(e, w), key, Fn.mul(r, w));
  return !sum.is0() && Fn.create(sum.toAffine().x) === r;
}

/** A signature on P-521: a SEQUENCE of two INTEGERs of 66 bytes. */
const LONGEST_SIGNATURE = 139;

/**
 * ECDSA-Sig-Value, RFC 3279 2.2.3. The numbers are taken from where DER has
 * them, then the one right encoding is made of them and compared.
 */
function readSignature(signature: Uint8Array): SignatureNumbers | undefined {
  if (signature.length > LONGEST_SIGNATURE) return undefined;
  const at = (signature[1] ?? 0) < 0x80 ? 2 : 3;
  const endOfR = at + 2 + (signature[at + 1] ?? 0);
  const r = signature.subarray(at + 2, endOfR);
  const s = signature.subarray(endOfR + 2);
  if (!isShortest(r) || !isShortest(s)) return undefined;
  const numbers = concat(
    Uint8Array.of(0x02, r.length),
    r,
    Uint8Array.of(0x02, s.length),
    s,
  );
  const length = numbers.length < 0x80 ? [] : [0x81];
  const encoding = concat(
    Uint8Array.of(0x30, ...length, numbers.length),
    numbers,
  );

  if (!equal(encoding, signature)) return undefined;
  return { r: bytesToNumberBE(r), s: bytesToNumberBE(s) };
}

/** X.690 8.3.2: whether this is an INTEGER that is not negative, in DER. */
function isShortest(integer: Uint8Array): boolean {
  const [first = 0x80, second = 0x80] = integer;
  return first > 0 ? first < 0x80 : integer.length === 1 || second >= 0x80;
}
