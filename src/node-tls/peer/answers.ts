/** Facts of a connection in the forms of Node's methods. */
import type { CipherNameAndProtocol, EphemeralKeyInfo } from "node:tls";
import type { GroupName } from "../../crypto/provider.ts";
import type { CipherSuite } from "../../handshake/registries/cipher-suites.ts";
import { SIGNATURE_SCHEMES } from "../../handshake/registries/signature-schemes.ts";
import { cipherInfo } from "../../ssl/names/ciphers.ts";

/** The suite as Node's `getCipher()` has it. */
export function cipherOf(suite: CipherSuite): CipherNameAndProtocol {
  const { name, standardName, protocol } = cipherInfo(suite);
  const version = protocol === "TLSv1.0" ? "TLSv1" : protocol;
  return { name, standardName, version };
}

/** Curves by OpenSSL's names, with their bits. */
const CURVES: Partial<
  Record<GroupName, readonly [name: string, bits: number]>
> = {
  secp256r1: ["prime256v1", 256],
  secp384r1: ["secp384r1", 384],
  secp521r1: ["secp521r1", 521],
  x25519: ["X25519", 253],
  x448: ["X448", 448],
};

/**
 * The server's key of the exchange as Node's `getEphemeralKeyInfo()` has it; empty
 * for one that Node has no kind for, as a hybrid with ML-KEM.
 */
export function ephemeralKeyOf(
  group: GroupName | undefined,
): EphemeralKeyInfo | Record<string, never> {
  if (group === undefined) return {};
  const curve = CURVES[group];
  if (curve !== undefined) {
    const [name, size] = curve;
    return { type: "ECDH", name, size };
  }
  const [, bits] = /^ffdhe(\d+)$/.exec(group) ?? [];
  return bits === undefined ? {} : { type: "DH", size: Number(bits) };
}

const HASHES = ["SHA256", "SHA384", "SHA512", "SHA1"] as const;

/** A scheme's name as Node's `getSharedSigalgs()` has it. */
export function sigalgName(scheme: string): string {
  if (scheme === "ed25519") return "Ed25519+UNDEF";
  if (scheme === "ed448") return "Ed448+UNDEF";
  const hash = HASHES.find((one) => scheme.endsWith(one.toLowerCase()));
  const key = scheme.startsWith("ecdsa")
    ? "ECDSA"
    : scheme.startsWith("rsa_pss")
      ? "RSA-PSS"
      : scheme.startsWith("rsa")
        ? "RSA"
        : scheme;
  return `${key}+${hash ?? "UNDEF"}`;
}

/** The names of the schemes that both sides have, in this side's order. */
export function sharedSigalgs(
  own: readonly string[],
  theirs: readonly number[],
): string[] {
  const codes: Readonly<Record<string, { readonly code: number } | undefined>> =
    SIGNATURE_SCHEMES;
  return own
    .filter((name) => theirs.includes(codes[name]?.code ?? -1))
    .map(sigalgName);
}
