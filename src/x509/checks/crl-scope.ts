/**
 * The scope of a list, by certificates and reasons: RFC 5280 6.3.3 (b) to (e),
 * and 5.2.4 for delta lists.
 */
import { equal, toHex } from "../../bytes.ts";
import type { Certificate } from "../certificates/certificate.ts";
import type { Crl } from "../certificates/crl.ts";
import type { DistributionPoint } from "../certificates/extensions.ts";
import * as OID from "../der/oids.ts";
import { X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { GeneralName } from "../names/general-name.ts";
import { type Name, relativeKey } from "../names/name.ts";

/** RFC 5280 4.2.1.13 ReasonFlags without bit 0, which is not used. */
export const ALL_REASONS = 0b1_1111_1110;

/** A place where lists about a certificate come from. */
export interface Point {
  /** The signer of the lists. */
  readonly issuer: Name;
  /** True when the certificate names that issuer, which is not its own. */
  readonly isDelegated: boolean;
  /** Names of the place, as {@link nameKey} has them. */
  readonly names: ReadonlySet<string>;
  readonly reasons: number;
}

/**
 * The distribution points of a certificate, and its own issuer, for a list that
 * no point names.
 */
export function pointsOf(certificate: Certificate): readonly Point[] {
  const { issuer } = certificate;
  const points: Point[] = [
    {
      issuer,
      isDelegated: false,
      names: new Set([directoryKey(issuer.key)]),
      reasons: ALL_REASONS,
    },
  ];
  for (const point of certificate.crlDistributionPoints ?? []) {
    const reasons = point.reasons ?? ALL_REASONS;
    const delegates = directoryNames(point.cRLIssuer);
    if (point.cRLIssuer === undefined)
      points.push({
        issuer,
        isDelegated: false,
        names: namesOf(point, issuer),
        reasons,
      });
    for (const delegate of delegates)
      points.push({
        issuer: delegate,
        isDelegated: true,
        // RFC 5280 6.3.3 (b) (2) (i): without a name, that of the issuer.
        names:
          point.fullName === undefined &&
          point.nameRelativeToCRLIssuer === undefined
            ? new Set([directoryKey(delegate.key)])
            : namesOf(point, delegate),
        reasons,
      });
  }
  return points;
}

function directoryNames(names: readonly GeneralName[] | undefined): Name[] {
  const found: Name[] = [];
  for (const name of names ?? [])
    if (name.type === "directoryName") found.push(name.value);
  return found;
}

function namesOf(
  {
    fullName = [],
    nameRelativeToCRLIssuer: relative,
  }: Pick<DistributionPoint, "fullName" | "nameRelativeToCRLIssuer">,
  issuer: Name,
): ReadonlySet<string> {
  return new Set(
    relative === undefined
      ? fullName.map(nameKey)
      : [directoryKey(relativeKey(issuer, relative))],
  );
}

function nameKey(name: GeneralName): string {
  if (name.type === "directoryName") return directoryKey(name.value.key);
  const { value } = name;
  return `${name.type}:${typeof value === "string" ? value : toHex(value)}`;
}

const directoryKey = (key: string): string => `directoryName:${key}`;

/**
 * The reasons that a complete list speaks of, for this certificate.
 *
 * @throws X509Error `different_crl_scope` when it does not speak of it
 */
export function reasonsInScope(
  crl: Crl,
  certificate: Certificate,
  points: readonly Point[],
): number {
  const outside = (detail: string): X509Error =>
    new X509Error(fault.different_crl_scope, detail);
  if (crl.isDelta) throw outside("a delta list without the list it changes");
  const scope = crl.issuingDistributionPoint;
  if (scope?.onlyContainsAttributeCerts === true)
    throw outside("attribute certificates");
  const isCa = certificate.basicConstraints?.cA ?? false;
  if (isCa && scope?.onlyContainsUserCerts === true)
    throw outside("user certificates");
  if (!isCa && scope?.onlyContainsCACerts === true)
    throw outside("CA certificates");
  const names =
    scope?.fullName === undefined &&
    scope?.nameRelativeToCRLIssuer === undefined
      ? undefined
      : [...namesOf(scope, crl.issuer)];
  const places = points.filter(
    (point) =>
      point.issuer.equals(crl.issuer) &&
      (!point.isDelegated || scope?.indirectCRL === true) &&
      (names === undefined || names.some((name) => point.names.has(name))),
  );
  if (places.length === 0) throw outside("distribution point");
  const reasons = places.reduce((all, point) => all | point.reasons, 0);
  return reasons & (scope?.onlySomeReasons ?? ALL_REASONS) & ALL_REASONS;
}

/**
 * Tells whether a delta list changes this complete one: RFC 5280 5.2.4 (a) to
 * (d), and 6.3.3 (c).
 */
export function isDeltaOf(delta: Crl, complete: Crl): boolean {
  const base = delta.baseNumber;
  const { number } = complete;
  return (
    base !== undefined &&
    number !== undefined &&
    delta.number !== undefined &&
    compareNumbers(base, number) <= 0 &&
    compareNumbers(delta.number, number) > 0 &&
    sameExtension(delta, complete, OID.issuingDistributionPoint) &&
    sameExtension(delta, complete, OID.authorityKeyIdentifier)
  );
}

function sameExtension(a: Crl, b: Crl, oid: string): boolean {
  const [one, other] = [a.extension(oid), b.extension(oid)];
  return one === undefined || other === undefined
    ? one === other
    : equal(one.value, other.value);
}

/** Of big-endian magnitudes in their shortest form. */
export function compareNumbers(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [i, byte] of a.entries()) {
    const difference = byte - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
