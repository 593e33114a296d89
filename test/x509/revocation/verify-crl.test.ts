/** Verify codes of CRLs. */
import { OID } from "../../../src/x509/index.ts";
import type { Issued } from "../../support/der-builder.ts";
import {
  NOW,
  authorityKeyIdentifier,
  basicConstraints,
  bytes,
  crl,
  crlEntry,
  crlNumber,
  directory,
  ed25519Key,
  explicit,
  extension,
  implicit,
  int,
  keyUsage,
  leaf,
  leafExtensions,
  namedBitsContent,
  octets,
  oid,
  rdn,
  root,
  seq,
  subjectKeyIdentifier,
  tlv,
  uri,
  utf8,
} from "../../support/der-builder.ts";
import {
  compareWithOpenssl,
  DAY,
  anchor,
  crlCheck,
  middle,
  revocable,
  serial,
} from "../path/openssl-cases.ts";

compareWithOpenssl("CRLs", {
  "no CRL": () => ({
    code: "unable_to_get_crl",
    leaf: revocable,
    trusted: [anchor],
    ...crlCheck,
  }),
  "no CRL of the intermediate's issuer": () => ({
    code: "unable_to_get_crl",
    leaf: leaf(middle),
    sent: [middle],
    trusted: [anchor],
    crls: [crl(middle)],
    ours: { crlCheck: "chain" },
    theirs: ["-crl_check", "-crl_check_all"],
    depth: 1,
  }),
  "a CRL without the leaf": () => ({
    code: "ok",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { revoked: [crlEntry(int(78))] })],
    ...crlCheck,
  }),
  "a revoked leaf": () => ({
    code: "certificate_revoked",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { revoked: [crlEntry(int(76)), crlEntry(serial)] })],
    ...crlCheck,
  }),
  "a CRL with a wrong signature": () => ({
    code: "crl_signature_failure",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { damageSignature: true })],
    ...crlCheck,
  }),
  "a CRL of tomorrow": () => ({
    code: "crl_not_yet_valid",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { thisUpdate: NOW + DAY })],
    ...crlCheck,
  }),
  "a CRL of yesterday": () => ({
    code: "crl_expired",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { nextUpdate: NOW - 3_600_000 })],
    ...crlCheck,
  }),
  "a CRL with an unknown critical extension": () => ({
    code: "unhandled_critical_crl_extension",
    leaf: revocable,
    trusted: [anchor],
    crls: [
      crl(anchor, {
        extensions: [crlNumber(), extension("1.2.3.4", octets(), true)],
      }),
    ],
    ...crlCheck,
  }),
  "a CRL whose issuer may not sign CRLs": () => {
    const top = root(6, {
      extensions: [
        basicConstraints(true),
        keyUsage(5),
        subjectKeyIdentifier(ed25519Key(6)),
      ],
    });
    return {
      code: "key_usage_no_crl_sign",
      leaf: leaf(top),
      trusted: [top],
      crls: [crl(top)],
      ...crlCheck,
      depth: 0,
    };
  },
  "a CRL for CAs only": () => ({
    code: "different_crl_scope",
    leaf: revocable,
    trusted: [anchor],
    crls: [
      crl(anchor, {
        extensions: [
          crlNumber(),
          extension(
            OID.issuingDistributionPoint,
            seq(implicit(2, bytes(0xff))),
            true,
          ),
        ],
      }),
    ],
    ...crlCheck,
  }),
});

const CRL_KEY = ed25519Key(70);
const extended = {
  ours: { crlCheck: "leaf" },
  theirs: ["-crl_check", "-extended_crl", "-use_deltas"],
} as const;
const number = (value: number): Uint8Array =>
  extension(OID.cRLNumber, int(value));
const scope = (...parts: readonly Uint8Array[]): Uint8Array =>
  extension(OID.issuingDistributionPoint, seq(...parts), true);
const reason = (code: number): Uint8Array =>
  extension(OID.cRLReasons, tlv(10, bytes(code)));
const delta = (base: number): Uint8Array =>
  extension(OID.deltaCRLIndicator, int(base), true);
const indirect = implicit(4, bytes(0xff));

/** A certificate that signs lists and nothing else. */
const crlSigner = (subject: string): Issued =>
  leaf(anchor, {
    subject,
    key: CRL_KEY,
    extensions: [
      keyUsage(6),
      subjectKeyIdentifier(CRL_KEY),
      authorityKeyIdentifier(anchor.key),
    ],
  });
const delegate = crlSigner("CRL Signer");
const delegated = leaf(anchor, {
  serialNumber: serial,
  extensions: [
    ...leafExtensions(anchor.key),
    extension(
      OID.cRLDistributionPoints,
      seq(seq(explicit(2, directory(delegate.subject)))),
    ),
  ],
});
const ofAnchor = extension(
  OID.certificateIssuer,
  seq(directory(anchor.subject)),
  true,
);
const part = (text: string): Uint8Array => rdn(OID.commonName, utf8(text));
/** Content of a RelativeDistinguishedName. */
const listName = seq(oid(OID.commonName), utf8("list"));
const at = (...names: readonly Uint8Array[]): Uint8Array =>
  explicit(0, explicit(0, ...names));

