/** Whether a whole path holds: RFC 5280 6.1, in the order of OpenSSL's checks. */
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Budget } from "./budget.ts";
import type { Certificate } from "./certificate.ts";
import type { Place, Purpose } from "./certificate-rules.ts";
import {
  checkCertificate,
  checkIsCa,
  checkPurpose,
  checkValidity,
} from "./certificate-rules.ts";
import type { CrlStore } from "./crl.ts";
import { atDepth, X509Error } from "./errors.ts";
import { checkNameConstraints } from "./name-constraints.ts";
import { parseOcspResponse } from "./ocsp.ts";
import { checkOcspResponse } from "./ocsp-check.ts";
import { checkPolicies } from "./policies.ts";
import { checkCrls } from "./revocation.ts";
import { checkStrength, type SecurityLevel } from "./security-level.ts";
import type { SignatureChecker } from "./signature-check.ts";
import { checkIssuance } from "./strict-rules.ts";
import type { TransparencyPolicy } from "./transparency.ts";

/** The rules that a caller chooses. */
export interface JudgeOptions {
  readonly provider: CryptoProvider;
  /**
   * `default`: what the web needs. `strict` adds the issuance lints of RFC
   * 5280 and the Baseline Requirements (OpenSSL's VERIFY_X509_STRICT).
   */
  readonly profile?: "default" | "strict";
  /** Fall back to the common name when there is no dNSName. Default false. */
  readonly checkCommonName?: boolean;
  /** OpenSSL's security level of keys and signatures. Default 2 (112 bits). */
  readonly securityLevel?: SecurityLevel;
  /** In place of what the security level wants (2048 at level 2). */
  readonly minimumRsaBits?: number;
  /** Whether a valid certificate policy must remain on the path. */
  readonly requireExplicitPolicy?: boolean;
  /** Where CRLs are looked up. Read at each verification. */
  readonly crls?: CrlStore;
  /**
   * Whom the CRLs are asked about; without a CRL that answers, the chain is
   * refused. Default `none`.
   */
  readonly crlCheck?: "none" | "leaf" | "chain";
  /**
   * `check` judges a stapled response that is there, and refuses a leaf that
   * promises one (RFC 7633) and comes without where one was asked for;
   * `mustStaple` refuses that leaf even unasked; `require` refuses every leaf
   * without. Default `check`.
   */
  readonly ocsp?: "ignore" | "check" | "mustStaple" | "require";
  /** What Certificate Transparency must say of a leaf. Default: nothing. */
  readonly transparency?: TransparencyPolicy;
}

/** The options, and what belongs to one verification. */
export interface JudgeRules extends JudgeOptions {
  readonly purpose: Purpose;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly ocspResponse: Uint8Array | undefined;
  readonly ocspRequested: boolean;
  readonly scts: readonly Uint8Array[];
  readonly signatures: SignatureChecker;
  readonly budget: Budget;
}

/**
 * Judges a path whose signatures are right already.
 *
 * @param path leaf first, anchor last
 * @throws X509Error with the depth of the certificate it is about
 */
export function judgePath(
  path: readonly Certificate[],
  rules: JudgeRules,
): void {
  const places = path.map((certificate, depth) => ({
    certificate,
    depth,
    isAnchor: depth === path.length - 1,
  }));
  const each = (check: (place: Place) => void, order = places): void => {
    for (const place of order)
      atDepth(place.depth, () => {
        check(place);
      });
  };
  const strict = rules.profile === "strict";
  each((place) => {
    checkCertificate(place);
    if (place.depth > 0) checkIsCa(place);
    if (strict) checkIssuance(place);
    checkPurpose(place, rules.purpose);
  });
  checkPathLengths(places);
  each((place) => {
    checkStrength(place, rules.securityLevel ?? 2, rules.minimumRsaBits);
  });
  each((place) => {
    checkValidity(place, rules.now);
  }, places.slice().reverse());
  checkNameConstraints(path, rules.budget, {
    checkCommonName: rules.checkCommonName ?? false,
  });
  checkPolicies(path, rules.requireExplicitPolicy ?? false);
  checkRevocation(path, rules, strict);
}

/** RFC 5280 4.2.1.9: neither the leaf nor self-issued intermediates count. */
function checkPathLengths(places: readonly Place[]): void {
  let below = 0;
  for (const { certificate, depth } of places.slice(1)) {
    const limit = certificate.basicConstraints?.pathLenConstraint;
    if (limit !== undefined && below > limit)
      throw new X509Error("path_length_exceeded", undefined, depth);
    if (!certificate.isSelfIssued) below++;
  }
}

function checkRevocation(
  path: readonly Certificate[],
  rules: JudgeRules,
  strict: boolean,
): void {
  const { crls, crlCheck = "none" } = rules;
  if (crlCheck !== "none") {
    if (crls === undefined && path.length > 1)
      throw new X509Error("unable_to_get_crl", "no CRLs are loaded", 0);
    if (crls !== undefined)
      checkCrls(path, crlCheck, { ...rules, crls, strict });
  }
  atDepth(0, () => {
    checkStapledResponse(path, rules);
    const [leaf] = path;
    if (leaf !== undefined && path.length > 1)
      rules.transparency?.check(leaf, rules.scts, rules.now);
  });
}

function checkStapledResponse(
  [leaf, issuer]: readonly Certificate[],
  rules: JudgeRules,
): void {
  const { ocsp = "check", ocspResponse } = rules;
  // A trusted leaf has no issuer who could be asked.
  if (ocsp === "ignore" || leaf === undefined || issuer === undefined) return;
  if (ocspResponse !== undefined) {
    const response = parseOcspResponse(ocspResponse);
    checkOcspResponse(response, leaf, issuer, rules);
    return;
  }
  const promised =
    leaf.mustStaple && (ocsp === "mustStaple" || rules.ocspRequested);
  if (ocsp === "require" || promised)
    throw new X509Error("ocsp_response_required");
}
