/**
 * CPython's own `ssl` as the reference for ours. Skips by name where there is
 * no python3.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  AlertDescription,
  toCertificateInfo,
  certTimeToSeconds,
  Options,
  Protocol,
  SSLErrorNumber,
  toPythonDict,
  VerifyFlags,
  VerifyMode,
} from "../../../src/index.ts";
import { Certificate, parsePem } from "../../../src/x509/index.ts";
import {
  KEY_KINDS,
  testAuthority,
  testClient,
  testServer,
} from "../../support/pki.ts";

const hasPython = spawnSync("python3", ["-c", "import ssl"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "puretls-oracle-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program that prints JSON. */
function python(program: string, ...args: string[]): unknown {
  const options = { encoding: "utf8", maxBuffer: 1 << 28 } as const;
  return JSON.parse(
    execFileSync("python3", ["-c", program, ...args], options),
  ) as unknown;
}

const DECODE = `
import json, ssl, sys
print(json.dumps([ssl._ssl._test_decode_cert(p) for p in open(sys.argv[1]).read().split()]))
`;

function compareCertificates(pems: readonly string[]): void {
  const paths = pems.map((pem, i) => {
    const path = join(folder, `${String(i)}.pem`);
    writeFileSync(path, pem);
    return path;
  });
  const list = join(folder, "list");
  writeFileSync(list, paths.join("\n"));
  const theirs = python(DECODE, list) as unknown[];
  expect(theirs).toHaveLength(pems.length);
  for (const [i, pem] of pems.entries()) {
    const [block] = parsePem(pem);
    if (block === undefined) throw new Error("no certificate");
    const ours = toPythonDict(toCertificateInfo(Certificate.parse(block.der)));
    expect(ours).toEqual(theirs[i]);
  }
}

/** Every kind of name, and the extensions that the dictionary has. */
const RICH = `
[req]
distinguished_name = dn
x509_extensions = ext
prompt = no
string_mask = utf8only
utf8 = yes
[dn]
C = DE
ST = Süd
+L = Ort
O = Ä und Co
1.OU = one
2.OU = two
CN = *.rich.test
emailAddress = a@rich.test
serialNumber = 12
1.2.3.4 = odd
DC = dc
UID = uid
jurisdictionC = FR
[ext]
subjectAltName = DNS:a.test, DNS:*.b.test, email:x@y.test, URI:https://a.test/p, IP:10.0.0.1, IP:2001:db8::A, RID:1.2.3.4, dirName:dir, otherName:1.2.3.4;UTF8:text
authorityInfoAccess = OCSP;URI:http://o.test/, OCSP;URI:http://o2.test/, caIssuers;URI:http://i.test/ca.crt
crlDistributionPoints = URI:http://c.test/1.crl, URI:http://c.test/2.crl
[dir]
C = UK
O = org
CN = dir name
`;

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

describe.skipIf(!hasPython)("CPython (python3) as the reference", () => {
  it("P-10 to P-20: certificates of ours", () => {
    compareCertificates([
      testAuthority().pem,
      ...KEY_KINDS.map((kind) => testServer(kind).certificatePem),
      testClient().certificatePem,
    ]);
  });

  it.skipIf(spawnSync("openssl", ["version"]).status !== 0)(
    "P-10 to P-20: a certificate with every kind of name (by openssl)",
    () => {
      const config = join(folder, "rich.cnf");
      writeFileSync(config, RICH);
      const made = (serial: string): string =>
        execFileSync(
          "openssl",
          `req -x509 -config ${config} -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -days 2 -set_serial ${serial}`.split(
            " ",
          ),
          { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
        );
      compareCertificates([
        made("1"),
        made("0x95F0"),
        made("0x123"),
        made("0"),
      ]);
    },
  );

  it.skipIf(!existsSync(BUNDLE))(
    "P-10 to P-20: every root that the system trusts",
    () => {
      compareCertificates(
        readFileSync(BUNDLE, "utf8")
          .split(/(?=-----BEGIN)/)
          .filter((pem) => pem.startsWith("-----BEGIN CERT")),
      );
    },
  );

  it("N: the constants have Python's numbers", () => {
    const theirs = python(
      "import json, ssl; print(json.dumps({k: int(getattr(ssl, k)) for k in dir(ssl) if isinstance(getattr(ssl, k), int)}))",
    ) as Readonly<Record<string, number>>;
    const prefixed = Object.fromEntries(
      Object.entries(AlertDescription).map(([name, number]) => [
        `ALERT_DESCRIPTION_${name}`,
        number,
      ]),
    );
    const ours = {
      ...prefixed,
      ...Options,
      ...Protocol,
      ...VerifyFlags,
      ...VerifyMode,
      ...SSLErrorNumber,
    };
    let compared = 0;
    for (const [name, number] of Object.entries(ours)) {
      const other = theirs[name];
      if (other === undefined) continue;
      // OP_ALL is negative in some versions.
      expect([name, number >>> 0]).toEqual([name, other >>> 0]);
      compared++;
    }
    expect(compared).toBeGreaterThan(60);
  });

  it("C-14: certTimeToSeconds", () => {
    const times = [
      "Jan  1 00:00:00 1970 GMT",
      "Dec 31 23:59:59 1999 GMT",
      "Feb 29 12:00:00 2024 GMT",
      "Feb 31 12:00:00 2023 GMT",
      "jul 4 1:2:3 2076 GMT",
      "Jan 1 00:00:00 0001 GMT",
    ];
    const theirs = python(
      "import json, ssl, sys; print(json.dumps([ssl.cert_time_to_seconds(t) for t in sys.argv[1:]]))",
      ...times,
    );
    expect(times.map(certTimeToSeconds)).toEqual(theirs);
  });
});
