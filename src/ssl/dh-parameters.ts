/** DH parameters of a file: PKCS #3's DHParameter or X9.42's DomainParameters. */
import { latin1, viewBytes } from "../bytes.ts";
import type { FiniteFieldParameters } from "../crypto/provider.ts";
import { DerReader, readSingle, unsignedBytes } from "../x509/der.ts";
import * as TAG from "../x509/tags.ts";
import { decoding, X509Error } from "../x509/errors.ts";
import * as fault from "../x509/faults.ts";
import { parsePem } from "../x509/pem.ts";
import { SSLError } from "./errors.ts";
import { type Encoded, reading } from "./reading.ts";

/** RFC 9325 4.2: what is shorter is refused. */
const MINIMUM_BITS = 2048;

/** The second is what `openssl dhparam -dsaparam` writes. */
const LABELS = new Set(["DH PARAMETERS", "X9.42 DH PARAMETERS"]);

/**
 * Reads PEM's block DH PARAMETERS or X9.42 DH PARAMETERS, or their DER.
 *
 * @throws SSLError NO_START_LINE, DECODE_ERROR, DH_KEY_TOO_SMALL
 */
export function dhParametersOf(source: Encoded): FiniteFieldParameters {
  const field = reading("loadDhParams", () => parse(derOf(source)));
  if (bitLength(field.prime) >= MINIMUM_BITS) return field;
  throw new SSLError(
    `loadDhParams: a prime of at least ${MINIMUM_BITS.toString()} bits is wanted`,
    { library: "SSL", reason: "DH_KEY_TOO_SMALL" },
  );
}

function derOf(source: Encoded): Uint8Array {
  if (typeof source !== "string") {
    const bytes = viewBytes(source, "loadDhParams");
    return bytes[0] === TAG.sequence ? bytes : derOf(latin1(bytes));
  }
  const block = parsePem(source).find(({ label }) => LABELS.has(label));
  if (block === undefined)
    throw new X509Error(fault.no_pem_block, "no DH parameters");
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

function bitLength(prime: Uint8Array): number {
  const [first = 0] = prime;
  return prime.length === 0 ? 0 : 8 * prime.length - Math.clz32(first) + 24;
}
