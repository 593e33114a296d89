/** Verify codes of the strict profile, beside OpenSSL's -x509_strict. */
import { nodeKeyPair } from "../../crypto/node-keys.ts";
import { OID } from "../../../src/x509/index.ts";
import {
  basicConstraints,
  ed25519Key,
  extension,
  implicit,
  keyIdentifier,
  keyUsage,
  leaf,
  name,
  octets,
  root,
  seq,
  subjectAltName,
  subjectKeyIdentifier,
} from "../../support/der-builder.ts";
import {
  below,
  compareWithOpenssl,
  anchor,
  caWithout,
  oneDns,
  plainLeaf,
  strict,
  without,
} from "./openssl-cases.ts";

compareWithOpenssl("strict", {
  "an explicit curve": () => {
    const { publicKey } = nodeKeyPair("ec", {
      namedCurve: "prime256v1",
      paramEncoding: "explicit",
    });
    const spki = publicKey.export({ type: "spki", format: "der" });
    return {
      code: "explicit_curve",
      leaf: leaf(anchor, { spki }),
      trusted: [anchor],
      ...strict,
    };
  },
  "strict: extensions in version 1": () => ({
    code: "extensions_require_version_3",
    leaf: leaf(anchor, { version: undefined }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: a path length without keyUsage": () => ({
    code: "path_length_without_cert_sign",
    ...below({
      extensions: [
        ...caWithout(OID.keyUsage, OID.basicConstraints),
        basicConstraints(true, 3),
      ],
    }),
    ...strict,
    depth: 1,
  }),
  "strict: keyCertSign of a leaf": () => ({
    code: "cert_sign_without_ca",
    leaf: leaf(anchor, {
      extensions: [
        ...without(OID.keyUsage),
        keyUsage(0, 5),
        basicConstraints(false),
      ],
    }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: a path length of a leaf": () => ({
    code: "path_length_without_ca",
    leaf: leaf(anchor, plainLeaf(basicConstraints(false, 0))),
    trusted: [anchor],
    ...strict,
  }),
  "strict: a CA without keyUsage": () => ({
    code: "ca_without_key_usage",
    ...below({ extensions: caWithout(OID.keyUsage) }),
    ...strict,
    depth: 1,
  }),
  "strict: basicConstraints not critical": () => ({
    code: "basic_constraints_not_critical",
    ...below({
      extensions: [
        ...caWithout(OID.basicConstraints),
        basicConstraints(true, undefined, false),
      ],
    }),
    ...strict,
    depth: 1,
  }),
  "strict: no authorityKeyIdentifier": () => ({
    code: "missing_authority_key_identifier",
    leaf: leaf(anchor, { extensions: without(OID.authorityKeyIdentifier) }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: no subjectKeyIdentifier": () => ({
    code: "missing_subject_key_identifier",
    ...below({ extensions: caWithout(OID.subjectKeyIdentifier) }),
    ...strict,
    depth: 1,
  }),
  "strict: authorityKeyIdentifier critical": () => ({
    code: "authority_key_identifier_critical",
    leaf: leaf(anchor, {
      extensions: [
        ...without(OID.authorityKeyIdentifier),
        extension(
          OID.authorityKeyIdentifier,
          seq(implicit(0, keyIdentifier(anchor.key))),
          true,
        ),
      ],
    }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: subjectKeyIdentifier critical": () => ({
    code: "subject_key_identifier_critical",
    ...below({
      extensions: [
        ...caWithout(OID.subjectKeyIdentifier),
        extension(
          OID.subjectKeyIdentifier,
          octets(keyIdentifier(ed25519Key(20))),
          true,
        ),
      ],
    }),
    ...strict,
    depth: 1,
  }),
  "strict: an empty subjectAltName": () => ({
    code: "empty_subject_alt_name",
    leaf: leaf(anchor, {
      extensions: [...without(OID.subjectAltName), subjectAltName([])],
    }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: no subject and a subjectAltName that is not critical": () => ({
    code: "subject_alt_name_not_critical",
    leaf: leaf(anchor, { subject: name("") }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: a CA without a subject": () => ({
    code: "subject_name_empty",
    leaf: leaf(anchor, {
      subject: name(""),
      extensions: [
        ...without(OID.keyUsage, OID.subjectAltName),
        keyUsage(0, 5),
        basicConstraints(true),
        subjectKeyIdentifier(ed25519Key(9000)),
        subjectAltName(oneDns, true),
      ],
    }),
    trusted: [anchor],
    ...strict,
  }),
  "strict: an issuer without a name": () => {
    const top = root(7, { subject: name("") });
    return {
      code: "issuer_name_empty",
      leaf: leaf(top),
      trusted: [top],
      ...strict,
    };
  },
});
