/** The functions of Python's `ssl` module. */
import { type Bytes, type BytesLike, viewBytes } from "../bytes.ts";
import { equal, printable } from "../bytes.ts";
import { kindOf } from "../options.ts";
import {
  type MatchOptions,
  matchesDnsName,
  normalHost,
} from "../x509/path/host-match.ts";
import { parseIpAddress } from "../x509/names/ip-address.ts";
import { decodeBase64, encodePem } from "../x509/keys/pem.ts";
import {
  type CertificateInfo,
  toCertificateInfo,
  type UnverifiedCertificate,
} from "./material/cert-info.ts";
import { type Encoded, reading } from "./material/reading.ts";
import { parseCertificates } from "../x509/trust/trust-store.ts";
import { PEM_FOOTER, PEM_HEADER } from "./constants.ts";
import { SSLCertVerificationError, SSLError } from "./errors/errors.ts";

/**
 * Python: `DER_cert_to_PEM_cert`. 64 columns, a newline at the end.
 *
 * @example
 * ```ts
 * import { derCertToPemCert, pemCertToDerCert } from "puretls";
 *
 * const pem = derCertToPemCert(Uint8Array.of(0x30, 0));
 * if (pemCertToDerCert(pem).length !== 2) throw new Error();
 * ```
 */
export function derCertToPemCert(der: BytesLike): string {
  return encodePem("CERTIFICATE", viewBytes(der, "derCertToPemCert: der"));
}

/**
 * Python: `PEM_cert_to_DER_cert`. One certificate with nothing around it but
 * white space at the end. See {@link derCertToPemCert} for an example.
 *
 * @throws RangeError when header or footer is not where it has to be
 * @throws X509Error for base64 that is none
 */
export function pemCertToDerCert(pem: string): Bytes {
  requireText("pemCertToDerCert", pem);
  if (!pem.startsWith(PEM_HEADER))
    throw new RangeError(`Invalid PEM encoding; must start with ${PEM_HEADER}`);
  const trimmed = pem.trim();
  if (!trimmed.endsWith(PEM_FOOTER))
    throw new RangeError(`Invalid PEM encoding; must end with ${PEM_FOOTER}`);
  return decodeBase64(trimmed.slice(PEM_HEADER.length, -PEM_FOOTER.length));
}

/** @throws TypeError for what is no text */
function requireText(call: string, text: unknown): void {
  if (typeof text !== "string")
    throw new TypeError(`${call}: ${kindOf(text)}; a text is allowed`);
}

const TIME =
  /^([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})\s+(\d{4})\s+GMT$/i;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/**
 * Python: `cert_time_to_seconds`. The seconds since the epoch of a time as
 * certificates' dictionaries have it. A day that the month does not have runs
 * on into the next month, as in Python; {@link certTimeToDate} is strict.
 *
 * @throws RangeError for another form, and for another zone than GMT
 *
 * @example
 * ```ts
 * import { certTimeToSeconds } from "puretls";
 *
 * const time = certTimeToSeconds("Jan  5 09:34:43 2018 GMT");
 * if (time !== 1515144883) throw new Error();
 * ```
 */
export function certTimeToSeconds(time: string): number {
  requireText("certTimeToSeconds", time);
  const fields = readTime(time);
  if (fields === undefined)
    throw new RangeError(
      `time data '${printable(time, 60)}' does not match format "%b %d %H:%M:%S %Y GMT"`,
    );
  return utcSeconds(fields);
}

/**
 * The same as a Date, but strict: no 30th of February, no second 60. See
 * {@link certTimeToSeconds} for an example.
 *
 * @throws RangeError
 */
export function certTimeToDate(time: string): Date {
  requireText("certTimeToDate", time);
  const date = new Date(certTimeToSeconds(time) * 1000);
  const fields = readTime(time);
  if (
    fields?.month !== date.getUTCMonth() ||
    fields.day !== date.getUTCDate() ||
    fields.second !== date.getUTCSeconds()
  )
    throw new RangeError(`there is no time ${printable(time, 60)}`);
  return date;
}

