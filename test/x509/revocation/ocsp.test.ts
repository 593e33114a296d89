/** Stapled OCSP responses: RFC 6960, and must-staple of RFC 7633. */
import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../support/thorough.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { VerifierOptions } from "../../../src/x509/index.ts";
import {
  createVerifier,
  encodePem,
  OID,
  parseOcspResponse,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import type { Issued, OcspSpec } from "../../support/der-builder.ts";
import {
  authorityKeyIdentifier,
  bytes,
  oid,
  ed25519Key,
  explicit,
  extension,
  extKeyUsage,
  int,
  issue,
  keyUsage,
  leaf,
  leafExtensions,
  NOW,
  ocspResponse,
  octets,
  root,
  seq,
  tlv,
} from "../../support/der-builder.ts";
import { hasOpenssl, inScratch, openssl } from "../../support/openssl-certs.ts";

const HOUR = 3_600_000;
const anchor = root(1);
const serial = int(77);
const end = leaf(anchor, { serialNumber: serial });
const stapler = leaf(anchor, {
  serialNumber: serial,
  extensions: [
    ...leafExtensions(anchor.key),
    extension(OID.tlsFeature, seq(int(5))),
  ],
});

function check(
  response: Uint8Array | undefined,
  options: Partial<VerifierOptions> = {},
  certificate: Issued = end,
): string {
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(anchor.der),
    ...options,
  });
  try {
    verifier.verify(
      {
        certificates: [certificate.der],
        ...(response === undefined ? {} : { ocspResponse: response }),
      },
      { purpose: "serverAuth", serverName: undefined, now: NOW },
    );
    return "ok";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

const staple = (spec: Partial<OcspSpec> = {}): Uint8Array =>
  ocspResponse({ issuer: anchor, serialNumber: serial, ...spec });

const responderKey = ed25519Key(50);
const responder = (...extensions: readonly Uint8Array[]): Issued =>
  issue({
    key: responderKey,
    issuer: anchor,
    subject: "responder",
    extensions: [authorityKeyIdentifier(anchor.key), ...extensions],
  });
const delegate = responder(extKeyUsage(OID.OCSPSigning), keyUsage(0));

describe("a response of the issuer", () => {
  it.each<[string, Partial<OcspSpec>, string]>([
    ["good", {}, "ok"],
    ["good, by name", { byName: true }, "ok"],
    ["good, with SHA-256", { hash: "SHA-256" }, "ok"],
    ["revoked", { status: "revoked" }, "certificate_revoked"],
    ["unknown", { status: "unknown" }, "ocsp_certificate_unknown"],
    [
      "about another certificate",
      { serialNumber: int(78) },
      "ocsp_verify_failed",
    ],
    [
      "about another issuer",
      { issuer: root(2), responder: anchor },
      "ocsp_verify_failed",
    ],
    ["with a wrong signature", { damageSignature: true }, "ocsp_verify_failed"],
    ["out of date", { nextUpdate: NOW - HOUR }, "ocsp_verify_failed"],
    ["hardly out of date", { nextUpdate: NOW - 60_000 }, "ok"],
    ["from the future", { thisUpdate: NOW + HOUR }, "ocsp_verify_failed"],
    ["made in the future", { producedAt: NOW + HOUR }, "ocsp_verify_failed"],
    [
      "that ends before it begins",
      { thisUpdate: NOW, nextUpdate: NOW - 60_000 },
      "ocsp_verify_failed",
    ],
    ["without an end", { nextUpdate: undefined }, "ok"],
    [
      "without an end, a week old",
      { nextUpdate: undefined, thisUpdate: NOW - 8 * 24 * HOUR },
      "ocsp_verify_failed",
    ],
    [
      "with a nonce",
      {
        responseExtensions: [
          extension(OID.ocspNonce, octets(octets(bytes(1)))),
        ],
      },
      "ok",
    ],
    [
      "with an unknown critical extension",
      { responseExtensions: [extension("1.2.3", octets(), true)] },
      "malformed_ocsp_response",
    ],
  ])("%s", (_, spec, expected) => {
    expect(check(staple(spec))).toBe(expected);
  });
});

describe("a response of a delegate", () => {
  const by = (one: Issued, spec: Partial<OcspSpec> = {}): Uint8Array =>
    staple({ responder: one, certificates: [one], ...spec });

  it("counts when the issuer has appointed it", () => {
    expect(check(by(delegate))).toBe("ok");
    expect(check(by(delegate, { byName: true }))).toBe("ok");
    expect(check(by(delegate, { status: "revoked" }))).toBe(
      "certificate_revoked",
    );
    expect(check(by(delegate, { damageSignature: true }))).toBe(
      "ocsp_verify_failed",
    );
  });

  it.each([
    ["no certificate", staple({ responder: delegate })],
    ["no OCSPSigning", by(responder(extKeyUsage(OID.serverAuth)))],
    ["no purpose at all", by(responder())],
    [
      "a key that may not sign",
      by(responder(extKeyUsage(OID.OCSPSigning), keyUsage(2))),
    ],
    [
      "another issuer",
      by(
        issue({
          key: responderKey,
          issuer: root(2),
          subject: "responder",
          extensions: [extKeyUsage(OID.OCSPSigning)],
        }),
      ),
    ],
    [
      "another issuer's name",
      by(
        issue({
          key: responderKey,
          issuer: anchor,
          issuerName: "Root 2",
          subject: "responder",
          extensions: [extKeyUsage(OID.OCSPSigning)],
        }),
      ),
    ],
    [
      "a forged appointment",
      by(
        issue({
          key: responderKey,
          issuer: { ...anchor, key: ed25519Key(3) },
          subject: "responder",
          extensions: [extKeyUsage(OID.OCSPSigning)],
        }),
      ),
    ],
    [
      "an expired certificate",
      by(
        issue({
          key: responderKey,
          issuer: anchor,
          notAfter: NOW - HOUR,
          extensions: [extKeyUsage(OID.OCSPSigning)],
        }),
      ),
    ],
    ["the leaf itself", staple({ responder: end, certificates: [end] })],
  ])("does not count with %s", (_, response) => {
    expect(check(response)).toBe("ocsp_verify_failed");
  });
});

describe("the ocsp option", () => {
  it("decides about a missing response", () => {
    expect(check(undefined)).toBe("ok");
    expect(check(undefined, {}, stapler)).toBe("ok");
    expect(check(undefined, { ocsp: "mustStaple" })).toBe("ok");
    expect(check(undefined, { ocsp: "mustStaple" }, stapler)).toBe(
      "ocsp_response_required",
    );
    expect(check(undefined, { ocsp: "require" })).toBe(
      "ocsp_response_required",
    );
    expect(check(staple(), { ocsp: "require" }, stapler)).toBe("ok");
    expect(check(staple({ status: "revoked" }), { ocsp: "ignore" })).toBe("ok");
  });

  it("has no responder to ask about a trusted leaf", () => {
    const trustStore = TrustStore.of(end.der);
    expect(
      check(staple({ status: "revoked" }), { trustStore, ocsp: "require" }),
    ).toBe("ok");
  });
});

describe("parseOcspResponse", () => {
  it("gives the fields", () => {
    const response = parseOcspResponse(
      staple({ status: "revoked", byName: true, certificates: [delegate] }),
    );
    expect(response.responderId.type).toBe("byName");
    expect(response.certificates.length).toBe(1);
    expect(response.producedAt).toBe(NOW - HOUR);
    expect(response.responses[0]).toMatchObject({
      status: "revoked",
      serialNumber: bytes(77),
      hashAlgorithm: OID.sha1,
      thisUpdate: NOW - HOUR,
    });
  });

  it.each([
    ["nothing", bytes()],
    ["trailing bytes", bytes(...staple(), 0)],
    [
      "an answer of another type",
      seq(tlv(10, bytes(0)), explicit(0, seq(oid("1.2.3"), octets()))),
    ],
    ["no answer", seq(tlv(10, bytes(0)))],
  ])("refuses %s", (_, der) => {
    expect(() => parseOcspResponse(der)).toThrow(X509Error);
  });

  it("reports a responder that has no answer", () => {
    expect(check(seq(tlv(10, bytes(3))))).toBe("ocsp_verify_failed");
  });

  it("ends in X509Error or in a response, whatever the bytes", () => {
    const good = staple({ certificates: [delegate] });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const mutated = good.slice();
        mutated[at] = value;
        expect(check(mutated)).toMatch(
          /^(ok|ocsp_|malformed_|extensions_|certificate_revoked|unsupported_)/,
        );
      }),
      runs(600),
    );
  });
});

