/** Verify codes of CRLs. */
import { OID } from "../../src/x509/index.ts";
import {
  NOW,
  basicConstraints,
  bytes,
  crl,
  crlEntry,
  crlNumber,
  ed25519Key,
  extension,
  implicit,
  int,
  keyUsage,
  leaf,
  octets,
  root,
  seq,
  subjectKeyIdentifier,
} from "../support/der-builder.ts";
import {
  compareWithOpenssl,
  DAY,
  anchor,
  crlCheck,
  middle,
  revocable,
  serial,
} from "./openssl-cases.ts";

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
