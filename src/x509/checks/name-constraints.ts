/**
 * Name constraints: RFC 5280 4.2.1.10 and 6.1.3 (b), (c). Each CA's subtrees
 * are held against every certificate below it, so permitted sets intersect and
 * one exclusion is enough.
 */
import { equal } from "../../bytes.ts";
import type { Budget } from "../path/budget.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { atDepth, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { GeneralSubtree } from "../certificates/extensions.ts";
import type { GeneralName } from "../names/general-name.ts";
import { isDnsName } from "../path/host-match.ts";
import type { PathCheck } from "../path/validate-path.ts";
import type { Name } from "../names/name.ts";
import * as OID from "../der/oids.ts";

/**
 * Name constraints, RFC 5280 4.2.1.10. See {@link createVerifierOf} for an
 * example.
 */
export const constrainedNames: PathCheck = {
  name: "name constraints",
  understands: [OID.nameConstraints],
  whole(path, { budget, checkCommonName = false }) {
    checkNameConstraints(path, budget, { checkCommonName });
  },
};

/** Options for the names of a certificate that are checked. */
export interface NameOptions {
  /** True when a common name may stand for a DNS name. */
  readonly checkCommonName: boolean;
}

/**
 * Holds every certificate of a path against the constraints above it.
 *
 * @param path leaf first, anchor last
 * @throws X509Error `permitted_violation`, `excluded_violation`,
 *   `subtree_minmax`, `unsupported_constraint_type`,
 *   `unsupported_constraint_syntax`, `unsupported_name_syntax`,
 *   `name_budget_exceeded`
 */
export function checkNameConstraints(
  path: readonly Certificate[],
  budget: Budget,
  options: NameOptions,
): void {
  for (const [depth, issuer] of path.entries()) {
    const constraints = issuer.nameConstraints;
    if (constraints === undefined) continue;
    const permitted = subtreesByForm(constraints.permitted, depth);
    const excluded = subtreesByForm(constraints.excluded, depth);
    for (let below = depth - 1; below >= 0; below--) {
      const subject = path[below];
      // RFC 5280 6.1.3 (b): self-issued certificates are spared, the final
      // one is not.
      if (subject === undefined || (subject.isSelfIssued && below > 0))
        continue;
      atDepth(below, () => {
        for (const name of namesOf(subject, options))
          checkName(name, permitted, excluded, budget);
      });
    }
  }
}

/** A name form, and what RFC 5280 lets us compare it with. */
type Form = GeneralName["type"];

/** Bases of one form: names are only compared with their own kind. */
type Subtrees = (form: Form) => readonly GeneralName[];

/**
 * Bases are read when a name of their form is compared with them: what binds
 * no name of the path is no reason to refuse it.
 */
function subtreesByForm(
  subtrees: readonly GeneralSubtree[],
  depth: number,
): Subtrees {
  const known = new Map<Form, readonly GeneralName[]>();
  return (form) => {
    const found = known.get(form);
    if (found !== undefined) return found;
    const bases = atDepth(depth, () =>
      subtrees.filter(({ base }) => base.type === form).map(readBase),
    );
    known.set(form, bases);
    return bases;
  };
}

/** The base as it is compared: in lower case where case means nothing. */
function readBase({ base, hasMinimumOrMaximum }: GeneralSubtree): GeneralName {
  // "minimum MUST be zero, and maximum MUST be absent"; zero is the default
  // and not encoded.
  if (hasMinimumOrMaximum) throw new X509Error(fault.subtree_minmax);
  if (!isValidBase(base))
    throw new X509Error(fault.unsupported_constraint_syntax, base.type);
  switch (base.type) {
    case "rfc822Name":
      return { ...base, value: normalMailbox(base.value) };
    case "dNSName":
    case "uniformResourceIdentifier":
      return { ...base, value: base.value.toLowerCase() };
    default:
      return base;
  }
}

