/**
 * RSASSA-PSS and RSASSA-PKCS1-v1_5 (RFC 8017 8). PSS uses MGF1 with the same
 * hash and a salt as long as the hash, as TLS 1.3 has it (RFC 9846 4.3.3).
 */
import { numberToBytesBE } from "@noble/curves/utils.js";
import { equal } from "../../../bytes.ts";
import type {
  HashName,
  PrivateKey,
  SignatureSigner,
  SignatureVerifier,
} from "../../provider.ts";
import { hashes } from "../hashes.ts";
import {
  rsaNumbers,
  rsaSignPrimitive,
  rsaVerifyPrimitive,
  type RsaNumbers,
  type RsaPrivateKey,
} from "./rsa-math.ts";
import { encodePkcs1, encodePss, verifyPss } from "./rsa-padding.ts";

/**
 * RSASSA-PKCS1-V1_5-VERIFY, RFC 8017 8.2.2: makes the one right encoding and
 * compares. Nothing of what the signature decrypts to is parsed. See
 * {@link noble} for an example.
 */
export function pkcs1Verifier(hashName: HashName): SignatureVerifier {
  const hash = hashes[hashName];
  return (key, message, signature) => {
    const numbers = key.type === "rsa" ? rsaNumbers(key) : undefined;
    if (numbers === undefined) return false;
    const number = rsaVerifyPrimitive(numbers, signature);
    const wanted = encodePkcs1(hash, message, numbers.length);
    if (number === undefined || wanted === undefined) return false;
    return equal(wanted, numberToBytesBE(number, numbers.length));
  };
}

/** RSASSA-PSS-VERIFY, RFC 8017 8.1.2. See {@link noble} for an example. */
export function pssVerifier(hashName: HashName): SignatureVerifier {
  const hash = hashes[hashName];
  return (key, message, signature) => {
    const numbers = key.type === "rsa" ? rsaNumbers(key) : undefined;
    if (numbers === undefined) return false;
    const number = rsaVerifyPrimitive(numbers, signature);
    if (number === undefined) return false;
    const bits = numbers.modulusBits - 1;
    // Step 2c: where the modulus has 8n + 1 bits the encoding is a byte
    // shorter, and a number that does not fit it is no encoding.
    if (number >> BigInt(8 * Math.ceil(bits / 8)) !== 0n) return false;
    const encoded = numberToBytesBE(number, Math.ceil(bits / 8));
    return verifyPss(hash, message, encoded, bits);
  };
}

/**
 * RSASSA-PKCS1-V1_5-SIGN, RFC 8017 8.2.1. Draws random bytes for blinding. See
 * {@link noble} for an example.
 */
export function pkcs1Signer(hashName: HashName): SignatureSigner {
  const hash = hashes[hashName];
  return (key, message, random) => {
    const { rsaKey, numbers } = usableKey(key);
    const encoded = encodePkcs1(hash, message, numbers.length);
    if (encoded === undefined) throw tooShort(numbers, hashName);
    return rsaSignPrimitive(rsaKey, numbers, encoded, random);
  };
}

/**
 * RSASSA-PSS-SIGN, RFC 8017 8.1.1. Draws the salt first, `outputLength` bytes,
 * then the bytes for blinding. See {@link noble} for an example.
 */
export function pssSigner(hashName: HashName): SignatureSigner {
  const hash = hashes[hashName];
  return (key, message, random) => {
    const { rsaKey, numbers } = usableKey(key);
    const salt = random(hash.outputLength);
    const encoded = encodePss(hash, message, salt, numbers.modulusBits - 1);
    if (encoded === undefined) throw tooShort(numbers, hashName);
    return rsaSignPrimitive(rsaKey, numbers, encoded, random);
  };
}

function usableKey(key: PrivateKey): {
  readonly rsaKey: RsaPrivateKey;
  readonly numbers: RsaNumbers;
} {
  if (key.type !== "rsa")
    throw new TypeError(`RSA takes an RSA key, not one of type ${key.type}`);
  const numbers = rsaNumbers(key);
  if (numbers === undefined)
    throw new TypeError(
      "an RSA key must have an odd modulus of 1024 to 16384 bits and an odd exponent from 3 to 2^33",
    );
  return { rsaKey: key, numbers };
}

function tooShort(numbers: RsaNumbers, hash: HashName): TypeError {
  return new TypeError(
    `an RSA key of ${numbers.modulusBits} bits is too small to sign with ${hash}`,
  );
}
