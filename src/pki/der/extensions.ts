/** Certificate extensions written as DER (RFC 5280 4.2). */
import { concat, utf8Bytes } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { KeyUsage } from "../../x509/certificates/extensions.ts";
import * as OID from "../../x509/der/oids.ts";
import {
  boolean,
  constructed,
  namedBits,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
  sequenceOf,
  unsignedInteger,
} from "./asn1.ts";
import { ipAddressBytes } from "./ip-address.ts";
import type { AlternativeNames } from "./names.ts";
import { encodeAlternativeNames, encodeUri } from "./names.ts";

/** An extension to put in, or to leave out of what would be put in. */
export interface ExtensionInput {
  /** Dotted. Takes the place of an extension with the same OID. */
  readonly oid: string;
  /** False unless said. */
  readonly critical?: boolean;
  /** DER inside extnValue; undefined leaves the extension out. */
  readonly value: Uint8Array | undefined;
}

/** DER of Extensions: a SEQUENCE OF Extension. */
export function encodeExtensions(
  extensions: readonly ExtensionInput[],
): Uint8Array {
  return sequence(
    ...extensions.map(({ oid, critical = false, value }) =>
      value === undefined
        ? new Uint8Array(0)
        : sequence(
            objectIdentifier(oid),
            // X.690 11.5: the default FALSE is left out.
            ...(critical ? [boolean(true)] : []),
            octetString(value),
          ),
    ),
  );
}

/** Each extension once; what comes later replaces what came before. */
export function mergeExtensions(
  usual: readonly ExtensionInput[],
  wanted: readonly ExtensionInput[] = [],
): ExtensionInput[] {
  const byOid = new Map<string, ExtensionInput>();
  for (const extension of [...usual, ...wanted])
    byOid.set(extension.oid, extension);
  return [...byOid.values()].filter(({ value }) => value !== undefined);
}

/**
 * RFC 5280 4.2.1.9: critical in a CA's certificate; here in others too, as the
 * CA/Browser Forum's baseline requirements (7.1.2.7.6) have it.
 */
export function basicConstraints(
  cA: boolean,
  pathLength?: number,
): ExtensionInput {
  const fields = [];
  if (cA) fields.push(boolean(true));
  if (cA && pathLength !== undefined) fields.push(unsignedInteger(pathLength));
  return {
    oid: OID.basicConstraints,
    critical: true,
    value: sequence(...fields),
  };
}

/** RFC 5280 4.2.1.3. */
export function keyUsage(usages: readonly KeyUsage[]): ExtensionInput {
  return {
    oid: OID.keyUsage,
    critical: true,
    value: namedBits(usages.map((usage) => KEY_USAGE_BITS[usage])),
  };
}

const KEY_USAGE_BITS: Readonly<Record<KeyUsage, number>> = {
  digitalSignature: 0,
  contentCommitment: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
};

/** RFC 5280 4.2.1.12; dotted OIDs. */
export function extendedKeyUsage(purposes: readonly string[]): ExtensionInput {
  return {
    oid: OID.extKeyUsage,
    value: sequence(...purposes.map(objectIdentifier)),
  };
}

/** RFC 7093 2 (1): the left 160 bits of SHA-256 over the key's BIT STRING. */
export function keyIdentifier(
  provider: CryptoProvider,
  publicKeyBytes: Uint8Array,
): Uint8Array {
  return provider.hashes["SHA-256"].hash(publicKeyBytes).slice(0, 20);
}

/** RFC 5280 4.2.1.2. */
export function subjectKeyIdentifier(identifier: Uint8Array): ExtensionInput {
  return { oid: OID.subjectKeyIdentifier, value: octetString(identifier) };
}

/** RFC 5280 4.2.1.1. */
export function authorityKeyIdentifier(identifier: Uint8Array): ExtensionInput {
  return {
    oid: OID.authorityKeyIdentifier,
    value: sequence(primitive(0, identifier)),
  };
}

/**
 * RFC 5280 4.2.1.6: critical when the subject is empty. Undefined when there
 * is no name.
 */
export function subjectAlternativeName(
  names: AlternativeNames,
  critical: boolean,
): ExtensionInput | undefined {
  const encoded = encodeAlternativeNames(names);
  if (encoded.length === 0) return undefined;
  return { oid: OID.subjectAltName, critical, value: sequenceOf(encoded) };
}

