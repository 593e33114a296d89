/**
 * Certificate extensions (RFC 5280 4.2): the list itself, and a decoder for
 * each one that a validator or a reader of certificates needs. Decoders take
 * the content of extnValue and throw DerError.
 */
import type { Bytes } from "../../bytes.ts";
import type { DerElement, DerReader } from "../der/der.ts";
import {
  booleanValue,
  constructedTag,
  contextTag,
  DerError,
  namedBits,
  objectIdentifier,
  readSingle,
  smallInteger,
  unsignedBytes,
} from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import type { GeneralName } from "../names/general-name.ts";
import { readGeneralName, readGeneralNames } from "../names/general-name.ts";

/** RFC 5280 4.1.2.9. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** True when FALSE, the default, is encoded, which X.690 11.5 forbids. */
  readonly encodesDefault: boolean;
  /** A view on the DER inside extnValue: do not write to it. */
  readonly value: Bytes;
}

/** Keeps where the value stands: a view on each would outweigh the rest. */
class ReceivedExtension implements Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly encodesDefault: boolean;
  readonly #value: DerElement;

  constructor(oid: string, critical: boolean | undefined, value: DerElement) {
    this.oid = oid;
    this.critical = critical === true;
    this.encodesDefault = critical === false;
    this.#value = value;
  }

  get value(): Bytes {
    return this.#value.content;
  }
}

/**
 * Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension, without duplicates.
 *
 * @throws DerError
 */
export function readExtensions(sequence: DerElement): readonly Extension[] {
  const extensions: Extension[] = [];
  const seen = new Set<string>();
  const reader = sequence.reader();
  while (!reader.done) {
    const extension = readExtension(
      reader.read(TAG.sequence, "Extension").reader(),
    );
    // RFC 5280 4.2: "A certificate MUST NOT include more than one instance of
    // a particular extension."
    if (seen.has(extension.oid))
      throw new DerError(`extension ${extension.oid} stands twice`);
    seen.add(extension.oid);
    extensions.push(extension);
  }
  if (extensions.length === 0) throw new DerError("extensions are empty");
  return extensions;
}

function readExtension(reader: DerReader): Extension {
  const oid = objectIdentifier(
    reader.read(TAG.objectIdentifier, "extnID"),
    "extnID",
  );
  const flag = reader.optional(TAG.boolean, "critical");
  // Some authorities write FALSE out: it is harmless, and the bytes that are
  // signed stay as they came.
  const critical = flag && booleanValue(flag, "critical");
  const value = reader.read(TAG.octetString, "extnValue");
  reader.end("Extension");
  return new ReceivedExtension(oid, critical, value);
}

/** RFC 5280 4.2.1.9. */
export interface BasicConstraints {
  readonly cA: boolean;
  readonly pathLenConstraint: number | undefined;
  /** True when cA FALSE, the default, is encoded (X.690 11.5). */
  readonly encodesDefault: boolean;
}

/** RFC 5280 4.2.1.9. */
export function basicConstraints(value: Uint8Array): BasicConstraints {
  const reader = readSingle(value, TAG.sequence, "basicConstraints").reader();
  const flag = reader.optional(TAG.boolean, "cA");
  const cA = flag !== undefined && booleanValue(flag, "cA");
  const length = reader.optional(TAG.integer, "pathLenConstraint");
  reader.end("basicConstraints");
  return {
    cA,
    pathLenConstraint: length && smallInteger(length, "pathLenConstraint"),
    encodesDefault: flag !== undefined && !cA,
  };
}