/** OpenSSL looks for delta lists of certificates that say so. */
const fresh = leaf(anchor, {
  serialNumber: serial,
  extensions: [
    ...leafExtensions(anchor.key),
    extension(OID.freshestCRL, seq(seq(at(uri("http://crl/delta"))))),
  ],
});

compareWithOpenssl("CRLs of all kinds", {
  "a list without a number": () => ({
    code: "ok",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { extensions: [authorityKeyIdentifier(anchor.key)] })],
    ...crlCheck,
  }),
  "a list without an end, strictly": () => ({
    code: "ok",
    leaf: revocable,
    trusted: [anchor],
    crls: [crl(anchor, { nextUpdate: undefined })],
    ours: { crlCheck: "leaf", profile: "strict" },
    theirs: ["-crl_check", "-x509_strict"],
  }),
  "a delta list that revokes": () => ({
    code: "certificate_revoked",
    leaf: fresh,
    trusted: [anchor],
    crls: [
      crl(anchor, { extensions: [number(5)] }),
      crl(anchor, {
        extensions: [number(6), delta(4)],
        revoked: [crlEntry(serial)],
      }),
    ],
    ...extended,
  }),
  "a delta list that takes back": () => ({
    code: "ok",
    leaf: fresh,
    trusted: [anchor],
    crls: [
      crl(anchor, {
        extensions: [number(5)],
        revoked: [crlEntry(serial, reason(6))],
      }),
      crl(anchor, {
        extensions: [number(6), delta(4)],
        revoked: [crlEntry(serial, reason(8))],
      }),
    ],
    ...extended,
  }),
  "a delta list to a newer one": () => ({
    code: "ok",
    leaf: fresh,
    trusted: [anchor],
    crls: [
      crl(anchor, { extensions: [number(5)] }),
      crl(anchor, {
        extensions: [number(7), delta(6)],
        revoked: [crlEntry(serial)],
      }),
    ],
    ...extended,
  }),
  "an indirect list that has the certificate": () => ({
    code: "certificate_revoked",
    leaf: delegated,
    sent: [delegate],
    trusted: [anchor],
    crls: [
      crl(delegate, {
        extensions: [crlNumber(), scope(indirect)],
        revoked: [crlEntry(int(76), ofAnchor), crlEntry(serial)],
      }),
    ],
    ...extended,
  }),
  "an indirect list that has another issuer's certificate": () => ({
    code: "ok",
    leaf: delegated,
    sent: [delegate],
    trusted: [anchor],
    crls: [
      crl(delegate, {
        extensions: [crlNumber(), scope(indirect)],
        revoked: [crlEntry(serial)],
      }),
    ],
    ...extended,
  }),
  "an indirect list of a signer that nobody issued": () => ({
    code: "unable_to_get_crl",
    leaf: delegated,
    trusted: [anchor],
    crls: [crl(delegate, { extensions: [crlNumber(), scope(indirect)] })],
    ...extended,
  }),
  "a list of the authority's key for lists": () => {
    const signer = crlSigner("Root 1");
    return {
      code: "certificate_revoked",
      leaf: revocable,
      sent: [signer],
      trusted: [anchor],
      crls: [
        crl(signer, {
          extensions: [crlNumber(), authorityKeyIdentifier(CRL_KEY)],
          revoked: [crlEntry(serial)],
        }),
      ],
      ...extended,
    };
  },
  "two lists by reason, one of which has it": () => ({
    code: "certificate_revoked",
    leaf: revocable,
    trusted: [anchor],
    crls: [
      crl(anchor, {
        extensions: [crlNumber(), scope(implicit(3, namedBitsContent([1, 2])))],
      }),
      crl(anchor, {
        extensions: [
          crlNumber(),
          scope(implicit(3, namedBitsContent([3, 4, 5, 6, 7, 8]))),
        ],
        revoked: [crlEntry(serial, reason(4))],
      }),
    ],
    ...extended,
  }),
  "a place relative to the issuer": () => ({
    code: "certificate_revoked",
    leaf: leaf(anchor, {
      serialNumber: serial,
      extensions: [
        ...leafExtensions(anchor.key),
        extension(
          OID.cRLDistributionPoints,
          seq(seq(at(directory(seq(part("Root 1"), part("list")))))),
        ),
      ],
    }),
    trusted: [anchor],
    crls: [
      crl(anchor, {
        extensions: [crlNumber(), scope(explicit(0, explicit(1, listName)))],
        revoked: [crlEntry(serial)],
      }),
    ],
    ...extended,
  }),
});