/**
 * URLs at which a CA publishes what others need to know of its certificates.
 */
export interface Publications {
  /** URLs of its CRL (RFC 5280 4.2.1.13). */
  readonly crlUrls?: readonly string[];
  /** URLs of its OCSP responder (RFC 5280 4.2.2.1). */
  readonly ocspUrls?: readonly string[];
  /** URLs of its own certificate, in DER. */
  readonly issuerUrls?: readonly string[];
}

/** cRLDistributionPoints and authorityInfoAccess, as far as there is any. */
export function publicationExtensions({
  crlUrls = [],
  ocspUrls = [],
  issuerUrls = [],
}: Publications): ExtensionInput[] {
  const extensions: ExtensionInput[] = [];
  if (crlUrls.length > 0)
    extensions.push({
      oid: OID.cRLDistributionPoints,
      value: sequence(
        sequence(constructed(0, constructed(0, ...crlUrls.map(encodeUri)))),
      ),
    });
  const access = (method: string, url: string): Uint8Array =>
    sequence(objectIdentifier(method), encodeUri(url));
  const descriptions = [
    ...ocspUrls.map((url) => access(OID.ocsp, url)),
    ...issuerUrls.map((url) => access(OID.caIssuers, url)),
  ];
  if (descriptions.length > 0)
    extensions.push({
      oid: OID.authorityInfoAccess,
      value: sequence(...descriptions),
    });
  return extensions;
}

/** RFC 5280 4.2.1.4, without qualifiers; dotted OIDs. */
export function certificatePolicies(
  policies: readonly string[],
): ExtensionInput {
  return {
    oid: OID.certificatePolicies,
    value: sequence(
      ...policies.map((policy) => sequence(objectIdentifier(policy))),
    ),
  };
}

/** RFC 7633 6: the server will answer status_request (5). */
export function mustStaple(): ExtensionInput {
  return { oid: OID.tlsFeature, value: sequence(unsignedInteger(5)) };
}

/** Names under which a CA may, or may not, issue (RFC 5280 4.2.1.10). */
export interface NameSubtrees {
  /** `example.com` covers itself and what is below it. */
  readonly dns?: readonly string[];
  /** Address and prefix length: `192.0.2.0/24`, `2001:db8::/32`. */
  readonly ip?: readonly string[];
  /** A mailbox, a host, or `.example.com` for all hosts below. */
  readonly email?: readonly string[];
  /** A host, or `.example.com` for all hosts below. */
  readonly uri?: readonly string[];
}

export interface NameConstraintsInput {
  readonly permitted?: NameSubtrees;
  readonly excluded?: NameSubtrees;
}

/** @throws TypeError when a subtree is malformed or there is none */
export function nameConstraints(input: NameConstraintsInput): ExtensionInput {
  const permitted = encodeSubtrees(input.permitted ?? {});
  const excluded = encodeSubtrees(input.excluded ?? {});
  if (permitted.length + excluded.length === 0)
    throw new TypeError("name constraints without any name");
  const fields: Uint8Array[] = [];
  if (permitted.length > 0) fields.push(constructed(0, ...permitted));
  if (excluded.length > 0) fields.push(constructed(1, ...excluded));
  return {
    oid: OID.nameConstraints,
    critical: true,
    value: sequence(...fields),
  };
}

function encodeSubtrees(trees: NameSubtrees): Uint8Array[] {
  const { dns = [], ip = [], email = [], uri = [] } = trees;
  const text = (tag: number) => (base: string) =>
    sequence(primitive(tag, checkedBase(base)));
  return [
    ...dns.map(text(2)),
    ...ip.map((network) => sequence(primitive(7, networkBytes(network)))),
    ...email.map(text(1)),
    ...uri.map(text(6)),
  ];
}

function checkedBase(base: string): Uint8Array {
  if (!/^[!-~]*$/.test(base))
    throw new TypeError("a name constraint must be printable ASCII");
  return utf8Bytes(base);
}

function networkBytes(network: string): Uint8Array {
  const [address = "", prefix = ""] = network.split("/");
  const bytes = ipAddressBytes(address);
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (bytes === undefined || !(bits <= 8 * bytes.length))
    throw new TypeError(
      "an IP name constraint is written as address/prefix length",
    );
  const mask = bytes.map(
    (_, i) => 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * i))),
  );
  const base = bytes.map((byte, i) => byte & (mask[i] ?? 0));
  return concat(base, mask);
}
