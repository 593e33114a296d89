/** Certificates to trust and CRLs, as a program or a system hands them in. */
import { latin1, viewBytes } from "../../bytes.ts";
import { isObjectWith, kindOf } from "../../options.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { Crl } from "../../x509/certificates/crl.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { opensslNameHash } from "../../x509/names/name-hash.ts";
import {
  type Bundle,
  type BundledCertificate,
  readBundle,
} from "../../x509/trust/bundle.ts";
import type { RootProgram } from "../../x509/trust/root-program.ts";
import type { AnchorLookup } from "../../x509/trust/trust-store.ts";
import { SSLError } from "../errors/errors.ts";
import { type Names, requireNames, withoutNulls } from "../names/arguments.ts";
import { type Encoded, PEM_LIB, reasonOfReading } from "./reading.ts";

/** Sources of trusted certificates and CRLs. */
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
  /** A list of roots that somebody keeps: `mozillaRoots` of `puretls/roots`. */
  readonly roots?: RootProgram;
}

/** The names of {@link VerifyLocations}. */
const VERIFY_LOCATIONS: Names<VerifyLocations> = {
  ca: true,
  caFile: true,
  caPath: true,
  roots: true,
};

/** The certificates and lists of one source. */
export interface Anchors {
  /** The option or the file, for whoever asks what was skipped. */
  readonly name: string;
  readonly bundle: Bundle<Crl>;
}

/**
 * All that a source names. An entry that cannot be read costs no other.
 *
 * @throws TypeError when it names nothing
 * @throws RangeError for an empty content
 * @throws SSLError for one in which nothing can be read
 */
export function anchorsOf(
  source: VerifyLocations,
  readFile: (path: string) => Uint8Array,
): readonly Anchors[] {
  requireNames("loadVerifyLocations", source, VERIFY_LOCATIONS);
  const { ca, caFile, caPath, roots } = withoutNulls(source);
  if ((ca ?? caFile ?? caPath ?? roots) === undefined)
    throw new TypeError("caFile, caPath and ca cannot be all omitted");
  const found: Anchors[] = [];
  if (roots !== undefined) found.push(rootsOf(roots));
  if (caFile !== undefined) found.push(readAnchors(readFile(caFile), caFile));
  const contents = ca === undefined ? [] : isList(ca) ? ca : [ca];
  for (const content of contents) found.push(readAnchors(content, "ca"));
  return found;
}

/** @throws TypeError for what is no list of roots */
function rootsOf(roots: RootProgram): Anchors {
  if (!isObjectWith(roots, "certificates"))
    throw new TypeError(
      `roots: ${kindOf(roots)}; expected mozillaRoots of puretls/roots, or another RootProgram`,
    );
  const certificates = roots.certificates();
  return {
    name: roots.name,
    bundle: { certificates, lists: [], skipped: [] },
  };
}

/** @param name "ca", or the path of the file that it was read from */
function readAnchors(source: Encoded, name: string): Anchors {
  const content = typeof source === "string" ? source : viewBytes(source, name);
  if (content.length === 0)
    throw new RangeError(`Empty certificate data: ${name}`);
  try {
    const bundle = readBundle(content, (der) => Crl.parse(der));
    return { name, bundle };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    const [library, reason] =
      name !== "ca"
        ? reasonOfFile(error)
        : typeof content === "string" || isPem(content)
          ? ["PEM", "NO_START_LINE"]
          : ["ASN1", "NOT_ENOUGH_DATA"];
    const says = name === "ca" ? "ca does not contain a certificate" : name;
    throw new SSLError(`${says}: ${error.message}`, {
      library,
      reason,
      ...(reason !== NOTHING_FOUND && name !== "ca" && { text: PEM_LIB }),
      cause: error,
    });
  }
}

function reasonOfFile(error: X509Error): readonly [string, string] {
  return error.code === "no_pem_block"
    ? ["X509", NOTHING_FOUND]
    : reasonOfReading(error);
}

/** Bytes with a block of PEM in them, which was not read. */
function isPem(content: Uint8Array): boolean {
  return latin1(content).includes("-----BEGIN ");
}

const NOTHING_FOUND = "NO_CERTIFICATE_OR_CRL_FOUND";

/** Looks a subject up in a hashed directory: `<hash>.0`, `<hash>.1`, … */
export function hashedDirectory(
  provider: CryptoProvider,
  readFile: (path: string) => Uint8Array,
  directory: string,
): AnchorLookup {
  return (subject) => {
    const hash = opensslNameHash(provider, subject);
    const found: BundledCertificate[] = [];
    for (let number = 0; number < MAX_SAME_HASH; number++) {
      try {
        const content = readFile(`${directory}/${hash}.${number.toString()}`);
        found.push(...readableAnchors(content, directory).bundle.certificates);
      } catch {
        break;
      }
    }
    return found;
  };
}

/** Certificates of one hash: old and new ones of the same authority. */
const MAX_SAME_HASH = 64;

/** Returns the readable certificates of a system's store, which may be none. */
export function readableAnchors(
  source: string | Uint8Array,
  name = "the system",
): Anchors {
  try {
    const bundle = readBundle(source, (der) => Crl.parse(der));
    return { name, bundle };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    const skipped =
      error.code === "no_pem_block" ? [] : [{ position: 1, error }];
    return { name, bundle: { certificates: [], lists: [], skipped } };
  }
}

/** Tells a list of contents from one. */
export function isList(
  ca: Encoded | readonly Encoded[],
): ca is readonly Encoded[] {
  return Array.isArray(ca);
}