const KEY_USAGES = [
  "digitalSignature",
  "contentCommitment",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;
/** The bits of RFC 5280 4.2.1.3 by name. */
export type KeyUsage = (typeof KEY_USAGES)[number];

/** RFC 5280 4.2.1.3. */
export function keyUsage(value: Uint8Array): ReadonlySet<KeyUsage> {
  const bits = namedBits(
    readSingle(value, TAG.bitString, "keyUsage"),
    "keyUsage",
  );
  // "at least one of the bits MUST be set to 1"
  if (bits === 0) throw new DerError("keyUsage has no bit set");
  return new Set(KEY_USAGES.filter((_, i) => (bits & (1 << i)) !== 0));
}

/** RFC 5280 4.2.1.12: dotted OIDs, at least one. */
export function extKeyUsage(value: Uint8Array): readonly string[] {
  return objectIdentifiers(value, "extKeyUsage");
}

function objectIdentifiers(value: Uint8Array, what: string): string[] {
  const reader = readSingle(value, TAG.sequence, what).reader();
  const oids: string[] = [];
  while (!reader.done)
    oids.push(objectIdentifier(reader.read(TAG.objectIdentifier, what), what));
  if (oids.length === 0) throw new DerError(`${what} is empty`);
  return oids;
}

/** RFC 5280 4.2.1.6 and 4.2.1.7. May be empty: the path checks decide. */
export function altNames(value: Uint8Array): readonly GeneralName[] {
  return readGeneralNames(
    readSingle(value, TAG.sequence, "alternative names").reader(),
  );
}

/** RFC 5280 4.2.1.2: a view on the key identifier. */
export function subjectKeyIdentifier(value: Uint8Array): Bytes {
  return readSingle(value, TAG.octetString, "subjectKeyIdentifier").content;
}

/** RFC 5280 4.2.1.1. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Bytes | undefined;
  readonly authorityCertIssuer: readonly GeneralName[] | undefined;
  readonly authorityCertSerialNumber: Bytes | undefined;
}

/** RFC 5280 4.2.1.1. */
export function authorityKeyIdentifier(
  value: Uint8Array,
): AuthorityKeyIdentifier {
  const what = "authorityKeyIdentifier";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const keyIdentifier = reader.optional(contextTag(0), what)?.content;
  const issuer = reader.optional(constructedTag(1), what);
  const serial = reader.optional(contextTag(2), what)?.content;
  reader.end(what);
  return {
    keyIdentifier,
    authorityCertIssuer:
      issuer === undefined ? undefined : readGeneralNames(issuer.reader()),
    authorityCertSerialNumber: serial,
  };
}

/** A name space that a CA is held to, or kept out of. */
export interface GeneralSubtree {
  readonly base: GeneralName;
  /** True when minimum or maximum are there: RFC 5280 wants neither. */
  readonly hasMinimumOrMaximum: boolean;
}

/** RFC 5280 4.2.1.10. */
export interface NameConstraints {
  readonly permitted: readonly GeneralSubtree[];
  readonly excluded: readonly GeneralSubtree[];
}

/** RFC 5280 4.2.1.10. */
export function nameConstraints(value: Uint8Array): NameConstraints {
  const what = "nameConstraints";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const permitted = reader.optional(constructedTag(0), what);
  const excluded = reader.optional(constructedTag(1), what);
  reader.end(what);
  // "either the permittedSubtrees field or the excludedSubtrees MUST be
  // present", and GeneralSubtrees is SIZE (1..MAX).
  if (permitted === undefined && excluded === undefined)
    throw new DerError("nameConstraints is empty");
  return {
    permitted: permitted === undefined ? [] : readSubtrees(permitted),
    excluded: excluded === undefined ? [] : readSubtrees(excluded),
  };
}

function readSubtrees(element: DerElement): GeneralSubtree[] {
  const subtrees: GeneralSubtree[] = [];
  const reader = element.reader();
  while (!reader.done) {
    const subtree = reader.read(TAG.sequence, "GeneralSubtree").reader();
    const base = readGeneralName(subtree.readAny("base"));
    const bounds = [
      subtree.optional(contextTag(0), "minimum"),
      subtree.optional(contextTag(1), "maximum"),
    ];
    subtree.end("GeneralSubtree");
    subtrees.push({
      base,
      hasMinimumOrMaximum: bounds.some((bound) => bound !== undefined),
    });
  }
  if (subtrees.length === 0) throw new DerError("GeneralSubtrees is empty");
  return subtrees;
}

/** An access method and its location, RFC 5280 4.2.2.1. */
export interface AccessDescription {
  readonly accessMethod: string;
  readonly accessLocation: GeneralName;
}

/** RFC 5280 4.2.2.1 and 4.2.2.2. */
export function infoAccess(value: Uint8Array): readonly AccessDescription[] {
  const what = "information access";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const descriptions: AccessDescription[] = [];
  while (!reader.done) {
    const description = reader.read(TAG.sequence, what).reader();
    const accessMethod = objectIdentifier(
      description.read(TAG.objectIdentifier, "accessMethod"),
      "accessMethod",
    );
    const accessLocation = readGeneralName(
      description.readAny("accessLocation"),
    );
    description.end(what);
    descriptions.push({ accessMethod, accessLocation });
  }
  if (descriptions.length === 0) throw new DerError(`${what} is empty`);
  return descriptions;
}

/** The locations of CRLs, RFC 5280 4.2.1.13. */
export interface DistributionPoint {
  /** Absent when only cRLIssuer is given, or a name relative to it. */
  readonly fullName: readonly GeneralName[] | undefined;
  readonly nameRelativeToCRLIssuer: Bytes | undefined;
  /** RFC 5280's ReasonFlags; undefined means all of them. */
  readonly reasons: number | undefined;
  readonly cRLIssuer: readonly GeneralName[] | undefined;
}

/** RFC 5280 4.2.1.13 (and freshestCRL, 4.2.1.15). */
export function crlDistributionPoints(
  value: Uint8Array,
): readonly DistributionPoint[] {
  const what = "cRLDistributionPoints";
  const reader = readSingle(value, TAG.sequence, what).reader();
  const points: DistributionPoint[] = [];
  while (!reader.done) {
    const point = reader.read(TAG.sequence, "DistributionPoint").reader();
    const name = point.optional(constructedTag(0), "distributionPoint");
    const reasons = point.optional(contextTag(1), "reasons");
    const issuer = point.optional(constructedTag(2), "cRLIssuer");
    point.end("DistributionPoint");
    points.push({
      ...distributionPointName(name),
      reasons:
        reasons === undefined ? undefined : namedBits(reasons, "reasons"),
      cRLIssuer:
        issuer === undefined ? undefined : readGeneralNames(issuer.reader()),
    });
  }
  // An empty list, which some authorities issue, says as much as none.
  return points;
}

/** DistributionPointName inside its explicit `[0]`. */
export function distributionPointName(
  element: DerElement | undefined,
): Pick<DistributionPoint, "fullName" | "nameRelativeToCRLIssuer"> {
  if (element === undefined)
    return { fullName: undefined, nameRelativeToCRLIssuer: undefined };
  const reader = element.reader();
  const choice = reader.readAny("DistributionPointName");
  reader.end("DistributionPointName");
  if (choice.tag === constructedTag(0))
    return {
      fullName: readGeneralNames(choice.reader()),
      nameRelativeToCRLIssuer: undefined,
    };
  if (choice.tag !== constructedTag(1))
    throw new DerError("DistributionPointName is neither of its two forms");
  return { fullName: undefined, nameRelativeToCRLIssuer: choice.content };
}

/** RFC 7633: numbers of TLS extensions; 5 (status_request) is must-staple. */
export function tlsFeature(value: Uint8Array): readonly number[] {
  const reader = readSingle(value, TAG.sequence, "TLS feature").reader();
  const features: number[] = [];
  while (!reader.done)
    features.push(
      smallInteger(reader.read(TAG.integer, "TLS feature"), "TLS feature"),
    );
  return features;
}

/** RFC 5280 5.2.3: big-endian bytes of a non-negative number. */
export function crlNumber(value: Uint8Array): Bytes {
  return unsignedBytes(
    readSingle(value, TAG.integer, "cRLNumber"),
    "cRLNumber",
  );
}