interface TimeFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function readTime(time: string): TimeFields | undefined {
  const match = TIME.exec(time);
  if (match === null) return undefined;
  const month = MONTHS.indexOf((match[1] ?? "").toLowerCase());
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = match
    .slice(2)
    .map(Number);
  const isOne =
    month >= 0 &&
    day >= 1 &&
    day <= 31 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 61;
  return isOne ? { year, month, day, hour, minute, second } : undefined;
}

/** `Date.UTC` takes the years 0 to 99 for others. */
function utcSeconds({ year, month, ...rest }: TimeFields): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, rest.day);
  date.setUTCHours(rest.hour, rest.minute, rest.second);
  return date.getTime() / 1000;
}

/**
 * Python: `match_hostname`. Whether a certificate's dictionary is for a host,
 * by the rules of connections. See {@link SSLCertVerificationError} for an
 * example.
 *
 * @deprecated Connections check names by themselves.
 * @throws SSLCertVerificationError when it is not
 * @throws RangeError for an empty dictionary
 */
export function matchHostname(
  cert: Partial<CertificateInfo> | UnverifiedCertificate | null,
  hostname: string,
  options: MatchOptions = {},
): void {
  if (cert === null || Object.keys(cert).length === 0)
    throw new RangeError(
      "empty or no certificate: verify the peer with CERT_OPTIONAL or CERT_REQUIRED",
    );
  if (certificateMatchesHost(cert, hostname, options)) return;
  const names = (cert.subjectAltName ?? []).map(([, value]) => String(value));
  const says =
    names.length === 0
      ? "it has no names"
      : `it is for ${printable(names.join(", "))}`;
  const isAddress = parseIpAddress(hostname) !== undefined;
  const name = printable(hostname);
  const verifyMessage = `${isAddress ? "IP address" : "Hostname"} mismatch, certificate is not valid for '${name}'.`;
  throw new SSLCertVerificationError(
    `${verifyMessage} (${says})`,
    {
      verifyCode: isAddress ? 64 : 62,
      verifyName: isAddress ? "IP_ADDRESS_MISMATCH" : "HOSTNAME_MISMATCH",
      verifyMessage,
    },
    { library: null, reason: null, code: "ERR_SSL_HOSTNAME_MISMATCH" },
  );
}

/**
 * Tells whether a certificate's dictionary is for a host: RFC 9525. See
 * {@link SSLCertVerificationError} for an example.
 */
export function certificateMatchesHost(
  cert: Partial<CertificateInfo>,
  host: string,
  options: MatchOptions = {},
): boolean {
  const address = parseIpAddress(host);
  const wanted = normalHost(host);
  for (const [type, value] of cert.subjectAltName ?? []) {
    if (address !== undefined) {
      if (type !== "IP Address") continue;
      const presented = parseIpAddress(value);
      if (presented !== undefined && equal(presented, address)) return true;
    } else if (type === "DNS" && wanted !== undefined) {
      if (matchesDnsName(value, wanted)) return true;
    }
  }
  const hasDnsName = (cert.subjectAltName ?? []).some(
    ([kind]) => kind === "DNS",
  );
  if (options.checkCommonName !== true || hasDnsName || wanted === undefined)
    return false;
  return (cert.subject ?? [])
    .flat()
    .some(
      ([name, value]) => name === "commonName" && matchesDnsName(value, wanted),
    );
}

/**
 * Decodes a certificate, from PEM or DER, to the dictionary of `getPeerCert()`.
 * Nothing is verified. Python: `_ssl._test_decode_cert`, of a file.
 *
 * @throws SSLError for what cannot be read
 *
 * @example
 * ```ts
 * import { decodeCertificate } from "puretls";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const { pem } = createSelfSigned({ provider: noble, hosts: ["a.test"] });
 * if (decodeCertificate(pem).version !== 3) throw new Error();
 * ```
 */
export function decodeCertificate(source: Encoded): CertificateInfo {
  const [leaf] = reading("decodeCertificate", () => parseCertificates(source));
  if (leaf === undefined)
    throw new SSLError("decodeCertificate: there is no certificate", {
      library: "PEM",
      reason: "NO_START_LINE",
    });
  return toCertificateInfo(leaf);
}