function isValidBase(base: GeneralName): boolean {
  switch (base.type) {
    case "dNSName":
      // With a leading dot, as enterprises write it: only names below it.
      return base.value === "" || isHostOrDomain(base.value);
    case "rfc822Name":
      return base.value.includes("@")
        ? parseMailbox(base.value) !== undefined
        : isHostOrDomain(base.value);
    case "uniformResourceIdentifier":
      return isHostOrDomain(base.value);
    case "iPAddress":
      return isAddressRange(base.value);
    default:
      return true;
  }
}

/** A host, or a leading period and a domain: `.example.com`. */
function isHostOrDomain(value: string): boolean {
  return isDnsName(value.startsWith(".") ? value.slice(1) : value);
}

/** Address and mask; RFC 4632 masks are ones, then zeros. */
function isAddressRange(value: Uint8Array): boolean {
  if (value.length !== 8 && value.length !== 32) return false;
  let zeroSeen = false;
  for (const byte of value.subarray(value.length / 2))
    for (let bit = 0x80; bit !== 0; bit >>= 1) {
      if ((byte & bit) === 0) zeroSeen = true;
      else if (zeroSeen) return false;
    }
  return true;
}

/** All names of a certificate that constraints bind. */
function namesOf(
  certificate: Certificate,
  { checkCommonName }: NameOptions,
): GeneralName[] {
  const names = (certificate.subjectAltName ?? []).slice();
  const { subject } = certificate;
  if (!subject.isEmpty) names.push({ type: "directoryName", value: subject });
  // "the rfc822Name constraint MUST be applied to the attribute of type
  // emailAddress in the subject distinguished name"
  for (const value of subject.values(OID.emailAddress))
    names.push({ type: "rfc822Name", value });
  if (checkCommonName && !names.some(({ type }) => type === "dNSName"))
    for (const value of subject.commonNames)
      if (isDnsName(value)) names.push({ type: "dNSName", value });
  return names;
}

function checkName(
  name: GeneralName,
  permitted: Subtrees,
  excluded: Subtrees,
  budget: Budget,
): void {
  const inside = permitted(name.type);
  const outside = excluded(name.type);
  if (inside.length + outside.length === 0) return;
  budget.spendNameComparisons(inside.length + outside.length);
  const matcher = matcherFor(name);
  if (outside.some((base) => matcher.mayBeIn(base)))
    throw new X509Error(fault.excluded_violation, name.type);
  if (inside.length > 0 && !inside.some((base) => matcher.isIn(base)))
    throw new X509Error(fault.permitted_violation, name.type);
}

interface Matcher {
  /** Tells whether the name lies wholly in the subtree. */
  isIn(base: GeneralName): boolean;
  /**
   * Tells whether the subtree has some host that the name covers: wildcards.
   */
  mayBeIn(base: GeneralName): boolean;
}

/** @throws X509Error for a name that cannot be validated */
function matcherFor(name: GeneralName): Matcher {
  switch (name.type) {
    case "dNSName":
      return dnsMatcher(name.value);
    case "rfc822Name":
      return both(mailboxMatcher(name.value));
    case "uniformResourceIdentifier":
      return both(uriMatcher(name.value));
    case "iPAddress":
      return both(addressMatcher(name.value));
    case "directoryName":
      return both(directoryMatcher(name.value));
    default:
      // RFC 5280 4.2.1.10: process the constraint or reject the certificate.
      throw new X509Error(fault.unsupported_constraint_type, name.type);
  }
}

function both(isIn: (base: GeneralName) => boolean): Matcher {
  return { isIn, mayBeIn: isIn };
}

function badName(name: GeneralName["type"]): X509Error {
  return new X509Error(fault.unsupported_name_syntax, name);
}

