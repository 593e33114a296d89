/** Private keys as JSON Web Keys, RFC 7517 and RFC 8037. */
import { hasOwn } from "../../options.ts";
import { Secret } from "../../bytes.ts";
import type { PrivateKey } from "../../crypto/provider.ts";
import { decodeBase64 } from "../../x509/keys/pem.ts";
import type { ParsedPrivateKey } from "../../x509/keys/private-key.ts";
import { SSLError } from "../errors/errors.ts";

/** A JSON Web Key with the members that a private key has. */
export interface JsonWebKeyLike {
  /** "RSA", "EC" or "OKP". */
  readonly kty: string;
  /** Of EC and OKP: "P-256", "P-384", "P-521", "Ed25519". */
  readonly crv?: string;
  readonly n?: string;
  readonly e?: string;
  readonly d?: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
}

/** Tells whether a value is an object with a key type. */
export function isJsonWebKey(value: unknown): value is JsonWebKeyLike {
  return (
    typeof value === "object" &&
    value !== null &&
    "kty" in value &&
    typeof value.kty === "string"
  );
}

const CURVES = {
  "P-256": { curve: "secp256r1", length: 32 },
  "P-384": { curve: "secp384r1", length: 48 },
  "P-521": { curve: "secp521r1", length: 66 },
} as const;

/** @throws SSLError UNSUPPORTED_ALGORITHM, DECODE_ERROR */
export function privateKeyOfJwk(jwk: JsonWebKeyLike): ParsedPrivateKey {
  const { kty, crv = "" } = jwk;
  if (kty === "RSA") return { algorithm: "rsaEncryption", key: rsaKey(jwk) };
  const secret = (length: number): Secret => {
    const bytes = member(jwk, "d");
    if (bytes.length !== length) throw notOne("d has a wrong length");
    return new Secret(bytes);
  };
  if (kty === "OKP" && crv === "Ed25519")
    return { algorithm: "ed25519", key: { type: "ed25519", seed: secret(32) } };
  if (kty === "EC" && isCurve(crv)) {
    const { curve, length } = CURVES[crv];
    return {
      algorithm: "ecPublicKey",
      key: { type: "ec", curve, scalar: secret(length) },
    };
  }
  throw new SSLError(`key: a JWK of another kind than RSA, EC and Ed25519`, {
    library: "X509",
    reason: "UNSUPPORTED_ALGORITHM",
  });
}

function rsaKey(jwk: JsonWebKeyLike): PrivateKey {
  const secret = (name: Member): Secret => new Secret(member(jwk, name));
  return {
    type: "rsa",
    modulus: member(jwk, "n"),
    exponent: member(jwk, "e"),
    privateExponent: secret("d"),
    prime1: secret("p"),
    prime2: secret("q"),
    exponent1: secret("dp"),
    exponent2: secret("dq"),
    coefficient: secret("qi"),
  };
}

type Member = Exclude<keyof JsonWebKeyLike, "kty" | "crv">;

/** RFC 7515 2: base64url without padding. */
function member(jwk: JsonWebKeyLike, name: Member): Uint8Array {
  const text = jwk[name];
  if (typeof text !== "string" || !/^[\w-]+$/.test(text))
    throw notOne(`${name} is missing or no base64url`);
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  try {
    return decodeBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="));
  } catch (error) {
    throw notOne(`${name} is no base64url`, error);
  }
}

function isCurve(name: string): name is keyof typeof CURVES {
  return hasOwn(CURVES, name);
}

function notOne(detail: string, cause?: unknown): SSLError {
  return new SSLError(`key: not a private JWK: ${detail}`, {
    library: "ASN1",
    reason: "DECODE_ERROR",
    ...(cause !== undefined && { cause }),
  });
}
