/**
 * Validates a whole path: RFC 5280 6.1, in the order of OpenSSL's checks. What
 * some programs can do without are checks of their own, `path-checks.ts`.
 */
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { Budget } from "./budget.ts";
import type { Certificate } from "../certificates/certificate.ts";
import type { Place, Purpose } from "./basic-rules.ts";
import {
  checkCertificate,
  checkIsCa,
  checkPurpose,
  checkValidity,
} from "./basic-rules.ts";
import type { CrlStore } from "../certificates/crl.ts";
import { atDepth, X509Error } from "../faults/errors.ts";
import type { Name } from "../names/name.ts";
import * as fault from "../faults/faults.ts";
import { checkStrength, type SecurityLevel } from "./security-level.ts";
import type { SignatureChecker } from "./signatures.ts";
import type { TransparencyPolicy } from "./transparency.ts";

/**
 * The part of RFC 5280 that is required of each certificate. `default` accepts
 * what real authorities issue. `strict` is OpenSSL's X509_V_FLAG_X509_STRICT
 * (`openssl verify -x509_strict`). `issuance` adds to it lints of the
 * CA/Browser Forum's Baseline Requirements, for those who issue: it is not for
 * peers.
 */
export type Profile = "default" | "strict" | "issuance";

/** The rules that a caller chooses. */
export interface PathOptions {
  readonly provider: CryptoProvider;
  /** Default `default`. */
  readonly profile?: Profile;
  /** Fall back to the common name when there is no dNSName. Default false. */
  readonly checkCommonName?: boolean;
  /**
   * OpenSSL's security level of keys and signatures. Default 2 (112 bits). Levels 0
   * and 1 are unsafe: they accept what can be forged.
   */
  readonly securityLevel?: SecurityLevel;
  /** In place of what the security level wants (2048 at level 2). */
  readonly minimumRsaBits?: number;
  /**
   * Dotted OIDs of the certificate policies that are accepted, RFC 5280 6.1.1
   * (c); they count where a policy is required. Default: any policy.
   */
  readonly initialPolicySet?: readonly string[];
  /** True when a valid certificate policy must remain on the path. */
  readonly requireExplicitPolicy?: boolean;
  /** True when no CA may map policies, RFC 5280 6.1.1 (e). */
  readonly inhibitPolicyMapping?: boolean;
  /**
   * True when any-policy in a certificate counts for none, RFC 5280 6.1.1 (g).
   */
  readonly inhibitAnyPolicy?: boolean;
  /** The store that CRLs are looked up in. Read at each verification. */
  readonly crls?: CrlStore;
  /**
   * The certificates that CRLs are asked about; without a CRL that answers, the
   * chain is refused. Default `none`.
   */
  readonly crlCheck?: "none" | "leaf" | "chain";
  /**
   * `check` validates a stapled response that is there, and refuses a leaf that
   * promises one (RFC 7633) and comes without where one was asked for;
   * `mustStaple` refuses that leaf even unasked; `require` refuses every leaf
   * without. Default `check`.
   */
  readonly ocsp?: "ignore" | "check" | "mustStaple" | "require";
  /**
   * The policy for Certificate Transparency that a leaf must meet. Default:
   * nothing.
   */
  readonly transparency?: TransparencyPolicy | undefined;
}

/** The options, and what belongs to one verification. */
export interface PathRules extends PathOptions {
  readonly checks: readonly PathCheck[];
  /** Undefined for a certificate that signs lists. */
  readonly purpose: Purpose | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly ocspResponse: Uint8Array | undefined;
  readonly ocspRequested: boolean;
  readonly scts: readonly Uint8Array[];
  readonly signatures: SignatureChecker;
  readonly budget: Budget;
  /** Signers of lists whose own paths are being validated, outermost first. */
  readonly crlSigners: readonly Certificate[];
  /** All certificates of a subject that were sent or are trusted. */
  readonly named: (subject: Name) => readonly Certificate[];
  /**
   * Builds a path from another certificate than the peer's.
   *
   * @throws X509Error
   */
  readonly findPath: (
    leaf: Certificate,
    validate: (path: readonly Certificate[]) => void,
  ) => readonly Certificate[];
}

/**
 * A part of the validation that a verifier may be made without. It is linked
 * into a bundle only where it is named.
 */
export interface PathCheck {
  readonly name: CheckName;
  /** Extensions that it acts upon: nobody else may let a critical one pass. */
  readonly understands: readonly string[];
  /** About each certificate of a path by itself. */
  readonly each?: (place: Place, rules: PathRules) => void;
  /** About a whole path, leaf first, anchor last. */
  readonly whole?: (path: readonly Certificate[], rules: PathRules) => void;
}

/** Names of {@link PathCheck}s. */
export type CheckName =
  "strict" | "issuance" | "name constraints" | "policies" | "CRLs" | "OCSP";

/**
 * Refuses options that nobody would look at.
 *
 * @throws TypeError
 */
export function requireChecks(
  options: PathOptions,
  checks: readonly PathCheck[],
): void {
  const wanted: Readonly<Record<CheckName, boolean>> = {
    strict: (options.profile ?? "default") !== "default",
    issuance: options.profile === "issuance",
    "name constraints": false,
    policies:
      options.requireExplicitPolicy === true ||
      options.initialPolicySet !== undefined ||
      options.inhibitPolicyMapping === true ||
      options.inhibitAnyPolicy === true,
    CRLs: (options.crlCheck ?? "none") !== "none",
    OCSP: options.ocsp === "require" || options.ocsp === "mustStaple",
  };
  for (const [name, isWanted] of Object.entries(wanted))
    if (isWanted && !checks.some((check) => check.name === name))
      throw new TypeError(`the options want the check of ${name}`);
}

/**
 * Validates a path whose signatures are right already.
 *
 * @param path leaf first, anchor last
 * @throws X509Error with the depth of the certificate it is about
 */
export function validatePath(
  path: readonly Certificate[],
  rules: PathRules,
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
    if (rules.purpose !== undefined) checkPurpose(place, rules.purpose);
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
        spendSignature: () => {
          rules.budget.spendSignature();
        },
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