function dnsMatcher(value: string): Matcher {
  const wildcard = value.startsWith("*.");
  const name = (wildcard ? value.slice(2) : value).toLowerCase();
  if (!isDnsName(name)) throw badName("dNSName");
  const isIn = (base: GeneralName): boolean =>
    base.type === "dNSName" && isSubdomain(name, base.value, wildcard);
  if (!wildcard) return both(isIn);
  return {
    isIn,
    // `*.example.com` covers an excluded `bar.example.com`, one label below.
    mayBeIn: (base) => {
      if (isIn(base)) return true;
      if (base.type !== "dNSName") return false;
      const dot = base.value.indexOf(".");
      return dot > 0 && base.value.slice(dot + 1) === name;
    },
  };
}

/**
 * Zero or more labels to the left of the base, with a leading dot one or more.
 * An empty base is every name.
 *
 * @param below whether names right below `name` are meant, in its place
 */
function isSubdomain(name: string, base: string, below: boolean): boolean {
  if (!base.startsWith("."))
    return base === "" || name === base || name.endsWith(`.${base}`);
  return name.endsWith(base) || (below && `.${name}` === base);
}

/** `.example.com` is every host below it, `example.com` only that host. */
function hostMatches(host: string, base: string): boolean {
  return base.startsWith(".") ? host.endsWith(base) : host === base;
}

interface Mailbox {
  readonly local: string;
  /** Lower case. */
  readonly host: string;
}

function parseMailbox(value: string): Mailbox | undefined {
  const sign = value.lastIndexOf("@");
  const local = value.slice(0, Math.max(0, sign));
  const host = value.slice(sign + 1).toLowerCase();
  // RFC 5321 4.5.3.1.1, and 4.1.2: an unquoted local part has neither blanks nor
  // "@".
  const quoted = /^"(?:[^"\\]|\\.)*"$/.test(local);
  if (
    local.length > 64 ||
    !isDnsName(host) ||
    (!quoted && !/^[!#-'*+\-./0-9=?A-Z^-~]+$/.test(local))
  )
    return undefined;
  return { local, host };
}

/** A mailbox as it is compared, or the host or domain of many in lower case. */
function normalMailbox(value: string): string {
  const { local, host } = parseMailbox(value) ?? {};
  return local === undefined ? value.toLowerCase() : `${local}@${host}`;
}

function mailboxMatcher(value: string): (base: GeneralName) => boolean {
  const mailbox = parseMailbox(value);
  if (mailbox === undefined) throw badName("rfc822Name");
  const whole = `${mailbox.local}@${mailbox.host}`;
  return (base) =>
    base.type === "rfc822Name" &&
    (base.value.includes("@")
      ? base.value === whole
      : hostMatches(mailbox.host, base.value));
}

function uriMatcher(value: string): (base: GeneralName) => boolean {
  const [, authority = ""] =
    /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(value) ?? [];
  const host = authority
    .slice(authority.lastIndexOf("@") + 1)
    .replace(/:\d*$/, "")
    .toLowerCase();
  // "If a constraint is applied to the uniformResourceIdentifier name form and
  // a subsequent certificate includes [one without a] host name specified as a
  // fully qualified domain name …, then the application MUST reject".
  if (!isDnsName(host) || /^[\d.]+$/.test(host))
    throw badName("uniformResourceIdentifier");
  return (base) =>
    base.type === "uniformResourceIdentifier" && hostMatches(host, base.value);
}

function addressMatcher(address: Uint8Array): (base: GeneralName) => boolean {
  if (address.length !== 4 && address.length !== 16) throw badName("iPAddress");
  return (base) => {
    if (base.type !== "iPAddress" || base.value.length !== 2 * address.length)
      return false;
    const mask = base.value.subarray(address.length);
    const masked = (bytes: Uint8Array): Uint8Array =>
      bytes.map((byte, i) => byte & (mask[i] ?? 0));
    return equal(
      masked(address),
      masked(base.value.subarray(0, address.length)),
    );
  };
}

/**
 * RFC 5280 7.1: the base's RDNs are the first ones of the name. The key of each
 * says where it ends, so that the beginning of a text is whole RDNs.
 */
function directoryMatcher({ key }: Name): (base: GeneralName) => boolean {
  return (base) =>
    base.type === "directoryName" && key.startsWith(base.value.key);
}
