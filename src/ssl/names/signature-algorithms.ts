/** Signature algorithms by the names that OpenSSL's users know. */
import { found } from "../../options.ts";
import { listed } from "../../handshake/registries/listing.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../../handshake/registries/signature-schemes.ts";
import { requireList } from "./preference-lists.ts";

const ECDSA: Readonly<Record<string, string>> = {
  "256": "ecdsa_secp256r1_sha256",
  "384": "ecdsa_secp384r1_sha384",
  "512": "ecdsa_secp521r1_sha512",
};

/** OpenSSL's pairs of a key and a hash, each with the schemes that it means. */
const PAIRS: ReadonlyMap<string, readonly string[]> = new Map(
  ["256", "384", "512"].flatMap((bits) => [
    [`RSA+SHA${bits}`, [`rsa_pkcs1_sha${bits}`]],
    [
      `RSA-PSS+SHA${bits}`,
      [`rsa_pss_rsae_sha${bits}`, `rsa_pss_pss_sha${bits}`],
    ],
    [`PSS+SHA${bits}`, [`rsa_pss_rsae_sha${bits}`, `rsa_pss_pss_sha${bits}`]],
    [`ECDSA+SHA${bits}`, [ECDSA[bits] ?? ""]],
  ]),
);

/**
 * The schemes that a list names, best first.
 *
 * @param list names, or a text of names with colons between them
 * @throws TypeError for what is neither
 * @throws RangeError for an empty list and for a name that is not one
 */
export function signatureSchemesOf(
  list: string | readonly string[],
): readonly SignatureSchemeName[] {
  const names = typeof list === "string" ? list.split(":") : list;
  requireList("signatureAlgorithms", names);
  const schemes = names
    .filter((name) => name !== "")
    .flatMap((name) => {
      if (typeof name !== "string") throw wrong(TypeError, name);
      const schemesOf = (PAIRS.get(name) ?? [name]).flatMap(schemeOf);
      if (schemesOf.length > 0) return schemesOf;
      throw wrong(RangeError, name);
    });
  if (schemes.length === 0)
    throw new RangeError(`signatureAlgorithms: an empty list; ${allowed()}`);
  return [...new Set(schemes)];
}

function wrong(Fault: new (message: string) => Error, name: unknown): Error {
  return new Fault(`signatureAlgorithms: ${found(name)}; ${allowed()}`);
}

const allowed = (): string => `allowed are ${listed(getSigalgs())}`;

/**
 * Python 3.15: `get_sigalgs`. The names of all signature algorithms that there
 * are.
 *
 * @example
 * ```ts
 * import { getSigalgs } from "puretls";
 *
 * if (!getSigalgs().includes("ed25519")) throw new Error();
 * ```
 */
export function getSigalgs(): string[] {
  return Object.keys(SIGNATURE_SCHEMES);
}

function schemeOf(name: string): SignatureSchemeName[] {
  let known: SignatureSchemeName;
  for (known in SIGNATURE_SCHEMES)
    if (known === name.toLowerCase()) return [known];
  return [];
}
