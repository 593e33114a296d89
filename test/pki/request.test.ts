import fc from "fast-check";
import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  CertificateRequest,
  createCertificateAuthority,
  createRequest,
} from "../../src/pki/index.ts";
import { X509Error } from "../../src/x509/index.ts";
import { KEY_KINDS, testAuthority, testKey } from "../support/pki.ts";
import { openssl, opensslVerify } from "./openssl.ts";

const provider = noble;

function opensslRequest(
  kind: "ec" | "rsa" | "ed25519" | "p384",
  ...args: readonly string[]
): Uint8Array {
  const algorithm = {
    ec: ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    p384: ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    rsa: ["rsa:2048"],
    ed25519: ["ed25519"],
  }[kind];
  return openssl([
    ...["req", "-new", "-newkey", ...algorithm, "-noenc", "-keyout", "k.pem"],
    ...["-config", "/dev/null", "-out", "r.pem", ...args],
  ]).file("r.pem");
}

describe("createRequest", () => {
  it.each(KEY_KINDS)("is accepted by OpenSSL: key of kind %s", (kind) => {
    const request = createRequest({
      provider,
      name: { organization: "Test", commonName: "a.test" },
      hosts: ["a.test", "127.0.0.1"],
      emails: ["me@a.test"],
      uris: ["spiffe://a.test/x"],
      key: testKey(kind),
    });
    const { text } = openssl(
      ["req", "-in", "r.pem", "-verify", "-noout", "-text"],
      { "r.pem": request.pem },
    );
    expect(text).toContain("self-signature verify OK");
    expect(text).toContain("Subject: O = Test, CN = a.test");
    expect(text).toContain(
      "DNS:a.test, IP Address:127.0.0.1, email:me@a.test, URI:spiffe://a.test/x",
    );
  });

  it("may ask for nothing", () => {
    const request = createRequest({ provider });
    const { text } = openssl(
      ["req", "-in", "r.pem", "-verify", "-noout", "-text"],
      { "r.pem": request.pem },
    );
    expect(text).toContain("self-signature verify OK");
    expect(text).toMatch(/Subject: \n/);
  });
});

describe("CertificateRequest", () => {
  it.each(["ec", "rsa", "ed25519", "p384"] as const)(
    "reads what OpenSSL makes with %s",
    (kind) => {
      const pem = opensslRequest(
        kind,
        ...["-subj", "/O=Test/CN=a.test"],
        ...["-addext", "subjectAltName=DNS:a.test,IP:2001:db8::1,URI:x:y"],
      );
      const request = CertificateRequest.parse(provider, pem);
      expect(request.subject.commonNames).toEqual(["a.test"]);
      expect(request.names).toEqual({
        hosts: ["a.test", "2001:db8:0:0:0:0:0:1"],
        emails: [],
        uris: ["x:y"],
      });
      expect(request.pem).toBe(Buffer.from(pem).toString());
    },
  );

  it("refuses a request whose signature is of another key", () => {
    const { der } = createRequest({ provider, name: "a.test" });
    const at = Buffer.from(der).indexOf("a.test");
    const forged = der.slice();
    forged[at] = 0x62;
    expect(() => CertificateRequest.parse(provider, der)).not.toThrow();
    expect(() => CertificateRequest.parse(provider, forged)).toThrow(
      "not signed by the key",
    );
  });

  it("refuses SHA-1", () => {
    const pem = opensslRequest("rsa", "-subj", "/CN=a.test", "-sha1");
    expect(() => CertificateRequest.parse(provider, pem)).toThrow(X509Error);
  });

  it("throws nothing but X509Error, whatever the bytes are", () => {
    const { der } = createRequest({ provider, name: "a", hosts: ["a.test"] });
    const changes = fc.array(
      fc.record({
        at: fc.nat({ max: der.length - 1 }),
        to: fc.nat({ max: 255 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(changes, fc.nat({ max: 3 }), (edits, cut) => {
        const bytes = der.slice(0, der.length - cut);
        for (const { at, to } of edits) if (at < bytes.length) bytes[at] = to;
        try {
          CertificateRequest.parse(provider, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(X509Error);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("signRequest", () => {
  const ca = createCertificateAuthority({ provider, name: "CA" });

  it("certifies the key and the names that OpenSSL asked for", () => {
    const pem = opensslRequest(
      "rsa",
      ...["-subj", "/O=Test/CN=a.test"],
      ...["-addext", "subjectAltName=DNS:a.test,IP:192.0.2.7"],
    );
    const signed = ca.signRequest(pem);
    expect(opensslVerify(ca.pem, signed.pem).text).toBe("leaf.pem: OK\n");
    const node = new X509Certificate(signed.der);
    expect(node.subject).toBe("O=Test\nCN=a.test");
    expect(node.subjectAltName).toBe("DNS:a.test, IP Address:192.0.2.7");
    expect(node.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it("puts the options before the request, and adds no extension of it", () => {
    const { pem } = createRequest({
      provider,
      name: "evil.test",
      hosts: ["evil.test"],
      extensions: [
        {
          oid: "2.5.29.19",
          critical: true,
          value: Uint8Array.of(48, 3, 1, 1, 255),
        },
      ],
    });
    const signed = ca.signRequest(pem, {
      hosts: ["good.test"],
      subject: "good.test",
    });
    const node = new X509Certificate(signed.der);
    expect(node.subject).toBe("CN=good.test");
    expect(node.subjectAltName).toBe("DNS:good.test");
    expect(node.ca).toBe(false);
  });

  it("makes a client of an asker, by its subject", () => {
    const request = createRequest({ provider, name: "Alice", key: "ed25519" });
    const signed = ca.signRequest(request.der, { purpose: "client" });
    const node = new X509Certificate(signed.der);
    expect(node.subject).toBe("CN=Alice");
    expect(node.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  it("needs a host for a server", () => {
    const { pem } = createRequest({ provider, name: "a.test" });
    expect(() => testAuthority().signRequest(pem)).toThrow("one host at least");
  });
});
