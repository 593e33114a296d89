/** Revocation by CRLs: RFC 5280 6.3, for complete lists of the issuer itself. */
import { equal } from "../bytes.ts";
import type { Budget } from "./budget.ts";
import { endsBudget } from "./budget.ts";
import type { Certificate } from "./certificate.ts";
import type { Crl, CrlStore, IssuingDistributionPoint } from "./crl.ts";
import { atDepth, X509Error } from "./errors.ts";
import * as fault from "./faults.ts";
import type { GeneralName } from "./general-name.ts";
import type { PathCheck } from "./judge.ts";
import * as OID from "./oids.ts";
import type { SignatureChecker } from "./signature-check.ts";

/** Certificate revocation lists, RFC 5280 6.3. */
export const revocationLists: PathCheck = {
  name: "CRLs",
  understands: [OID.cRLDistributionPoints],
  whole(path, rules) {
    const { crls, crlCheck = "none", profile } = rules;
    if (crlCheck === "none") return;
    if (crls === undefined && path.length > 1)
      throw new X509Error(fault.unable_to_get_crl, "no CRLs are loaded", 0);
    if (crls !== undefined)
      checkCrls(path, crlCheck, {
        ...rules,
        crls,
        strict: profile === "strict",
      });
  },
};

/** RFC 5280 4.2.1.13 ReasonFlags without bit 0, which is not used. */
const ALL_REASONS = 0b1_1111_1110;

/** What the look-up of CRLs needs. */
export interface RevocationContext {
  readonly crls: CrlStore;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly strict: boolean;
  readonly signatures: SignatureChecker;
  readonly budget: Budget;
}

/**
 * Asks the lists about certificates of a path.
 *
 * @param path leaf first, anchor last; nobody can revoke the anchor
 * @param scope the leaf alone, or everything that was issued
 * @throws X509Error `certificate_revoked`, `unable_to_get_crl`, or what is
 *   wrong with the only list there is: no status known is a refusal
 */
export function checkCrls(
  path: readonly Certificate[],
  scope: "leaf" | "chain",
  context: RevocationContext,
): void {
  for (const [depth, certificate] of path.entries()) {
    const issuer = path[depth + 1];
    if (issuer === undefined || (scope === "leaf" && depth > 0)) return;
    atDepth(depth, () => {
      checkOne(certificate, issuer, context);
    });
  }
}

function checkOne(
  certificate: Certificate,
  issuer: Certificate,
  context: RevocationContext,
): void {
  let known = 0;
  let worst = new X509Error(fault.unable_to_get_crl);
  for (const crl of context.crls.findByIssuer(certificate.issuer)) {
    try {
      const reasons = reasonsInScope(crl, certificate);
      checkList(crl, issuer, context);
      const entry = crl.find(certificate.serialNumber);
      if (entry !== undefined)
        throw new X509Error(fault.certificate_revoked, revokedSince(entry));
      known |= reasons;
    } catch (error) {
      if (!(error instanceof X509Error) || endsBudget(error)) throw error;
      if (error.fault === fault.certificate_revoked) throw error;
      if (error.fault.rank >= worst.fault.rank) worst = error;
    }
  }
  if (known === ALL_REASONS) return;
  throw known === 0
    ? worst
    : new X509Error(fault.different_crl_scope, "not all reasons are covered");
}

function revokedSince(entry: {
  readonly revocationDate: number;
  readonly reason: number | undefined;
}): string {
  const date = new Date(entry.revocationDate).toISOString().slice(0, 10);
  return `since ${date}, reason ${(entry.reason ?? 0).toString()}`;
}

/** RFC 5280 6.3.3 (b), (d): the reasons that a list speaks of, for this one. */
function reasonsInScope(crl: Crl, certificate: Certificate): number {
  // Deltas need their base and rules of their own: refused, not guessed at.
  if (crl.isDelta)
    throw new X509Error(
      fault.different_crl_scope,
      "delta CRLs are not supported",
    );
  const point = crl.issuingDistributionPoint;
  if (point === undefined) return ALL_REASONS;
  const outside = (detail: string): X509Error =>
    new X509Error(fault.different_crl_scope, detail);
  if (point.indirectCRL) throw outside("indirect CRLs are not supported");
  if (point.onlyContainsAttributeCerts) throw outside("attribute certificates");
  const isCa = certificate.basicConstraints?.cA ?? false;
  if (isCa && point.onlyContainsUserCerts) throw outside("user certificates");
  if (!isCa && point.onlyContainsCACerts) throw outside("CA certificates");
  if (!namesPointOf(point, certificate)) throw outside("distribution point");
  return (point.onlySomeReasons ?? ALL_REASONS) & ALL_REASONS;
}

/** RFC 5280 6.3.3 (b) (2) (i): one name in common. */
function namesPointOf(
  point: IssuingDistributionPoint,
  certificate: Certificate,
): boolean {
  const { fullName, nameRelativeToCRLIssuer: relative } = point;
  if (fullName === undefined && relative === undefined) return true;
  return (certificate.crlDistributionPoints ?? []).some((other) => {
    if (other.cRLIssuer !== undefined) return false;
    if (relative !== undefined)
      return (
        other.nameRelativeToCRLIssuer !== undefined &&
        equal(relative, other.nameRelativeToCRLIssuer)
      );
    return (fullName ?? []).some((a) =>
      (other.fullName ?? []).some((b) => sameName(a, b)),
    );
  });
}

function sameName(a: GeneralName, b: GeneralName): boolean {
  if (a.type === "directoryName")
    return b.type === "directoryName" && a.value.equals(b.value);
  return (
    a.type === b.type && typeof a.value === "string" && a.value === b.value
  );
}

/** Extensions, dates, signature and its signer. */
function checkList(
  crl: Crl,
  issuer: Certificate,
  { now, strict, signatures, budget }: RevocationContext,
): void {
  checkListExtensions(crl);
  const second = Math.floor(now / 1000) * 1000;
  if (crl.thisUpdate > second) throw new X509Error(fault.crl_not_yet_valid);
  if (crl.nextUpdate === undefined ? strict : crl.nextUpdate < second)
    throw new X509Error(fault.crl_expired);
  // RFC 5280 6.3.3 (f).
  if (issuer.keyUsage?.has("cRLSign") === false)
    throw new X509Error(fault.key_usage_no_crl_sign);
  if (!equal(crl.innerAlgorithm, crl.signatureAlgorithm.der))
    throw new X509Error(
      fault.malformed_crl,
      "two different signature algorithms",
    );
  signatures.checkObject(
    crl,
    issuer.subjectPublicKeyInfo,
    budget,
    fault.crl_signature_failure,
  );
}

function checkListExtensions(crl: Crl): void {
  for (const { oid, critical } of crl.extensions)
    if (critical && oid !== OID.issuingDistributionPoint)
      throw new X509Error(fault.unhandled_critical_crl_extension, oid);
  // RFC 5280 5.2.3: lists of version 2 MUST have a number. Version 1 cannot.
  if (crl.version === 2 && crl.number === undefined)
    throw new X509Error(fault.malformed_crl, "no cRLNumber");
}
