/** Certificates as `getPeerCert()` tells them: Python's dictionary. */
import { attributeName } from "../../x509/names/attribute-names.ts";
import type { Certificate } from "../../x509/certificates/certificate.ts";
import type { GeneralName } from "../../x509/names/general-name.ts";
import { ipAddressText } from "../../x509/names/ip-address.ts";
import type { Name } from "../../x509/names/name.ts";
import * as OID from "../../x509/der/oids.ts";

/** One RDN: pairs of OpenSSL's long name (or a dotted OID) and text. */
export type RdnPairs = readonly (readonly [name: string, value: string])[];

/** An entry of subjectAltName, RFC 5280 4.2.1.6. */
export type SubjectAltName =
  | readonly [
      type:
        | "DNS"
        | "email"
        | "URI"
        | "IP Address"
        | "Registered ID"
        | "othername"
        | "X400Name"
        | "EdiPartyName",
      value: string,
    ]
  | readonly [type: "DirName", value: readonly RdnPairs[]];

/** Python: the dictionary of `getpeercert()`. */
export interface CertificateInfo {
  readonly subject: readonly RdnPairs[];
  readonly issuer: readonly RdnPairs[];
  readonly version: 1 | 2 | 3;
  /** Upper-case hexadecimal with an even number of digits. */
  readonly serialNumber: string;
  /** As "Nov 22 08:15:19 2013 GMT". */
  readonly notBefore: string;
  readonly notAfter: string;
  /** The same as {@link notBefore}. */
  readonly validFrom: Date;
  /** The same as {@link notAfter}. */
  readonly validTo: Date;
  readonly subjectAltName?: readonly SubjectAltName[];
  /** URIs of OCSP responders. */
  readonly ocsp?: readonly string[];
  /** URIs of the issuer's certificate. */
  readonly caIssuers?: readonly string[];
  /** URIs of CRLs. */
  readonly crlDistributionPoints?: readonly string[];
}

/** Stands for a certificate that came and was not verified. */
export type UnverifiedCertificate = Readonly<Record<string, never>>;

/**
 * Python's dictionary of a certificate.
 *
 * @throws X509Error when a part of it is malformed
 * @example
 * ```ts
 * import { toCertificateInfo } from "puretls";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 * import { Certificate } from "puretls/x509";
 *
 * const made = createSelfSigned({ provider: noble, hosts: ["a.test"] });
 * const info = toCertificateInfo(Certificate.parse(made.der));
 * if (info.subjectAltName?.[0]?.[1] !== "a.test") throw new Error();
 * ```
 */
export function toCertificateInfo(certificate: Certificate): CertificateInfo {
  const names = certificate.subjectAltName;
  const ocsp = accessUris(certificate, OID.ocsp);
  const caIssuers = accessUris(certificate, OID.caIssuers);
  const crls = crlUris(certificate);
  return {
    subject: rdnPairs(certificate.subject),
    issuer: rdnPairs(certificate.issuer),
    version: certificate.version,
    serialNumber: serialText(certificate.serialNumber),
    notBefore: timeText(certificate.notBefore),
    notAfter: timeText(certificate.notAfter),
    validFrom: new Date(certificate.notBefore),
    validTo: new Date(certificate.notAfter),
    ...(names !== undefined && { subjectAltName: names.map(altName) }),
    ...(ocsp.length > 0 && { ocsp }),
    ...(caIssuers.length > 0 && { caIssuers }),
    ...(crls.length > 0 && { crlDistributionPoints: crls }),
  };
}

/**
 * The keys and values that Python's `getpeercert()` has, and no others.
 *
 * @example
 * ```ts
 * import { type CertificateInfo, toPythonDict } from "puretls";
 *
 * // Reads what a Python program would read.
 * function dictOf(info: CertificateInfo): string {
 *   return JSON.stringify(toPythonDict(info));
 * }
 * ```
 */
export function toPythonDict(
  info: CertificateInfo,
): Readonly<Record<string, unknown>> {
  const { validFrom: _from, validTo: _to, ocsp, ...same } = info;
  return ocsp === undefined ? same : { ...same, OCSP: ocsp };
}

function rdnPairs(name: Name): readonly RdnPairs[] {
  return name.relativeDistinguishedNames.map((rdn) =>
    rdn.map(({ type, value }) => [attributeName(type), value] as const),
  );
}

/** Two's complement, as OpenSSL prints it. */
function serialText(content: Uint8Array): string {
  const bits = content.length * 8;
  let value = 0n;
  for (const byte of content) value = (value << 8n) | BigInt(byte);
  if ((content[0] ?? 0) >= 0x80) value -= 1n << BigInt(bits);
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return value < 0n ? `-${even}` : even;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => value.toString().padStart(2, "0");
  const day = date.getUTCDate().toString().padStart(2, " ");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return `${MONTHS[date.getUTCMonth()] ?? ""} ${day} ${time.map(two).join(":")} ${date.getUTCFullYear().toString()} GMT`;
}

function altName(name: GeneralName): SubjectAltName {
  switch (name.type) {
    case "dNSName":
      return ["DNS", name.value];
    case "rfc822Name":
      return ["email", name.value];
    case "uniformResourceIdentifier":
      return ["URI", name.value];
    case "iPAddress":
      return ["IP Address", ipAddressText(name.value)];
    case "registeredID":
      return ["Registered ID", name.value];
    case "directoryName":
      return ["DirName", rdnPairs(name.value)];
    case "otherName":
      return ["othername", UNSUPPORTED];
    case "x400Address":
      return ["X400Name", UNSUPPORTED];
    case "ediPartyName":
      return ["EdiPartyName", UNSUPPORTED];
  }
}

const UNSUPPORTED = "<unsupported>";

function accessUris(certificate: Certificate, method: string): string[] {
  const uris: string[] = [];
  for (const access of certificate.authorityInfoAccess ?? [])
    if (access.accessMethod === method)
      uris.push(...uri(access.accessLocation));
  return uris;
}

function crlUris(certificate: Certificate): string[] {
  return (certificate.crlDistributionPoints ?? []).flatMap(({ fullName }) =>
    (fullName ?? []).flatMap(uri),
  );
}

function uri(name: GeneralName): string[] {
  return name.type === "uniformResourceIdentifier" ? [name.value] : [];
}
