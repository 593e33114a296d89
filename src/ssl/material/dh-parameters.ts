/** DH parameters of a file: PKCS #3's DHParameter or X9.42's DomainParameters. */
import { latin1, viewBytes } from "../../bytes.ts";
import type { FiniteFieldParameters } from "../../crypto/provider.ts";
import { DerReader, readSingle, unsignedBytes } from "../../x509/der/der.ts";
import * as TAG from "../../x509/der/tags.ts";
import { decoding } from "../../x509/faults/errors.ts";
import * as fault from "../../x509/faults/faults.ts";
import { firstPemBlock, noPemBlock } from "../../x509/keys/pem.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import { SSLError } from "../errors/errors.ts";
import { type Platform, readFile } from "../platform/platform.ts";
import { type Encoded, reading } from "./reading.ts";

/**
 * Bits of a prime at each security level; RFC 9325 4.2 asks for 2048, below which
 * puretls does not go.
 */
export const LEAST_DH_BITS: Readonly<Record<SecurityLevel, number>> = {
  0: 2048,
  1: 2048,
  2: 2048,
  3: 3072,
  4: 7680,
  5: 15_360,
};

/** The second is what `openssl dhparam -dsaparam` writes. */
const LABELS = new Set(["DH PARAMETERS", "X9.42 DH PARAMETERS"]);

/** DH parameters: the contents or the path of a file. */
export type DhParamsSource = Encoded | { readonly dhFile: string };

/**
 * Reads PEM's block DH PARAMETERS or X9.42 DH PARAMETERS, or their DER.
 *
 * @throws SSLError NO_START_LINE, DECODE_ERROR, DH_KEY_TOO_SMALL, and for a file
 *   that cannot be read
 */
export function dhParametersOf(
  source: DhParamsSource,
  platform: Platform,
  level: SecurityLevel,
): FiniteFieldParameters {
  const content = isFile(source) ? readFile(platform, source.dhFile) : source;
  const field = reading("loadDhParams", () => parse(derOf(content)));
  const bits = bitLength(field.prime);
  const least = LEAST_DH_BITS[level];
  if (bits >= least) return field;
  throw new SSLError(
    `loadDhParams: the prime has ${bits.toString()} bits; at least ${least.toString()} are allowed at security level ${level.toString()}`,
    { library: "SSL", reason: "DH_KEY_TOO_SMALL" },
  );
}

function isFile(
  source: DhParamsSource,
): source is Exclude<DhParamsSource, Encoded> {
  return typeof source === "object" && source !== null && "dhFile" in source;
}

function derOf(source: Encoded): Uint8Array {
  if (typeof source !== "string") {
    const bytes = viewBytes(source, "loadDhParams");
    return bytes[0] === TAG.sequence ? bytes : derOf(latin1(bytes));
  }
  const block = firstPemBlock(source, (label) => LABELS.has(label));
  if (block === undefined) throw noPemBlock("DH parameters", source);
  return block.der;
}

/** Both begin with the prime and the generator; what follows is not used. */
function parse(der: Uint8Array): FiniteFieldParameters {
  return decoding(fault.malformed_pem, () => {
    const { content } = readSingle(der, TAG.sequence, "DHParameter");
    const fields = new DerReader(content);
    const prime = unsignedBytes(fields.read(TAG.integer, "prime"), "prime");
    const generator = unsignedBytes(fields.read(TAG.integer, "base"), "base");
    return { prime, generator };
  });
}

/** Bits of a number without leading zeros. */
export function bitLength(prime: Uint8Array): number {
  const [first = 0] = prime;
  return prime.length === 0 ? 0 : 8 * prime.length - Math.clz32(first) + 24;
}
