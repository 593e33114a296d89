/**
 * Whether a whole path holds: RFC 5280 6.1, in the order of OpenSSL's checks.
 * What some programs can do without are checks of their own, `path-checks.ts`.
 */
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
import * as fault from "./faults.ts";
import { checkStrength, type SecurityLevel } from "./security-level.ts";
import type { SignatureChecker } from "./signature-check.ts";
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
  readonly checks: readonly PathCheck[];
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
 * A part of the judgement that a verifier may be made without. It is linked
 * into a bundle only where it is named.
 */
export interface PathCheck {
  readonly name: CheckName;
  /** Extensions that it acts upon: nobody else may let a critical one pass. */
  readonly understands: readonly string[];
  /** About each certificate of a path by itself. */
  readonly each?: (place: Place, rules: JudgeRules) => void;
  /** About a whole path, leaf first, anchor last. */
  readonly whole?: (path: readonly Certificate[], rules: JudgeRules) => void;
}

/** What a {@link PathCheck} is about. */
export type CheckName =
  "issuance" | "name constraints" | "policies" | "CRLs" | "OCSP";

/**
 * Refuses options that nobody would look at.
 *
 * @throws TypeError
 */
export function requireChecks(
  options: JudgeOptions,
  checks: readonly PathCheck[],
): void {
  const wanted: Readonly<Record<CheckName, boolean>> = {
    issuance: options.profile === "strict",
    "name constraints": false,
    policies: options.requireExplicitPolicy === true,
    CRLs: (options.crlCheck ?? "none") !== "none",
    OCSP: options.ocsp === "require" || options.ocsp === "mustStaple",
  };
  for (const [name, isWanted] of Object.entries(wanted))
    if (isWanted && !checks.some((check) => check.name === name))
      throw new TypeError(`the options want the check of ${name}`);
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
  const { checks } = rules;
  const understood = new Set(checks.flatMap((check) => check.understands));
  each((place) => {
    checkCertificate(place, understood);
    if (place.depth > 0) checkIsCa(place);
    for (const check of checks) check.each?.(place, rules);
    checkPurpose(place, rules.purpose);
  });
  checkPathLengths(places);
  each((place) => {
    checkStrength(place, rules.securityLevel ?? 2, rules.minimumRsaBits);
  });
  each((place) => {
    checkValidity(place, rules.now);
  }, places.slice().reverse());
  for (const check of checks) check.whole?.(path, rules);
  const [leaf, issuer] = path;
  if (leaf !== undefined && issuer !== undefined)
    atDepth(0, () => {
      const { ocspResponse } = rules;
      rules.transparency?.check(leaf, rules.scts, rules.now, {
        issuer,
        ocspResponse,
      });
    });
}

/** RFC 5280 4.2.1.9: neither the leaf nor self-issued intermediates count. */
function checkPathLengths(places: readonly Place[]): void {
  let below = 0;
  for (const { certificate, depth } of places.slice(1)) {
    const limit = certificate.basicConstraints?.pathLenConstraint;
    if (limit !== undefined && below > limit)
      throw new X509Error(fault.path_length_exceeded, undefined, depth);
    if (!certificate.isSelfIssued) below++;
  }
}
