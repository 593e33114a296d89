import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import type { Authority, KeyType } from "../../src/pki/index.ts";
import {
  createCertificateAuthority,
  createSelfSigned,
  loadCertificateAuthority,
} from "../../src/pki/index.ts";
import {
  Certificate,
  createVerifier,
  TrustStore,
  X509Error,
  type VerifierOptions,
} from "../../src/x509/index.ts";
import { keyFromFile, KEY_KINDS, testKey } from "../support/pki.ts";
import { openssl, opensslVerify } from "./openssl.ts";

const provider = noble;
const root = createCertificateAuthority({ provider, name: "Test Root" });

/** Our own strict profile. */
function verifyStrictly(
  ca: Authority,
  chain: readonly Uint8Array[],
  serverName: string | undefined,
  purpose: "serverAuth" | "clientAuth" = "serverAuth",
): void {
  const trustStore = new TrustStore();
  trustStore.add(ca.der);
  const options: VerifierOptions = { provider, trustStore, profile: "strict" };
  createVerifier(options).verify(
    { certificates: chain },
    { purpose, serverName, now: Date.now() },
  );
}

function text(pem: string): string {
  return openssl(["x509", "-in", "c.pem", "-noout", "-text"], { "c.pem": pem })
    .text;
}

describe("a server certificate", () => {
  it.each(KEY_KINDS)(
    "with a key of kind %s satisfies the verifiers",
    (kind) => {
      const key = testKey(kind);
      const server = root.issueServer({
        hosts: ["server.test", "*.wild.test", "127.0.0.1", "::1"],
        key,
      });
      const args = ["-purpose", "sslserver", "-verify_hostname", "server.test"];
      expect(opensslVerify(root.pem, server.pem, { args }).text).toBe(
        "leaf.pem: OK\n",
      );
      const node = new X509Certificate(server.der);
      const ca = new X509Certificate(root.der);
      expect(node.checkIssued(ca)).toBe(true);
      expect(node.verify(ca.publicKey)).toBe(true);
      expect(node.checkHost("a.wild.test")).toBe("*.wild.test");
      expect(node.checkHost("a.b.wild.test")).toBeUndefined();
      expect(node.checkIP("127.0.0.1")).toBe("127.0.0.1");
      expect(node.checkIP("::1")).toBe("::1");
      verifyStrictly(root, server.chain, "server.test");
      verifyStrictly(root, server.chain, "::1");
    },
  );

  it.each(["ec-p256", "ec-p384", "ec-p521", "ed25519"] as const)(
    "from a CA with a key of type %s satisfies the verifiers",
    (type: KeyType) => {
      const ca = createCertificateAuthority({
        provider,
        name: "CA",
        key: type,
      });
      const server = ca.issueServer({ hosts: ["server.test"] });
      expect(opensslVerify(ca.pem, server.pem).text).toBe("leaf.pem: OK\n");
      verifyStrictly(ca, server.chain, "server.test");
    },
  );

  it.each([
    ["rsa-2048.pem", undefined, "sha256WithRSAEncryption"],
    ["rsa-2048.pem", "rsa-pkcs1-sha512", "sha512WithRSAEncryption"],
    ["rsa-2048.pem", "rsa-pss-sha384", "rsassaPss"],
    ["rsa-pss-2048.pem", undefined, "rsassaPss"],
  ] as const)(
    "from a CA with %s and signature %s satisfies the verifiers",
    (file, signature, shown) => {
      const ca = createCertificateAuthority({
        provider,
        name: "CA",
        key: keyFromFile(file),
        ...(signature === undefined ? {} : { signature }),
      });
      const server = ca.issueServer({ hosts: ["server.test"] });
      expect(text(server.pem)).toContain(`Signature Algorithm: ${shown}`);
      expect(opensslVerify(ca.pem, server.pem).text).toBe("leaf.pem: OK\n");
      verifyStrictly(ca, server.chain, "server.test");
    },
  );

  it("has the contents of a server's certificate, as OpenSSL prints it", () => {
    const server = root.issueServer({
      hosts: ["server.test", "192.0.2.1", "2001:db8::1"],
      uris: ["spiffe://test/server"],
      mustStaple: true,
      policies: ["2.23.140.1.2.1"],
    });
    const printed = text(server.pem).replace(/[ \n]+/g, " ");
    expect(printed).toContain("Version: 3 (0x2)");
    expect(printed).toContain("Subject: CN = server.test");
    expect(printed).toContain("Basic Constraints: critical CA:FALSE");
    expect(printed).toContain("Key Usage: critical Digital Signature X509v3");
    expect(printed).toContain(
      "Extended Key Usage: TLS Web Server Authentication X509v3",
    );
    expect(printed).toContain(
      "Subject Alternative Name: DNS:server.test, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, URI:spiffe://test/server ",
    );
    expect(printed).toContain("TLS Feature: status_request");
    expect(printed).toContain("Policy: 2.23.140.1.2.1");
    expect(printed).toContain("Subject Key Identifier");
    expect(printed).toContain("Authority Key Identifier");
  });

  it("with an RSA key may be encrypted to, with an RSA-PSS key not", () => {
    const usage = (file: string): string => {
      const key = keyFromFile(file);
      return text(root.issueServer({ hosts: ["a.test"], key }).pem);
    };
    expect(usage("rsa-2048.pem")).toContain(
      "Digital Signature, Key Encipherment\n",
    );
    expect(usage("rsa-pss-2048.pem")).toContain("Digital Signature\n");
  });

  it("whose host is too long for a common name has a critical SAN", () => {
    const host = `${"a".repeat(60)}.example.test`;
    const server = root.issueServer({ hosts: [host] });
    expect(server.certificate.subject.isEmpty).toBe(true);
    expect(text(server.pem)).toContain("Alternative Name: critical");
    expect(opensslVerify(root.pem, server.pem).text).toBe("leaf.pem: OK\n");
    verifyStrictly(root, server.chain, host);
  });

  it("is valid from an hour ago for the days asked", () => {
    const now = Date.UTC(2030, 0, 1, 12, 0, 0, 250);
    const ca = createCertificateAuthority({
      provider: { ...noble, now: () => now },
      name: "CA",
    });
    const { certificate } = ca.issueServer({ hosts: ["a.test"], days: 2 });
    expect(certificate.notBefore).toBe(Date.UTC(2030, 0, 1, 11, 0, 0));
    expect(certificate.notAfter).toBe(Date.UTC(2030, 0, 3, 11, 59, 59));
  });

  it("does not outlive its CA unless told to", () => {
    const ca = createCertificateAuthority({ provider, name: "CA", days: 5 });
    const short = ca.issueServer({ hosts: ["a.test"] }).certificate;
    expect(short.notAfter).toBe(ca.certificate.notAfter);
    const notAfter = Date.UTC(2060, 5, 1, 0, 0, 0);
    const long = ca.issueServer({ hosts: ["a.test"], notAfter });
    expect(long.certificate.notAfter).toBe(notAfter);
  });

  it.each([
    [Date.UTC(2049, 11, 31, 23, 59, 59), "Dec 31 23:59:59 2049 GMT", 0x17],
    [Date.UTC(2050, 0, 1), "Jan  1 00:00:00 2050 GMT", 0x18],
    [Date.UTC(9999, 11, 31, 23, 59, 59), "Dec 31 23:59:59 9999 GMT", 0x18],
  ])("ending at %d has the right kind of time", (notAfter, shown, tag) => {
    const { certificate, pem } = root.issueServer({
      hosts: ["a.test"],
      notAfter,
    });
    expect(certificate.notAfter).toBe(notAfter);
    expect(text(pem)).toContain(`Not After : ${shown}`);
    const digits = new Date(notAfter).toISOString().replace(/[-:T]|\..*/g, "");
    const written = tag === 0x17 ? digits.slice(2) : digits;
    const der = Buffer.from(certificate.tbs).toString("latin1");
    expect(der.charCodeAt(der.indexOf(`${written}Z`) - 2)).toBe(tag);
  });

  it("has a serial number of 16 random bytes, positive", () => {
    const serials = Array.from({ length: 20 }, () =>
      Buffer.from(
        root.issueServer({ hosts: ["a.test"] }).certificate.serialNumber,
      ).toString("hex"),
    );
    expect(new Set(serials).size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });

  // [9846-4.5.1.2-01]
  it("has no list of extensions where all are taken out, RFC 5280 4.1", () => {
    const full = root.issueServer({ hosts: ["a.test"] });
    const usual = Certificate.parse(full.der).extensions;
    expect(usual.length).toBeGreaterThan(0);
    const bare = root.issueServer({
      hosts: ["a.test"],
      extensions: usual.map(({ oid }) => ({ oid, value: undefined })),
    });
    const { extensions, subjectPublicKeyInfo, tbs } = Certificate.parse(
      bare.der,
    );
    expect(extensions).toEqual([]);
    // "SIZE (1..MAX)": the key is the last field.
    const key = subjectPublicKeyInfo.der;
    expect(tbs.subarray(-key.length)).toEqual(key);
  });

  it("takes serial number, subject, usages and extensions from the options", () => {
    const server = root.issueServer({
      hosts: ["a.test"],
      serialNumber: Uint8Array.of(0, 0x81, 2),
      subject: {
        country: "ch",
        organization: "Zürich & Söhne",
        commonName: "a.test",
        email: "me@a.test",
      },
      keyUsage: ["digitalSignature", "keyAgreement", "decipherOnly"],
      extendedKeyUsage: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
      extensions: [
        { oid: "1.2.3.4", critical: true, value: Uint8Array.of(5, 0) },
        { oid: "2.5.29.19", value: undefined },
      ],
    });
    const printed = text(server.pem).replace(/[ \n]+/g, " ");
    expect(printed).toContain("Serial Number: 33026 (0x8102)");
    expect(printed).toContain(
      "C = CH, O = Z\\C3\\BCrich & S\\C3\\B6hne, CN = a.test, emailAddress = me@a.test",
    );
    expect(printed).toContain(
      "Digital Signature, Key Agreement, Decipher Only",
    );
    expect(printed).toContain(
      "TLS Web Server Authentication, TLS Web Client Authentication",
    );
    expect(printed).toContain("1.2.3.4: critical ");
    expect(printed).not.toContain("Basic Constraints");
  });

  it.each([
    [[], "one host at least"],
    [["exämple.test"], "xn--"],
    [["a..test"], "neither a DNS name"],
    [["-a.test"], "neither a DNS name"],
    [["a.*.test"], "neither a DNS name"],
    [["*"], "neither a DNS name"],
    [["a.test\n"], "neither a DNS name"],
    [["1.2.3.4.5:6"], "neither a DNS name"],
    [[`${"a.".repeat(130)}test`], "neither a DNS name"],
  ])("for %j is refused", (hosts, message) => {
    expect(() => root.issueServer({ hosts })).toThrow(TypeError);
    expect(() => root.issueServer({ hosts })).toThrow(message);
  });

  it("cannot end before it begins", () => {
    expect(() => root.issueServer({ hosts: ["a.test"], notAfter: 0 })).toThrow(
      "cannot end before it begins",
    );
  });
});

describe("a client certificate", () => {
  it("names a person and is for clients alone", () => {
    const client = root.issueClient({
      name: { organization: "Test", commonName: "Alice" },
      emails: ["alice@test.example"],
    });
    expect(
      opensslVerify(root.pem, client.pem, {
        args: ["-purpose", "sslclient", "-verify_email", "alice@test.example"],
      }).text,
    ).toBe("leaf.pem: OK\n");
    expect(
      opensslVerify(root.pem, client.pem, { args: ["-purpose", "sslserver"] })
        .status,
    ).not.toBe(0);
    verifyStrictly(root, client.chain, undefined, "clientAuth");
    expect(() => {
      verifyStrictly(root, client.chain, undefined);
    }).toThrow(X509Error);
  });
});

describe("an authority", () => {
  it("is a CA by all the marks that OpenSSL prints", () => {
    const printed = text(root.pem).replace(/[ \n]+/g, " ");
    expect(printed).toContain("Basic Constraints: critical CA:TRUE X509v3");
    expect(printed).toContain(
      "Key Usage: critical Digital Signature, Certificate Sign, CRL Sign",
    );
    expect(root.certificate.isSelfIssued).toBe(true);
  });

  it("issues through intermediates, whose chain leaves the root out", () => {
    const middle = root.issueIntermediate({ name: "Middle", pathLength: 1 });
    const low = middle.issueIntermediate({ name: "Low", key: "ed25519" });
    const server = low.issueServer({ hosts: ["a.test"] });
    expect(server.chain).toHaveLength(3);
    const untrusted = server.chainPem;
    expect(opensslVerify(root.pem, server.pem, { untrusted }).text).toBe(
      "leaf.pem: OK\n",
    );
    verifyStrictly(root, server.chain, "a.test");
  });

  it("is bound by its path length", () => {
    const middle = root.issueIntermediate({ name: "Middle", pathLength: 0 });
    const low = middle.issueIntermediate({ name: "Low" });
    const server = low.issueServer({ hosts: ["a.test"] });
    const untrusted = server.chainPem;
    expect(opensslVerify(root.pem, server.pem, { untrusted }).text).toContain(
      "path length constraint exceeded",
    );
  });

  it("is bound by its name constraints", () => {
    const middle = root.issueIntermediate({
      name: "Constrained",
      nameConstraints: {
        permitted: {
          dns: ["in.test"],
          ip: ["192.0.2.0/25", "2001:db8::/33"],
          email: ["in.test"],
          uri: [".in.test"],
        },
        excluded: { dns: ["bad.in.test"] },
      },
    });
    expect(text(middle.pem).replace(/[ \n]+/g, " ")).toContain(
      "Name Constraints: critical Permitted: DNS:in.test IP:192.0.2.0/255.255.255.128 IP:2001:DB8:0:0:0:0:0:0/FFFF:FFFF:8000:0:0:0:0:0 email:in.test URI:.in.test Excluded: DNS:bad.in.test ",
    );
    const status = (hosts: string[]): string => {
      const server = middle.issueServer({ hosts });
      const untrusted = server.chainPem;
      return opensslVerify(root.pem, server.pem, { untrusted }).text;
    };
    expect(status(["a.in.test", "192.0.2.1"])).toBe("leaf.pem: OK\n");
    expect(status(["a.out.test"])).toContain("permitted subtree violation");
    expect(status(["192.0.2.200"])).toContain("permitted subtree violation");
    expect(status(["a.bad.in.test"])).toContain("excluded subtree violation");
  });

  it("names its CRL and its OCSP responder", () => {
    const ca = createCertificateAuthority({
      provider,
      name: "CA",
      publishes: {
        crlUrls: ["http://ca.test/ca.crl"],
        ocspUrls: ["http://ocsp.test/"],
        issuerUrls: ["http://ca.test/ca.der"],
      },
    });
    const printed = text(ca.issueServer({ hosts: ["a.test"] }).pem);
    expect(printed.replace(/[ \n]+/g, " ")).toContain(
      "CRL Distribution Points: Full Name: URI:http://ca.test/ca.crl Authority Information Access: OCSP - URI:http://ocsp.test/ CA Issuers - URI:http://ca.test/ca.der",
    );
  });

  it("can be written down and taken up again", () => {
    const middle = root.issueIntermediate({ name: "Middle" });
    const again = loadCertificateAuthority({
      provider,
      certificate: middle.issued.chainPem + root.pem,
      key: middle.key.toPem(),
    });
    const server = again.issueServer({ hosts: ["a.test"] });
    expect(server.chain).toHaveLength(2);
    verifyStrictly(root, server.chain, "a.test");
  });

  it("is not taken up with another's key, or without being one", () => {
    const server = root.issueServer({ hosts: ["a.test"] });
    expect(() =>
      loadCertificateAuthority({
        provider,
        certificate: root.pem,
        key: server.key,
      }),
    ).toThrow("does not belong");
    expect(() =>
      loadCertificateAuthority({
        provider,
        certificate: server.pem,
        key: server.key,
      }),
    ).toThrow("not one of a CA");
    const vague = root.issueServer({
      hosts: ["a.test"],
      extensions: [{ oid: "2.5.29.15", value: undefined }],
    });
    expect(() =>
      loadCertificateAuthority({
        provider,
        certificate: vague.pem,
        key: vague.key,
      }),
    ).toThrow("not one of a CA");
  });

  it("needs a name and a fit signature algorithm", () => {
    expect(() => createCertificateAuthority({ provider, name: {} })).toThrow(
      "not empty",
    );
    expect(() =>
      createCertificateAuthority({
        provider,
        name: "CA",
        key: "ed25519",
        signature: "ecdsa-sha256",
      }),
    ).toThrow("cannot sign with ecdsa-sha256");
  });
});

describe("a self-signed certificate", () => {
  it("is no CA, and valid where it is trusted", () => {
    const own = createSelfSigned({ provider, hosts: ["localhost"] });
    expect(own.certificate.basicConstraints?.cA).toBe(false);
    for (const purpose of ["sslserver", "sslclient"])
      expect(
        opensslVerify(own.pem, own.pem, { args: ["-purpose", purpose] }).text,
      ).toBe("leaf.pem: OK\n");
    const node = new X509Certificate(own.der);
    expect(node.verify(node.publicKey)).toBe(true);
    expect(opensslVerify(root.pem, own.pem).status).not.toBe(0);
  });
});
