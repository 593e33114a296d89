/** Certificates to trust and CRLs, as a program or a system hands them in. */
import { asciiBytes, latin1, viewBytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Certificate } from "../x509/certificate.ts";
import { Crl, parseCrls } from "../x509/crl.ts";
import { parsePem } from "../x509/pem.ts";
import { opensslNameHash } from "../x509/name-hash.ts";
import { type AnchorLookup, parseCertificates } from "../x509/trust-store.ts";
import { SSLError } from "./errors.ts";
import { type Encoded, reading } from "./reading.ts";

/** What to load certificates to trust (and CRLs) from. */
export interface VerifyLocations {
  /** PEM text, PEM bytes, or DER bytes of one or several. */
  readonly ca?: Encoded | readonly Encoded[];
  /** A PEM file. */
  readonly caFile?: string;
  /**
   * A directory of PEM files that are named by the hash of their subject, as
   * `openssl rehash` makes it. It is looked into when a certificate is
   * verified; it need not be there.
   */
  readonly caPath?: string;
}

/** Certificates and lists of one source. */
export interface Anchors {
  readonly certificates: readonly Certificate[];
  readonly crls: readonly Crl[];
}

/**
 * All that a source names.
 *
 * @throws TypeError when it names nothing, and what reading throws
 */
export function anchorsOf(
  source: VerifyLocations,
  readFile: (path: string) => Uint8Array,
): Anchors {
  const { ca, caFile, caPath } = source;
  if (ca === undefined && caFile === undefined && caPath === undefined)
    throw new TypeError("ca, caFile and caPath cannot be all omitted");
  const found: Anchors[] = [];
  if (caFile !== undefined)
    found.push(
      readAnchors(readFile(caFile), caFile, "NO_CERTIFICATE_OR_CRL_FOUND"),
    );
  const contents = ca === undefined ? [] : isList(ca) ? ca : [ca];
  for (const content of contents)
    found.push(readAnchors(content, "ca", "NO_START_LINE"));
  return {
    certificates: found.flatMap(({ certificates }) => certificates),
    crls: found.flatMap(({ crls }) => crls),
  };
}

/**
 * Reads certificates to trust, and CRLs beside them; other text is passed over.
 *
 * @param nothing the reason when there is neither a certificate nor a list
 * @throws RangeError for nothing at all
 * @throws TypeError for text that is not ASCII
 * @throws SSLError for what does not parse
 */
function readAnchors(
  source: Encoded,
  name: string,
  nothing: "NO_START_LINE" | "NO_CERTIFICATE_OR_CRL_FOUND",
): Anchors {
  if (typeof source !== "string") {
    const bytes = viewBytes(source, name);
    if (bytes.length === 0)
      throw new RangeError(`${name}: empty certificate data`);
    if (bytes[0] === DER_SEQUENCE) return reading(name, () => fromDer(bytes));
    return readAnchors(latin1(bytes), name, nothing);
  }
  if (source === "") throw new RangeError(`${name}: empty certificate data`);
  if (nothing === "NO_START_LINE") asciiBytes(source);
  const found = reading(name, () => fromPem(source));
  if (found.certificates.length + found.crls.length === 0)
    throw new SSLError(`${name} has neither a certificate nor a CRL in it`, {
      library: nothing === "NO_START_LINE" ? "PEM" : "X509",
      reason: nothing,
    });
  return found;
}

/** Looks a subject up in a hashed directory: `<hash>.0`, `<hash>.1`, … */
export function hashedDirectory(
  provider: CryptoProvider,
  readFile: (path: string) => Uint8Array,
  directory: string,
): AnchorLookup {
  return (subject) => {
    const hash = opensslNameHash(provider, subject);
    const found: Certificate[] = [];
    for (let number = 0; number < MAX_SAME_HASH; number++) {
      try {
        const content = readFile(`${directory}/${hash}.${number.toString()}`);
        found.push(...readableAnchors(content).certificates);
      } catch {
        break;
      }
    }
    return found;
  };
}

/** Certificates of one hash: old and new ones of the same authority. */
const MAX_SAME_HASH = 64;

/** What can be read of a system's store: one bad entry costs no other. */
export function readableAnchors(source: string | Uint8Array): Anchors {
  const text = typeof source === "string" ? source : latin1(source);
  const parts =
    source[0] === DER_SEQUENCE ? [source] : text.split(/(?=-----BEGIN )/);
  const found = parts.flatMap((part) => {
    try {
      return [readAnchors(part, "the system", "NO_CERTIFICATE_OR_CRL_FOUND")];
    } catch {
      return [];
    }
  });
  return {
    certificates: found.flatMap(({ certificates }) => certificates),
    crls: found.flatMap(({ crls }) => crls),
  };
}

function isList(ca: Encoded | readonly Encoded[]): ca is readonly Encoded[] {
  return Array.isArray(ca);
}

const DER_SEQUENCE = 0x30;

function fromPem(text: string): Anchors {
  const certificates: Certificate[] = [];
  const crls: Crl[] = [];
  for (const { label, der } of parsePem(text))
    if (label === "CERTIFICATE" || label === "X509 CERTIFICATE")
      certificates.push(...parseCertificates(der));
    else if (label === "X509 CRL") crls.push(Crl.parse(der));
  return { certificates, crls };
}

function fromDer(bytes: Uint8Array): Anchors {
  try {
    return { certificates: parseCertificates(bytes), crls: [] };
  } catch (error) {
    try {
      return { certificates: [], crls: parseCrls(bytes) };
    } catch {
      throw new SSLError("not a certificate, or not one from end to end", {
        library: "ASN1",
        reason: "NOT_ENOUGH_DATA",
        cause: error,
      });
    }
  }
}
