/**
 * The default and the strict profile beside `openssl verify`, plain and with
 * -x509_strict: one rule after the other is broken in a leaf, an intermediate,
 * a root and a self-signed server.
 */
import { describe, expect, it } from "vitest";
import { OID } from "../../../src/x509/index.ts";
import type {
  CertificateSpec,
  Issued,
  TestKey,
} from "../../support/der-builder.ts";
import {
  basicConstraints,
  bool,
  bytes,
  caExtensions,
  directory,
  dns,
  ed25519Key,
  explicit,
  extension,
  extKeyUsage,
  implicit,
  int,
  intermediate,
  keyIdentifier,
  keyUsage,
  leaf,
  leafExtensions,
  name,
  NOW,
  octets,
  oid,
  root,
  seq,
  subjectAltName,
  subjectKeyIdentifier,
  uri,
} from "../../support/der-builder.ts";
import { hasOpenssl, opensslVerify } from "../../support/openssl-certs.ts";
import { outcome } from "../../support/verdicts.ts";
import { hasOid } from "./openssl-cases.ts";

type Part = "leaf" | "intermediate" | "root" | "server";

/** A change of a certificate whose extensions are given. */
type Mutation = (
  extensions: readonly Uint8Array[],
  issuer: TestKey,
) => Partial<CertificateSpec>;

const drop =
  (...types: readonly string[]): Mutation =>
  (extensions) => ({
    extensions: extensions.filter((one) =>
      types.every((type) => !hasOid(one, type)),
    ),
  });

/** In place of the extension of that type. */
const swap =
  (type: string, ...others: readonly Uint8Array[]): Mutation =>
  (extensions) => ({
    extensions: [...extensions.filter((one) => !hasOid(one, type)), ...others],
  });

/** Of every authority here. */
const SERIAL = int(7);

/** authorityCertIssuer and authorityCertSerialNumber of what Root 1 issued. */
const nameAndSerial = [
  explicit(1, directory(name("Root 1"))),
  implicit(2, bytes(7)),
];

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  nothing: () => ({}),
  "no authorityKeyIdentifier": drop(OID.authorityKeyIdentifier),
  "an authorityKeyIdentifier with issuer and serial": (extensions, issuer) =>
    swap(
      OID.authorityKeyIdentifier,
      extension(
        OID.authorityKeyIdentifier,
        seq(implicit(0, keyIdentifier(issuer)), ...nameAndSerial),
      ),
    )(extensions, issuer),
  "an authorityKeyIdentifier with issuer and serial alone": swap(
    OID.authorityKeyIdentifier,
    extension(OID.authorityKeyIdentifier, seq(...nameAndSerial)),
  ),
  "an empty authorityKeyIdentifier": swap(
    OID.authorityKeyIdentifier,
    extension(OID.authorityKeyIdentifier, seq()),
  ),
  "no subjectKeyIdentifier": drop(OID.subjectKeyIdentifier),
  "no keyUsage": drop(OID.keyUsage),
  "keyUsage with cRLSign alone": swap(OID.keyUsage, keyUsage(6)),
  "keyUsage with digitalSignature alone": swap(OID.keyUsage, keyUsage(0)),
  "keyUsage with keyCertSign and digitalSignature": swap(
    OID.keyUsage,
    keyUsage(0, 5),
  ),
  "basicConstraints not critical": swap(
    OID.basicConstraints,
    basicConstraints(true, undefined, false),
  ),
  "basicConstraints with FALSE": swap(
    OID.basicConstraints,
    extension(OID.basicConstraints, seq(bool(false)), true),
  ),
  "no basicConstraints": drop(OID.basicConstraints),
  "a path length and no CA": swap(
    OID.basicConstraints,
    basicConstraints(false, 0),
  ),
  "a path length and no keyUsage": (extensions) => ({
    extensions: [
      ...extensions.filter(
        (one) =>
          !hasOid(one, OID.basicConstraints) && !hasOid(one, OID.keyUsage),
      ),
      basicConstraints(true, 3),
    ],
  }),
  "a path length and no keyCertSign": (extensions) => ({
    extensions: [
      ...extensions.filter(
        (one) =>
          !hasOid(one, OID.basicConstraints) && !hasOid(one, OID.keyUsage),
      ),
      basicConstraints(true, 3),
      keyUsage(0, 6),
    ],
  }),
  "an empty subject": () => ({ subject: name("") }),
  "an empty subject and no subjectAltName": (extensions, issuer) => ({
    ...drop(OID.subjectAltName)(extensions, issuer),
    subject: name(""),
  }),
  "an empty subject and a critical subjectAltName": (extensions, issuer) => ({
    ...swap(OID.subjectAltName, subjectAltName([dns("example.com")], true))(
      extensions,
      issuer,
    ),
    subject: name(""),
  }),
  "a critical subjectAltName beside a subject": swap(
    OID.subjectAltName,
    subjectAltName([dns("example.com")], true),
  ),
  "an underscore in a subjectAltName": swap(
    OID.subjectAltName,
    subjectAltName([dns("example.com"), dns("web_app")]),
  ),
  "an address as common name": () => ({ subject: name("192.0.2.1") }),
  "a common name of other case": () => ({ subject: name("Example.com") }),
  "a person's name as common name": () => ({ subject: name("José M. Díaz") }),
  "serial number 0": () => ({ serialNumber: int(0) }),
  "a negative serial number": () => ({ serialNumber: int(bytes(0x80)) }),
  "a critical extendedKeyUsage": swap(
    OID.extKeyUsage,
    extension(OID.extKeyUsage, seq(oid(OID.serverAuth)), true),
  ),
  "anyExtendedKeyUsage beside serverAuth": swap(
    OID.extKeyUsage,
    extKeyUsage(OID.serverAuth, OID.anyExtendedKeyUsage),
  ),
  "extendedKeyUsage serverAuth": swap(
    OID.extKeyUsage,
    extKeyUsage(OID.serverAuth),
  ),
  "critical FALSE written out": (extensions) => ({
    extensions: [
      ...extensions,
      seq(
        oid(OID.authorityInfoAccess),
        bool(false),
        octets(accessTo("http://a")),
      ),
    ],
  }),
  "an empty cRLDistributionPoints": (extensions) => ({
    extensions: [...extensions, extension(OID.cRLDistributionPoints, seq())],
  }),
  "version 1": () => ({ version: undefined, extensions: [] }),
};