const suite = hasOpenssl() ? describe : describe.skip;

suite("responses of openssl ocsp (skipped without OpenSSL 3)", () => {
  it.each(["good", "revoked"] as const)("%s", (status) => {
    inScratch((folder) => {
      const file = (name: string, text: string): void => {
        writeFileSync(join(folder, name), text);
      };
      const day = 86_400;
      const args = [
        "-days",
        "30",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
      ];
      openssl(
        [
          "req",
          "-x509",
          ...args,
          "-keyout",
          "ca.key",
          "-out",
          "ca.pem",
          "-subj",
          "/CN=CA",
          "-addext",
          "keyUsage=critical,keyCertSign,cRLSign",
        ],
        folder,
      );
      openssl(
        [
          "req",
          ...args.slice(2),
          "-keyout",
          "l.key",
          "-out",
          "l.csr",
          "-subj",
          "/CN=L",
        ],
        folder,
      );
      file("ext", "subjectAltName=DNS:example.com\n");
      openssl(
        [
          "x509",
          "-req",
          "-in",
          "l.csr",
          "-CA",
          "ca.pem",
          "-CAkey",
          "ca.key",
          "-set_serial",
          "0x4D",
          "-days",
          "20",
          "-extfile",
          "ext",
          "-out",
          "l.pem",
        ],
        folder,
      );
      const flag =
        status === "good"
          ? "V\t491231235959Z\t\t"
          : "R\t491231235959Z\t240101000000Z\t";
      file("index", `${flag}4D\tunknown\t/CN=L\n`);
      openssl(
        [
          "ocsp",
          "-index",
          "index",
          "-CA",
          "ca.pem",
          "-rsigner",
          "ca.pem",
          "-rkey",
          "ca.key",
          "-issuer",
          "ca.pem",
          "-cert",
          "l.pem",
          "-ndays",
          "2",
          "-no_nonce",
          "-respout",
          "r.der",
        ],
        folder,
      );
      const read = (name: string): string =>
        readFileSync(join(folder, name), "latin1");
      const verifier = createVerifier({
        provider: noble,
        trustStore: TrustStore.of(read("ca.pem")),
        ocsp: "require",
      });
      const certificates = TrustStore.of(read("l.pem")).certificates.map(
        ({ der }) => der,
      );
      const ocspResponse = new Uint8Array(readFileSync(join(folder, "r.der")));
      expect(encodePem("OCSP RESPONSE", ocspResponse)).toContain("BEGIN");
      const verify = (now: number) => () =>
        verifier.verify(
          { certificates, ocspResponse },
          { purpose: "serverAuth", serverName: "example.com", now },
        );
      if (status === "revoked") expect(verify(Date.now())).toThrow("revoked");
      else {
        expect(verify(Date.now())().verified).toBe(true);
        expect(verify(Date.now() + 3 * day * 1000)).toThrow("out of date");
      }
    });
  });
});
