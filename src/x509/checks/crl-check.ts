/**
 * Revocation by CRLs: RFC 5280 6.3. Lists may be split by reason and place, be
 * signed by another key or another authority than the certificate, and have
 * delta lists beside them.
 */
import { equal } from "../../bytes.ts";
import { endsBudget } from "../path/budget.ts";
import type { Certificate } from "../certificates/certificate.ts";
import type { Crl, CrlStore } from "../certificates/crl.ts";
import type { RevokedCertificate } from "../certificates/crl-entries.ts";
import { atDepth, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { PathRules, PathCheck } from "../path/validate-path.ts";
import { validatePath } from "../path/validate-path.ts";
import * as OID from "../der/oids.ts";
import {
  ALL_REASONS,
  compareNumbers,
  isDeltaOf,
  pointsOf,
  reasonsInScope,
} from "./crl-scope.ts";

/**
 * Certificate revocation lists, RFC 5280 6.3. See {@link createVerifierOf} for
 * an example.
 */
export const revocationLists: PathCheck = {
  name: "CRLs",
  understands: [OID.cRLDistributionPoints],
  whole(path, rules) {
    const { crls, crlCheck = "none" } = rules;
    if (crlCheck === "none") return;
    if (crls === undefined && path.length > 1)
      throw new X509Error(fault.unable_to_get_crl, "no CRLs are loaded", 0);
    if (crls !== undefined) checkCrls(path, crlCheck, { rules, crls, path });
  },
};

interface Context {
  readonly rules: PathRules;
  readonly crls: CrlStore;
  /** Leaf first, anchor last. */
  readonly path: readonly Certificate[];
}

/**
 * Looks certificates of a path up in the lists.
 *
 * @param path leaf first, anchor last; nobody can revoke the anchor
 * @param scope the leaf alone, or everything that was issued
 * @throws X509Error `certificate_revoked`, `unable_to_get_crl`, or what is
 *   wrong with the only list there is: no status known is a refusal
 */
function checkCrls(
  path: readonly Certificate[],
  scope: "leaf" | "chain",
  context: Context,
): void {
  for (const [depth, certificate] of path.entries()) {
    if (depth === path.length - 1 || (scope === "leaf" && depth > 0)) return;
    atDepth(depth, () => {
      checkOne(certificate, depth, context);
    });
  }
}

function checkOne(
  certificate: Certificate,
  depth: number,
  context: Context,
): void {
  let known = 0;
  let worst = new X509Error(fault.unable_to_get_crl);
  const points = pointsOf(certificate);
  const lists = new Set(
    points.flatMap(({ issuer }) => context.crls.findByIssuer(issuer)),
  );
  for (const crl of lists) {
    try {
      context.rules.budget.spendStep();
      const reasons = reasonsInScope(crl, certificate, points);
      const entry = lookUp(crl, certificate, depth, context);
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

function revokedSince(entry: RevokedCertificate): string {
  const date = new Date(entry.revocationDate).toISOString().slice(0, 10);
  return `since ${date}, reason ${(entry.reason ?? 0).toString()}`;
}

/** RFC 5280 5.3.1: an entry of a delta list that takes another one back. */
const REMOVE_FROM_CRL = 8;

/**
 * The certificate's entry in a complete list and the newest delta list to it.
 *
 * @throws X509Error when the complete list cannot be relied on
 */
function lookUp(
  crl: Crl,
  certificate: Certificate,
  depth: number,
  context: Context,
): RevokedCertificate | undefined {
  checkList(crl, context.rules);
  const signer = findSigner(crl, depth, context);
  const { serialNumber, issuer } = certificate;
  const changed = newestDelta(crl, signer, context)?.find(serialNumber, issuer);
  if (changed !== undefined)
    return changed.reason === REMOVE_FROM_CRL ? undefined : changed;
  return crl.find(serialNumber, issuer);
}

/** Without one that can be relied on, the complete list stands by itself. */
function newestDelta(
  complete: Crl,
  signer: Certificate,
  { rules, crls }: Context,
): Crl | undefined {
  let newest: Crl | undefined;
  for (const delta of crls.findByIssuer(complete.issuer)) {
    if (!delta.isDelta) continue;
    try {
      rules.budget.spendStep();
      if (!isDeltaOf(delta, complete)) continue;
      checkList(delta, rules);
      checkSignature(delta, signer, rules);
      const [number, best] = [delta.number, newest?.number];
      if (
        best === undefined ||
        (number !== undefined && compareNumbers(number, best) > 0)
      )
        newest = delta;
    } catch (error) {
      if (!(error instanceof X509Error) || endsBudget(error)) throw error;
    }
  }
  return newest;
}

/** Extensions that a list may have critical. */
const UNDERSTOOD: readonly string[] = [
  OID.issuingDistributionPoint,
  OID.deltaCRLIndicator,
];

/** Extensions, dates and algorithm. */
function checkList(crl: Crl, { now, profile = "default" }: PathRules): void {
  for (const { oid, critical } of crl.extensions)
    if (critical && !UNDERSTOOD.includes(oid))
      throw new X509Error(fault.unhandled_critical_crl_extension, oid);
  // RFC 5280 5.1.2.5 and 5.2.3: lists of version 2 MUST have a number, and all
  // an end. EasyRSA, among others, makes some without.
  if (profile === "issuance") {
    if (crl.version === 2 && crl.number === undefined)
      throw new X509Error(fault.malformed_crl, "the list has no cRLNumber");
    if (crl.nextUpdate === undefined)
      throw new X509Error(fault.malformed_crl, "the list has no nextUpdate");
  }
  const second = Math.floor(now / 1000) * 1000;
  if (crl.thisUpdate > second) throw new X509Error(fault.crl_not_yet_valid);
  if (crl.nextUpdate !== undefined && crl.nextUpdate < second)
    throw new X509Error(fault.crl_expired);
  if (!equal(crl.innerAlgorithm, crl.signatureAlgorithm.der))
    throw new X509Error(
      fault.malformed_crl,
      "the list names two different signature algorithms",
    );
}

function checkSignature(
  crl: Crl,
  signer: Certificate,
  { signatures, budget }: PathRules,
): void {
  // RFC 5280 6.3.3 (f).
  if (signer.keyUsage?.has("cRLSign") === false)
    throw new X509Error(fault.key_usage_no_crl_sign);
  signatures.checkObject(
    crl,
    signer.subjectPublicKeyInfo,
    budget,
    fault.crl_signature_failure,
  );
}

/**
 * Finds the certificate of who signed the list, RFC 5280 6.3.3 (f) and (g): the
 * certificate's issuer, another key of the same authority, or the issuer of an
 * indirect list.
 *
 * @throws X509Error when it is nobody who can be relied on
 */
function findSigner(crl: Crl, depth: number, context: Context): Certificate {
  const { rules, path } = context;
  const validated = [...path.slice(depth + 1), ...rules.crlSigners].filter(
    (one) => one.subject.equals(crl.issuer),
  );
  let worst = new X509Error(
    fault.unable_to_get_crl,
    `no certificate of the list's issuer ${crl.issuer.toString()}`,
  );
  for (const certificate of candidates(crl, validated, rules))
    try {
      rules.budget.spendStep();
      checkSignature(crl, certificate, rules);
      if (!validated.includes(certificate)) validate(certificate, context);
      return certificate;
    } catch (error) {
      if (!(error instanceof X509Error) || endsBudget(error)) throw error;
      if (error.fault.rank > worst.fault.rank) worst = error;
    }
  throw worst;
}

/**
 * Certificates that may have signed the list, the likeliest first. Another key
 * than the list names is tried only where it is no work to find.
 */
function* candidates(
  crl: Crl,
  validated: readonly Certificate[],
  rules: PathRules,
): Generator<Certificate> {
  const wanted = crl.authorityKeyIdentifier?.keyIdentifier;
  const fits = (one: Certificate): boolean => {
    const has = one.subjectKeyIdentifier;
    return wanted === undefined || has === undefined || equal(wanted, has);
  };
  yield* validated.filter(fits);
  for (const one of rules.named(crl.issuer))
    if (fits(one) && !validated.some((other) => equal(other.der, one.der)))
      yield one;
  yield* validated.filter((one) => !fits(one));
}

/**
 * Validates a signer of lists that is not on the path: its own path ends in the
 * same anchor, and its own status is looked up, in its own list too.
 */
function validate(certificate: Certificate, { rules, path }: Context): void {
  const anchor = path[path.length - 1];
  const inner: PathRules = {
    ...rules,
    purpose: undefined,
    ocsp: "ignore",
    transparency: undefined,
    crlCheck: rules.crlCheck === "chain" ? "chain" : "none",
    crlSigners: [...rules.crlSigners, certificate],
  };
  rules.findPath(certificate, (found) => {
    const end = found[found.length - 1];
    if (
      end === undefined ||
      anchor === undefined ||
      !equal(end.der, anchor.der)
    )
      throw new X509Error(
        fault.unable_to_get_crl,
        "the list's issuer is under another trusted certificate",
      );
    validatePath(found, inner);
  });
}
