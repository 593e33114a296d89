import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { asciiBytes, concat } from "../../src/bytes.ts";
import { serialText } from "../../src/cli/text/value-text.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createCertificateAuthority,
  createSelfSigned,
} from "../../src/pki/index.ts";
import { OID } from "../../src/x509/index.ts";
import { hasOpenssl, openssl } from "../support/openssl-certs.ts";
import {
  KEY_KINDS,
  testAuthority,
  testClient,
  testServer,
} from "../support/pki.ts";
import { codeFor, oneLine, run, scratch } from "./support.ts";

const files = scratch();
afterAll(() => {
  files.remove();
});

const show = (file: string, stdin?: string | Uint8Array) =>
  run(["cert", "show", file], stdin);

/** The value of a line. */
function fact(text: string, name: string): string | undefined {
  return text
    .split("\n")
    .find((line) => line.trim().startsWith(`${name}  `))
    ?.trim()
    .slice(name.length)
    .trim();
}

describe("puretls cert show", () => {
  it("shows each certificate of a file, PEM or DER, or of stdin", async () => {
    const { certificatePem, chain } = testServer();
    const pem = certificatePem + testAuthority().pem;
    const both = await show(files.write("both.pem", pem));
    expect([both.code, both.err]).toEqual([0, ""]);
    expect(both.out.match(/^certificate \d of 2$/gm)).toEqual([
      "certificate 1 of 2",
      "certificate 2 of 2",
    ]);
    const one = await show(files.write("one.der", chain[0] ?? ""));
    expect(one.out).toMatch(/^certificate 1 of 1\n/);
    expect(both.out).toContain(one.out.split("\n").slice(1).join("\n"));
    expect((await show("-", pem)).out).toBe(both.out);
    expect((await show("-", chain[0])).out).toBe(one.out);
  });

  it("every line of one of ours", async () => {
    const { out } = await show("-", testServer().certificatePem);
    const hex = "[0-9A-F]{2}(?::[0-9A-F]{2})+";
    expect(out).toMatch(
      new RegExp(`^certificate 1 of 1
  version      3
  serial       [0-9A-F]{32}
  subject      CN=localhost
  issuer       CN=puretls test root
  valid from   [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4} GMT
  valid until  [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4} GMT
  public key   EC P-256
  SPKI pin     sha256/[A-Za-z0-9+/]{43}=
  signature    ecdsa-sha256
  SHA-256      ${hex}
  SHA-1        ${hex}
  extensions
    basicConstraints \\(critical\\)  CA:FALSE
    keyUsage \\(critical\\)          digitalSignature
    extKeyUsage                  serverAuth
    subjectAltName               DNS:localhost, IP Address:127\\.0\\.0\\.1, IP Address:0:0:0:0:0:0:0:1, DNS:server\\.test, DNS:\\*\\.wild\\.test
    subjectKeyIdentifier         ${hex}
    authorityKeyIdentifier       ${hex}
$`),
    );
  });

  it("all kinds of extensions, and unknown ones", async () => {
    const ca = createCertificateAuthority({
      provider: noble,
      name: {
        country: "AQ",
        organization: 'Ice, "Snow" & Co',
        commonName: "c",
      },
      pathLength: 1,
      nameConstraints: {
        permitted: { dns: ["a.test"], ip: ["10.0.0.0/8"] },
        excluded: { dns: ["b.a.test"] },
      },
      publishes: {
        crlUrls: ["http://a.test/crl"],
        ocspUrls: ["http://a.test/ocsp"],
        issuerUrls: ["http://a.test/ca"],
      },
    });
    const issued = ca.issueServer({
      hosts: ["a.test"],
      uris: ["https://a.test/x"],
      mustStaple: true,
      policies: ["1.2.3.4"],
      extensions: [
        {
          oid: "1.3.6.1.4.1.99999.1",
          critical: true,
          value: Uint8Array.of(5, 0),
        },
        { oid: "2.5.29.18", critical: false, value: Uint8Array.of(1, 2, 3) },
      ],
    });
    const { out } = await show("-", ca.pem + issued.pem);
    const lines = out.split("\n").map((line) => line.trim());
    const has = (name: string, value: string): void => {
      const found = lines.filter((line) => line.startsWith(`${name}  `));
      expect(found.map((line) => line.slice(name.length).trim())).toContain(
        value,
      );
    };
    has("subject", 'C=AQ, O="Ice, \\"Snow\\" & Co", CN=c');
    has("basicConstraints (critical)", "CA:TRUE, pathlen:1");
    has(
      "nameConstraints (critical)",
      "permitted DNS:a.test, IP Address:10.0.0.0/255.0.0.0; excluded DNS:b.a.test",
    );
    has("cRLDistributionPoints", "URI:http://a.test/crl");
    has(
      "authorityInfoAccess",
      "OCSP - URI:http://a.test/ocsp, CA Issuers - URI:http://a.test/ca",
    );
    has("tlsFeature", "status_request");
    has("certificatePolicies", "1.2.3.4");
    has("subjectAltName", "DNS:a.test, URI:https://a.test/x");
    has("1.3.6.1.4.1.99999.1 (critical)", "2 bytes: 0500");
    expect(out).toMatch(/issuerAltName {2,}\(.*: an extension .* malformed/);
  });

  it("text in a certificate cannot speak to the terminal", async () => {
    const { pem } = createSelfSigned({
      provider: noble,
      hosts: ["a.test"],
      subject: "\u001b[2J\nsubject  CN=bank.test",
      extensions: [
        {
          oid: OID.subjectAltName,
          critical: false,
          // One dNSName that would like to be two.
          value: concat(
            Uint8Array.of(0x30, 15, 0x82, 13),
            asciiBytes("a, DNS:b\u001b[2J\n"),
          ),
        },
      ],
    });
    const { code, out } = await show("-", pem);
    expect(code).toBe(0);
    expect(out).not.toContain("\u001b");
    expect(fact(out, "subject")).toBe("CN=\\x1b[2J\\x0asubject  CN=bank.test");
    expect(fact(out, "subjectAltName")).toBe(
      "DNS:a\\x2c\\x20DNS:b\\x1b[2J\\x0a",
    );
  });

  it.each<[string, string, RegExp]>([
    ["nothing", "", /stdin: the text has no PEM block/],
    ["other text", "hello", /stdin: the text has no PEM block/],
  ])("%s: one line", async (_what, content, says) => {
    const { code, out, err } = await show("-", content);
    expect([code, out]).toEqual([codeFor(err), ""]);
    expect(oneLine(err)).toMatch(says);
  });

  it("half a certificate stands in its place, and ends with 1", async () => {
    const half =
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const { code, out, err } = await show("-", half + testAuthority().pem);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toMatch(
      /^certificate 1 of 2\n {2}\(certificate is cut short\)\n/,
    );
    expect(fact(out, "subject")).toBe("CN=puretls test root");
  });

  it("no file, no such file, two files", async () => {
    const line = async (...args: readonly string[]) =>
      oneLine((await run(["cert", "show", ...args])).err);
    expect(await line()).toContain("FILE is missing");
    expect(await line(files.path("none"))).toContain("ENOENT");
    expect(await line("a", "b")).toContain('"b" is one operand too many');
  });
});

describe("serial numbers", () => {
  it.each<[readonly number[], string]>([
    [[0], "00"],
    [[0, 0x80], "80"],
    [[1, 0], "0100"],
    [[0x80], "-80"],
    [[0xff, 0x7f], "-81"],
    [[], "00"],
  ])("%j is %s", (bytes, says) => {
    expect(serialText(Uint8Array.from(bytes))).toBe(says);
  });
});

describe.runIf(hasOpenssl())("puretls cert show, as OpenSSL sees it", () => {
  /** Runs `openssl x509` on a file and returns its output. */
  const ask = (file: string, ...args: readonly string[]): string =>
    openssl(["x509", "-in", file, "-noout", ...args], files.folder).trim();

  const agree = async (name: string, pem: string): Promise<void> => {
    const file = files.write(name, pem);
    const { out } = await show(file);
    const names = ["-nameopt", "oneline,-space_eq,-esc_msb"];
    expect(`subject=${fact(out, "subject") ?? ""}`).toBe(
      ask(file, "-subject", ...names),
    );
    expect(`issuer=${fact(out, "issuer") ?? ""}`).toBe(
      ask(file, "-issuer", ...names),
    );
    expect(`serial=${fact(out, "serial") ?? ""}`).toBe(ask(file, "-serial"));
    expect(`notBefore=${fact(out, "valid from") ?? ""}`).toBe(
      ask(file, "-startdate"),
    );
    expect(`notAfter=${fact(out, "valid until") ?? ""}`).toBe(
      ask(file, "-enddate"),
    );
    expect(`sha256 Fingerprint=${fact(out, "SHA-256") ?? ""}`).toBe(
      ask(file, "-fingerprint", "-sha256"),
    );
    const [, san = ""] = ask(file, "-ext", "subjectAltName").split("\n");
    expect(fact(out, "subjectAltName") ?? "").toBe(san.trim());
  };

  it.each(KEY_KINDS)("%s: server and client", async (kind) => {
    await agree(`${kind}-server.pem`, testServer(kind).certificatePem);
    await agree(`${kind}-client.pem`, testClient(kind).certificatePem);
  });

  it("serial numbers of all shapes", async () => {
    for (const serial of [[1], [0x7f], [0x80], [0xff, 0xff], [1, 0, 0]]) {
      const { pem } = createSelfSigned({
        provider: noble,
        hosts: ["a.test"],
        serialNumber: Uint8Array.from(serial),
      });
      await agree("serial.pem", pem);
    }
  });

  it.each([
    { country: "AQ", state: "S", locality: "L", organization: "A, B" },
    { organizationalUnit: "x=y", commonName: ' "quoted" ' },
    { email: "a@a.test", serialNumber: "1", commonName: "#1; <a+b>" },
  ])("the subject %o", async (subject) => {
    const { pem } = createSelfSigned({
      provider: noble,
      hosts: ["a.test"],
      subject,
    });
    await agree("subject.pem", pem);
  });

  it("certificates that others made: what the system trusts", async () => {
    const bundle = "/etc/ssl/certs/ca-certificates.crt";
    let content: string;
    try {
      content = readFileSync(bundle, "utf8");
    } catch {
      return;
    }
    const pems = content.match(/-----BEGIN [^]*?-----END CERTIFICATE-----\n/g);
    const { code, out } = await show(bundle);
    expect(code).toBe(0);
    expect(out.match(/^certificate /gm)).toHaveLength(pems?.length ?? 0);
    expect(out).not.toContain("malformed");
    for (const pem of (pems ?? []).slice(0, 8)) {
      const file = files.write("system.pem", pem);
      const shown = (await show(file)).out;
      expect(`serial=${fact(shown, "serial") ?? ""}`).toBe(
        ask(file, "-serial"),
      );
      expect(`notAfter=${fact(shown, "valid until") ?? ""}`).toBe(
        ask(file, "-enddate"),
      );
    }
  });
});