function accessTo(address: string): Uint8Array {
  return seq(seq(oid("1.3.6.1.5.5.7.48.2"), uri(address)));
}

interface Chain {
  readonly leaf: Issued;
  readonly sent: readonly Issued[];
  readonly trusted: Issued;
}

const SERVER = ed25519Key(900);

/** A chain in which one certificate is changed. */
function chainOf(part: Part, mutate: Mutation): Chain {
  const key = (number: number) => ed25519Key(number);
  if (part === "server") {
    const extensions = [
      basicConstraints(true),
      keyUsage(0, 5),
      subjectKeyIdentifier(SERVER),
      subjectAltName([dns("example.com")]),
    ];
    const server = root(900, { extensions, ...mutate(extensions, SERVER) });
    return { leaf: server, sent: [], trusted: server };
  }
  const top = root(1, {
    serialNumber: SERIAL,
    ...(part === "root" ? mutate(caExtensions(key(1)), key(1)) : {}),
  });
  const ofMiddle = caExtensions(key(10), top.key);
  const middle = intermediate(10, top, {
    serialNumber: SERIAL,
    ...(part === "intermediate" ? mutate(ofMiddle, top.key) : {}),
  });
  const ofLeaf = [
    ...leafExtensions(middle.key),
    subjectKeyIdentifier(ed25519Key(9000)),
  ];
  const end = leaf(middle, {
    extensions: ofLeaf,
    ...(part === "leaf" ? mutate(ofLeaf, middle.key) : {}),
  });
  return { leaf: end, sent: [middle], trusted: top };
}

const NO_SUBJECT = "RFC 5280 4.1.2.6: the subject of a CA is not empty";
const OWN_KEY =
  "what a CA's own key may be used for is not limited to its keyUsage";
const OWN_CA =
  "a trusted certificate that is the peer's own need not be a CA: it issues nothing";

const WRONG_CA =
  "x509-limbo wants a leaf refused that is a CA without keyCertSign (webpki::ee-basicconstraints-ca)";

/** Certificates for which we differ from OpenSSL, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "default: a intermediate with an empty subject": NO_SUBJECT,
  "default: a intermediate with an empty subject and no subjectAltName":
    NO_SUBJECT,
  "default: a intermediate with an empty subject and a critical subjectAltName":
    NO_SUBJECT,
  "default: a root with an empty subject": NO_SUBJECT,
  "default: a root with an empty subject and no subjectAltName": NO_SUBJECT,
  "default: a root with an empty subject and a critical subjectAltName":
    NO_SUBJECT,
  "default: a root with no basicConstraints":
    "OpenSSL takes keyCertSign for it; Go and pyca, as RFC 5280 4.2.1.9, do not",
  "default: a leaf with basicConstraints not critical": WRONG_CA,
  "default: a leaf with a path length and no keyCertSign": WRONG_CA,
  "default: a server with keyUsage with cRLSign alone": OWN_KEY,
  "strict: a server with keyUsage with cRLSign alone": OWN_KEY,
  "strict: a server with no basicConstraints": OWN_CA,
  "strict: a server with version 1": OWN_CA,
};

const suite = hasOpenssl() ? describe : describe.skip;

suite(
  "profiles, as openssl verify has them (skipped without OpenSSL 3)",
  () => {
    for (const profile of ["default", "strict"] as const)
      for (const part of ["leaf", "intermediate", "root", "server"] as const)
        it.each(Object.entries(MUTATIONS))(
          `${profile}: a ${part} with %s`,
          (what, mutate) => {
            const chain = chainOf(part, mutate);
            const ours = outcome(
              [chain.leaf, ...chain.sent].map(({ der }) => der),
              { profile },
              { serverName: undefined },
              chain.trusted,
            );
            const theirs = opensslVerify({
              leaf: chain.leaf.pem,
              intermediates: chain.sent.map(({ pem }) => pem),
              trusted: [chain.trusted.pem],
              time: NOW / 1000,
              options: [
                "-partial_chain",
                "-purpose",
                "sslserver",
                ...(profile === "strict" ? ["-x509_strict"] : []),
              ],
            });
            const same = (ours === "ok") === (theirs.code === 0);
            const reason = DIFFERENT[`${profile}: a ${part} with ${what}`];
            expect({
              same,
              ours,
              theirs: `${theirs.code.toString()} ${theirs.message}`,
            }).toMatchObject({ same: reason === undefined });
          },
        );
  },
);
