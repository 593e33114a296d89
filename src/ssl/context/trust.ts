/**
 * The trust of a context: certificates and CRLs, from a program or a system.
 */
import type { Bytes } from "../../bytes.ts";
import { parseCrls } from "../../x509/certificates/crl.ts";
import { type AnchorLookup, mayBeCa } from "../../x509/trust/trust-store.ts";
import { stateError } from "../errors/errors.ts";
import {
  type Anchors,
  anchorsOf,
  hashedDirectory,
  isList,
  readableAnchors,
  type VerifyLocations,
} from "../material/anchors.ts";
import {
  type CertificateInfo,
  toCertificateInfo,
} from "../material/cert-info.ts";
import { type Encoded, reading } from "../material/reading.ts";
import { type Platform, readFile } from "../platform/platform.ts";
import type { Change, ContextKind, Settings } from "./settings.ts";

/** @throws what {@link anchorsOf} throws */
export function withLocations(
  settings: Settings,
  { provider, platform }: ContextKind,
  source: VerifyLocations,
): Change {
  const read = (path: string): Uint8Array => readFile(platform, path);
  const change = withAnchors(settings, anchorsOf(source, read));
  const { caPath } = source;
  if (caPath === undefined) return change;
  return withDirectories(settings, change, [
    hashedDirectory(provider, read, caPath),
  ]);
}

/**
 * Adds CRLs, and nothing else: a certificate beside them is not trusted.
 *
 * @throws RangeError for empty content
 * @throws SSLError for a source without a CRL, and for one that cannot be read
 */
export function withCrls(
  { crls: present }: Settings,
  given: Encoded | readonly Encoded[],
): Change {
  const crls = present.clone();
  for (const source of isList(given) ? given : [given]) {
    if ((typeof source === "string" ? source.length : source.byteLength) === 0)
      throw new RangeError("Empty certificate data: a CRL");
    const found = reading("addCrls", () => parseCrls(source));
    for (const crl of found) crls.add(crl);
  }
  return { crls };
}

/**
 * Adds what the system trusts: its files now, its directories when they are
 * needed.
 *
 * @throws SSLError where no platform says what the system trusts
 */
export function withSystem(
  settings: Settings,
  { provider, platform }: ContextKind,
): Change {
  const read = (path: string): Uint8Array => readFile(platform, path);
  const change = withAnchors(settings, systemAnchors(platform));
  const directories = [...(platform.systemDirectories?.() ?? [])];
  return withDirectories(
    settings,
    change,
    directories.map((path) => hashedDirectory(provider, read, path)),
  );
}

function withDirectories(
  settings: Settings,
  change: Change,
  lookups: readonly AnchorLookup[],
): Change {
  if (lookups.length === 0) return change;
  const trustStore = (change.trustStore ?? settings.trustStore).clone();
  for (const lookup of lookups) trustStore.addLookup(lookup);
  return { ...change, trustStore };
}

/**
 * Adds sources to those that are trusted; connections under way keep theirs.
 */
function withAnchors(
  { trustStore: present, crls: presentCrls }: Settings,
  found: readonly Anchors[],
): Change {
  const trustStore = present.clone();
  const crls = presentCrls.clone();
  let isNew = false;
  let hasList = false;
  for (const { name, bundle } of found) {
    isNew = trustStore.addBundle(bundle, name) > 0 || isNew;
    isNew ||= bundle.skipped.length > 0;
    for (const crl of bundle.lists) hasList = crls.add(crl) > 0 || hasList;
  }
  return { ...(isNew && { trustStore }), ...(hasList && { crls }) };
}

/**
 * Returns the certificates that the system trusts. A file of it that does not
 * parse is passed over.
 *
 * @throws SSLError where no platform says what the system trusts
 */
function systemAnchors({ systemCertificates }: Platform): Anchors[] {
  if (systemCertificates === undefined)
    throw stateError(
      "ERR_UNSUPPORTED_PLATFORM",
      "nobody knows here what the system trusts: take createDefaultContext from puretls/node, mozillaRoots of puretls/roots as roots, or give certificates with loadVerifyLocations()",
    );
  const found: Anchors[] = [];
  for (const source of systemCertificates())
    found.push(readableAnchors(source));
  return found;
}

/** Python: the dictionary of `cert_store_stats()`. */
export interface CertStoreStats {
  /** All certificates. */
  readonly x509: number;
  readonly crl: number;
  /** Certificates that may act as a CA. */
  readonly x509Ca: number;
}

export function storeStats({ trustStore, crls }: Settings): CertStoreStats {
  return { ...trustStore.statistics, crl: crls.size };
}

/** DER of the CAs that are trusted, the caller's. */
export function caCertificates({ trustStore }: Settings): Bytes[] {
  return trustStore.certificates
    .filter(mayBeCa)
    .map((certificate) => certificate.der.slice());
}

/** The CAs that are trusted, as dictionaries. */
export function caInfos({ trustStore }: Settings): CertificateInfo[] {
  return trustStore.certificates.filter(mayBeCa).map(toCertificateInfo);
}
