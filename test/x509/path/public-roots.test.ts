/** The system's roots under the strict profile, beside -x509_strict. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OID, parseCertificates, X509Error } from "../../../src/x509/index.ts";
import type { Certificate } from "../../../src/x509/index.ts";
import { checkStrictly } from "../../../src/x509/checks/strict-rules.ts";
import { checkCertificate } from "../../../src/x509/path/basic-rules.ts";
import { encodePem } from "../../../src/x509/keys/pem.ts";
import {
  bytes,
  dns,
  ed25519Key,
  extension,
  implicit,
  issue,
  keyUsage,
  oid,
  seq,
  subjectAltName,
} from "../../support/der-builder.ts";
import { hasOpenssl, opensslVerify } from "../../support/openssl-certs.ts";

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
const found = existsSync(BUNDLE) && hasOpenssl();
const roots = found ? parseCertificates(readFileSync(BUNDLE)) : [];

/** Tells whether the strict profile accepts the root as an anchor. */
function weAccept(certificate: Certificate): boolean {
  const place = { certificate, depth: 1, isAnchor: true };
  try {
    checkCertificate(place, new Set());
    checkStrictly(place);
    return true;
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/**
 * Tells whether OpenSSL accepts it: it checks the root of a chain before it
 * checks the signature (7), which of a leaf that the root did not issue is
 * wrong.
 */
function opensslAccepts(certificate: Certificate): boolean {
  const key = ed25519Key(9000);
  const keyIdentifier = certificate.subjectKeyIdentifier ?? new Uint8Array(20);
  const now = certificate.notAfter - 86_400_000;
  // OpenSSL passes over an issuer whose key is of another kind.
  const algorithm =
    certificate.subjectPublicKeyInfo.key.type === "rsa"
      ? seq(oid(OID.sha256WithRSAEncryption), bytes(5, 0))
      : seq(oid(OID.ecdsaWithSHA256));
  const { pem } = issue({
    key,
    innerAlgorithm: algorithm,
    outerAlgorithm: algorithm,
    issuerName: certificate.subject.der,
    subject: "leaf",
    notBefore: now - 86_400_000,
    notAfter: now + 86_400_000,
    extensions: [
      keyUsage(0),
      extension(OID.authorityKeyIdentifier, seq(implicit(0, keyIdentifier))),
      subjectAltName([dns("example.com")]),
    ],
  });
  const { code } = opensslVerify({
    leaf: pem,
    trusted: [encodePem("CERTIFICATE", certificate.der)],
    time: now / 1000,
    options: ["-x509_strict"],
  });
  return code === 7;
}

const suite = found ? describe : describe.skip;

suite(`the roots of ${BUNDLE} (skipped without them, or OpenSSL 3)`, () => {
  it(
    "are anchors of the strict profile where they are OpenSSL's",
    { timeout: 120_000 },
    () => {
      expect(roots.length).toBeGreaterThan(100);
      const accepted = roots.filter(weAccept);
      const theirs = roots.filter(opensslAccepts);
      const names = (list: readonly Certificate[]): string[] =>
        list.map(({ subject }) => subject.toString());
      expect(names(accepted)).toEqual(names(theirs));
      console.log(
        `strict anchors: ${String(accepted.length)} of ${String(roots.length)}, ` +
          `OpenSSL ${String(theirs.length)}`,
      );
    },
  );
});
