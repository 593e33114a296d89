/** Contents of the certificates of servers, clients, CAs and responders. */
import type { KeyUsage } from "../x509/certificates/extensions.ts";
import * as OID from "../x509/der/oids.ts";
import type { KeyAlgorithm } from "../x509/keys/public-key.ts";
import { nullValue } from "./der/asn1.ts";
import type { ValidityOptions } from "./certificate.ts";
import type {
  ExtensionInput,
  NameConstraintsInput,
  Publications,
} from "./der/extensions.ts";
import {
  basicConstraints,
  certificatePolicies,
  extendedKeyUsage,
  keyUsage,
  mustStaple,
  nameConstraints,
  subjectAlternativeName,
} from "./der/extensions.ts";
import type { KeyType, PkiKey } from "./keys/keys.ts";
import type { AlternativeNames, NameInput } from "./der/names.ts";
import { encodeName, fitsCommonName } from "./der/names.ts";
import type { IssuingSignature } from "./keys/signatures.ts";

/** Options of any certificate. */
export interface CertificateOptions extends ValidityOptions {
  /** Big-endian; 16 random bytes unless given. */
  readonly serialNumber?: Uint8Array;
  readonly keyUsage?: readonly KeyUsage[];
  /** Dotted OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  /** Dotted OIDs. */
  readonly policies?: readonly string[];
  /** Added; one with the OID of a usual extension takes its place. */
  readonly extensions?: readonly ExtensionInput[];
}

/** A certificate with a key of its own. */
export interface IssueOptions extends CertificateOptions {
  /** A key, or the type of one to make; a new P-256 key unless given. */
  readonly key?: PkiKey | KeyType;
}

export interface ServerNames {
  /** DNS names (`*.` may stand in front) and IP addresses: one at least. */
  readonly hosts: readonly string[];
  readonly uris?: readonly string[];
  /** The first host as the common name unless given. */
  readonly subject?: NameInput;
  /** RFC 7633: clients shall insist on a stapled OCSP response. */
  readonly mustStaple?: boolean;
}

export interface ServerOptions extends IssueOptions, ServerNames {}

export interface ClientNames extends AlternativeNames {
  /** The subject: a string is its common name. */
  readonly name: NameInput;
}

export interface ClientOptions extends IssueOptions, ClientNames {}

export interface AuthorityOptions extends IssueOptions {
  readonly name: NameInput;
  /** Most CAs between this one and a leaf; no limit unless given. */
  readonly pathLength?: number;
  readonly nameConstraints?: NameConstraintsInput;
  /**
   * URLs of its CRL and OCSP responder, for the certificates that it issues.
   */
  readonly publishes?: Publications;
  /** Its signature algorithm, if not the usual one of its key. */
  readonly signature?: IssuingSignature;
}

/** The certificate's own part; its issuer adds the rest. */
export interface Profile {
  /** DER of the Name. */
  readonly subject: Uint8Array;
  readonly usualDays: number;
  readonly extensions: readonly ExtensionInput[];
}

/** @throws TypeError when there is no host or a name is malformed */
export function serverProfile(
  names: ServerNames,
  options: CertificateOptions,
  algorithm: KeyAlgorithm,
): Profile {
  const [first] = names.hosts;
  if (first === undefined)
    throw new TypeError("a server certificate needs one host at least");
  // CA/Browser Forum 7.1.4.3: a common name is one of the hosts. One that is
  // too long leaves the subject empty.
  const usual: NameInput = fitsCommonName(first) ? first : {};
  return leafProfile({
    subject: names.subject ?? usual,
    names: { hosts: names.hosts, uris: names.uris ?? [] },
    // RFC 5246 7.4.2: a key that a TLS 1.2 client may encrypt to.
    usages:
      algorithm === "rsaEncryption"
        ? ["digitalSignature", "keyEncipherment"]
        : ["digitalSignature"],
    purposes: [OID.serverAuth],
    usualDays: 90,
    options,
    more: names.mustStaple === true ? [mustStaple()] : [],
  });
}

/** @throws TypeError when a name is malformed */
export function clientProfile(
  names: ClientNames,
  options: CertificateOptions,
): Profile {
  return leafProfile({
    subject: names.name,
    names,
    usages: ["digitalSignature"],
    purposes: [OID.clientAuth],
    usualDays: 365,
    options,
  });
}

/** Good for both sides of TLS: self-signed certificates. */
export function peerProfile(
  names: ServerNames,
  options: CertificateOptions,
  algorithm: KeyAlgorithm,
): Profile {
  const purposes = [OID.serverAuth, OID.clientAuth];
  return serverProfile(
    names,
    { ...options, extendedKeyUsage: options.extendedKeyUsage ?? purposes },
    algorithm,
  );
}

/** A delegated OCSP responder, RFC 6960 4.2.2.2. */
export function responderProfile(
  name: NameInput,
  options: CertificateOptions,
): Profile {
  return leafProfile({
    subject: name,
    names: {},
    usages: ["digitalSignature"],
    purposes: [OID.OCSPSigning],
    usualDays: 30,
    options,
    // RFC 6960 4.2.2.2.1: nobody need ask for the responder's own status.
    more: [{ oid: OID.ocspNoCheck, value: nullValue() }],
  });
}

/** @throws TypeError when the name is empty or a constraint is malformed */
export function authorityProfile(options: AuthorityOptions): Profile {
  const { pathLength, nameConstraints: constraints, policies = [] } = options;
  if (pathLength !== undefined && !Number.isSafeInteger(pathLength))
    throw new TypeError("pathLength must be a whole number");
  const extensions = [
    basicConstraints(true, pathLength),
    keyUsage(
      options.keyUsage ?? ["digitalSignature", "keyCertSign", "cRLSign"],
    ),
  ];
  if (options.extendedKeyUsage !== undefined)
    extensions.push(extendedKeyUsage(options.extendedKeyUsage));
  if (constraints !== undefined) extensions.push(nameConstraints(constraints));
  if (policies.length > 0) extensions.push(certificatePolicies(policies));
  return {
    subject: nonEmptyName(options.name),
    usualDays: 3650,
    extensions,
  };
}

/** RFC 5280 4.1.2.6: a CA has a subject that is not empty. */
function nonEmptyName(name: NameInput): Uint8Array {
  const encoded = encodeName(name);
  if (encoded.length <= 2)
    throw new TypeError("a CA needs a name that is not empty");
  return encoded;
}

interface Leaf {
  readonly subject: NameInput;
  readonly names: AlternativeNames;
  readonly usages: readonly KeyUsage[];
  readonly purposes: readonly string[];
  readonly usualDays: number;
  readonly options: CertificateOptions;
  readonly more?: readonly ExtensionInput[];
}

function leafProfile(leaf: Leaf): Profile {
  const { options, usualDays, more = [] } = leaf;
  const { policies = [] } = options;
  const subject = encodeName(leaf.subject);
  const names = subjectAlternativeName(leaf.names, subject.length <= 2);
  const extensions = [
    basicConstraints(false),
    keyUsage(options.keyUsage ?? leaf.usages),
    extendedKeyUsage(options.extendedKeyUsage ?? leaf.purposes),
    ...(names === undefined ? [] : [names]),
    ...(policies.length > 0 ? [certificatePolicies(policies)] : []),
    ...more,
  ];
  return { subject, usualDays, extensions };
}
