/** `puretls cert sign`, `renew`, `check` and `trust`, with OpenSSL as the judge. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { hasOpenssl } from "../support/openssl-certs.ts";
import { oneLine, run, scratch } from "./support.ts";

const files = scratch();
const path = (name: string): string => files.path(name);
const ca = ["--ca", path("ca.pem"), "--ca-key", path("ca.key")];
const read = (name: string): X509Certificate =>
  new X509Certificate(readFileSync(path(name)));

beforeAll(async () => {
  const { code } = await run(["cert", "make", "a.test", "--out", files.folder]);
  expect(code).toBe(0);
});
afterAll(() => {
  files.remove();
});

function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });
}

describe.skipIf(!hasOpenssl())("cert sign", () => {
  beforeAll(() => {
    openssl(
      ...["req", "-new", "-newkey", "rsa:2048", "-nodes"],
      ...["-keyout", path("web.key"), "-out", path("web.csr")],
      ...["-subj", "/O=Test/CN=web.test"],
      ...["-addext", "subjectAltName=DNS:web.test,IP:127.0.0.1"],
    );
  });

  it("certifies what OpenSSL asks for, which OpenSSL verifies", async () => {
    const { code, out, err } = await run([
      "cert",
      "sign",
      path("web.csr"),
      ...ca,
    ]);
    expect([code, err]).toEqual([0, ""]);
    expect(oneLine(out)).toMatch(
      /web\.pem: certificate for .*DNS:web\.test.*valid until/,
    );
    const verified = openssl(
      ...["verify", "-x509_strict", "-CAfile", path("ca.pem")],
      ...[
        "-purpose",
        "sslserver",
        "-verify_hostname",
        "web.test",
        path("web.pem"),
      ],
    );
    expect(verified).toContain("OK");
    expect(read("web.pem").subject).toBe("O=Test\nCN=web.test");
    expect(openssl("x509", "-in", path("web.pem"), "-noout", "-pubkey")).toBe(
      openssl("req", "-in", path("web.csr"), "-noout", "-pubkey"),
    );
  });

  it("takes other hosts, a client, days, stdin and stdout", async () => {
    const csr = readFileSync(path("web.csr"));
    const args = ["cert", "sign", "-", ...ca, "--days", "3"];
    const { code, out, err } = await run([...args, "--host", "b.test"], csr);
    expect([code, oneLine(err)]).toEqual([
      0,
      expect.stringContaining("DNS:b.test"),
    ]);
    const made = new X509Certificate(out);
    expect(made.subjectAltName).toBe("DNS:b.test");
    const left = Date.parse(made.validTo) - Date.now();
    expect(left / 86_400_000).toBeCloseTo(3, 1);
    const client = await run([...args, "--client"], csr);
    expect(client.code).toBe(0);
    writeFileSync(path("client.pem"), client.out);
    expect(
      openssl(
        "verify",
        "-CAfile",
        path("ca.pem"),
        "-purpose",
        "sslclient",
        path("client.pem"),
      ),
    ).toContain("OK");
  });

  it("writes over nothing, refuses a request that was changed, and no host", async () => {
    const again = await run(["cert", "sign", path("web.csr"), ...ca]);
    expect([again.code, oneLine(again.err)]).toEqual([
      2,
      expect.stringContaining("--force"),
    ]);
    const der = execFileSync("openssl", [
      "req",
      "-in",
      path("web.csr"),
      "-outform",
      "DER",
    ]);
    der[60] = (der[60] ?? 0) ^ 1;
    const changed = files.write("changed.csr", der);
    const { code, err } = await run(["cert", "sign", changed, ...ca]);
    expect(code).toBe(1);
    expect(oneLine(err)).toContain("changed.csr: ");
    expect(existsSync(path("changed.pem"))).toBe(false);
    openssl(
      ...["req", "-new", "-key", path("web.key"), "-out", path("bare.csr")],
      ...["-subj", "/CN=nobody"],
    );
    const bare = await run(["cert", "sign", path("bare.csr"), ...ca]);
    expect([bare.code, oneLine(bare.err)]).toEqual([
      2,
      expect.stringContaining("asks for no host: name one with --host"),
    ]);
  });
});

describe("cert renew", () => {
  it("keeps all but serial number and times, and the old file", async () => {
    const old = read("a.test.pem");
    const { code, out, err } = await run([
      "cert",
      "renew",
      path("a.test.pem"),
      ...ca,
      "--days",
      "40",
    ]);
    expect([code, err]).toEqual([0, ""]);
    expect(oneLine(out)).toContain("a.test.pem: certificate for");
    const made = read("a.test.pem");
    expect(read("a.test.pem.old").raw).toEqual(old.raw);
    expect(made.serialNumber).not.toBe(old.serialNumber);
    expect(made.publicKey.equals(old.publicKey)).toBe(true);
    for (const name of ["subject", "subjectAltName", "issuer"] as const)
      expect(made[name]).toBe(old[name]);
    expect(made.keyUsage).toEqual(old.keyUsage);
    expect((Date.parse(made.validTo) - Date.now()) / 86_400_000).toBeCloseTo(
      40,
      1,
    );
    if (hasOpenssl())
      expect(
        openssl(
          "verify",
          "-x509_strict",
          "-CAfile",
          path("ca.pem"),
          path("a.test.pem"),
        ),
      ).toContain("OK");
  });

  it("renews again, and keeps the mode", async () => {
    const file = path("again.pem");
    writeFileSync(file, readFileSync(path("a.test.pem")), { mode: 0o600 });
    for (let round = 0; round < 3; round++) {
      const before = readFileSync(file, "utf8");
      const { code, err } = await run(["cert", "renew", file, ...ca]);
      expect([code, err]).toEqual([0, ""]);
      expect(readFileSync(`${file}.old`, "utf8")).toBe(before);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    const key = readFileSync(path("a.test.key"), "utf8");
    writeFileSync(`${file}.old`, key);
    const { code, err } = await run(["cert", "renew", file, ...ca]);
    expect([code, oneLine(err)]).toEqual([
      2,
      expect.stringContaining("again.pem.old: there already"),
    ]);
    expect(readFileSync(`${file}.old`, "utf8")).toBe(key);
  });

  it("loses no private key that is in the same file", async () => {
    const file = path("both.pem");
    const both = ["a.test.pem", "a.test.key"].map((name) =>
      readFileSync(path(name), "utf8"),
    );
    writeFileSync(file, both.join(""));
    const args = ["cert", "renew", file, ...ca];
    const { code, err } = await run(args);
    expect([code, oneLine(err)]).toEqual([
      2,
      expect.stringContaining("not only certificates in PEM"),
    ]);
    expect(readFileSync(file, "utf8")).toBe(both.join(""));
    const out = path("both.new.pem");
    expect((await run([...args, "--out", out])).code).toBe(0);
  });

  it("--within leaves alone what lasts longer", async () => {
    const before = read("a.test.pem").raw;
    const args = ["cert", "renew", path("a.test.pem"), ...ca];
    const { code, out } = await run([...args, "--within", "30d"]);
    expect([code, oneLine(out)]).toEqual([
      0,
      expect.stringContaining("not renewed"),
    ]);
    expect(read("a.test.pem").raw).toEqual(before);
    const soon = await run([
      ...args,
      "--within",
      "6w",
      "--out",
      path("b.pem"),
      "--json",
    ]);
    expect(JSON.parse(soon.out)).toMatchObject({
      file: path("b.pem"),
      names: ["DNS:a.test"],
    });
    expect(read("a.test.pem").raw).toEqual(before);
  });

  it("--new-key makes a key of the same kind, for its owner alone", async () => {
    const key = path("new.key");
    const { code } = await run([
      ...["cert", "renew", path("a.test.pem"), ...ca, "--force"],
      ...["--new-key", key, "--out", path("c.pem")],
    ]);
    expect(code).toBe(0);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const made = read("c.pem");
    expect(made.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(made.publicKey.equals(read("a.test.pem").publicKey)).toBe(false);
    const served = await run([
      "cert",
      "verify",
      path("c.pem"),
      "--ca",
      path("ca.pem"),
    ]);
    expect(served.code).toBe(0);
  });

  it("refuses a certificate of another authority with the same name", async () => {
    const other = createCertificateAuthority({
      provider: noble,
      name: "puretls CA",
    });
    const foreign = other.issueServer({ hosts: ["bank.test"] });
    const file = files.write("foreign.pem", foreign.pem);
    const { code, err } = await run(["cert", "renew", file, ...ca]);
    expect(code).toBe(1);
    expect(oneLine(err)).toContain("foreign.pem: ");
    expect(existsSync(path("foreign.pem.old"))).toBe(false);
    expect(readFileSync(file, "utf8")).toBe(foreign.pem);
  });
});

describe("cert check", () => {
  it("tells how long, and ends with 1 for what ends too soon", async () => {
    const authority = createCertificateAuthority({
      provider: noble,
      name: "CA",
    });
    const day = 86_400_000;
    const made = (from: number, until: number): string =>
      authority.issueServer({
        hosts: ["a.test"],
        notBefore: Date.now() + from * day,
        notAfter: Date.now() + until * day,
      }).pem;
    const good = files.write("good.pem", made(-1, 60.01));
    const soon = files.write("soon.pem", made(-1, 20.01));
    const past = files.write("past.pem", made(-9, -2.99));
    const early = files.write("early.pem", made(2, 60));
    const codes = async (...args: readonly string[]) => {
      const { code, out } = await run(["cert", "check", ...args]);
      return [
        code,
        out.split("\n").map((line) => line.slice(line.lastIndexOf("/") + 1)),
      ];
    };
    expect(await codes(good, soon)).toEqual([
      0,
      [
        expect.stringMatching(
          /^soon\.pem: CN=a\.test: valid for 20 days, until 20/,
        ),
        expect.stringMatching(/^good\.pem: CN=a\.test: valid for 60 days/),
        "",
      ],
    ]);
    expect(await codes(good, soon, "--within", "30d")).toMatchObject([
      1,
      [expect.stringContaining("expires in 20 days"), expect.anything(), ""],
    ]);
    expect(await codes(past)).toMatchObject([
      1,
      [expect.stringContaining("expired 2 days ago"), ""],
    ]);
    expect(await codes(early)).toMatchObject([
      1,
      [expect.stringContaining("not valid yet"), ""],
    ]);
    const { out } = await run([
      "cert",
      "check",
      soon,
      "--within",
      "4w",
      "--json",
    ]);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      certificates: [{ file: soon, subject: "CN=a.test", status: "expiring" }],
    });
  });

  it.each<[readonly string[], number, string]>([
    [[], 2, "FILE is missing"],
    [["ca.key"], 1, "no certificate in it"],
    [
      ["ca.pem", "--within", "soon"],
      2,
      "--within takes a number with s, m, h, d or w",
    ],
    [["none.pem"], 1, "ENOENT"],
  ])("%j", async (args, code, says) => {
    const words = args.map((word) =>
      /\.(pem|key)$/.test(word) ? path(word) : word,
    );
    const ended = await run(["cert", "check", ...words]);
    expect([ended.code, oneLine(ended.err)]).toEqual([
      code,
      expect.stringContaining(says),
    ]);
  });
});

describe("cert trust", () => {
  it.each([
    ["debian", "sudo cp", "sudo update-ca-certificates"],
    ["fedora", "/etc/pki/ca-trust/source/anchors/", "sudo update-ca-trust"],
    ["macos", "security add-trusted-cert", "remove-trusted-cert"],
    ["windows", "certutil -user -addstore Root", "-delstore"],
    ["arch", "trust anchor --store", "trust anchor --remove"],
  ])("tells of %s, and changes nothing", async (system, one, other) => {
    const { code, out, err } = await run([
      "cert",
      "trust",
      path("ca.pem"),
      "--system",
      system,
    ]);
    expect([code, err]).toEqual([0, ""]);
    for (const text of [
      one,
      other,
      "NODE_EXTRA_CA_CERTS=",
      "certutil -A -d sql:",
    ])
      expect(out).toContain(text);
    expect(out).toContain(
      read("ca.pem").fingerprint256.replaceAll(":", "").toLowerCase(),
    );
  });

  it("knows this system, and prints JSON", async () => {
    const { code, out } = await run([
      "cert",
      "trust",
      path("ca.pem"),
      "--json",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      subject: "CN=puretls CA",
      advice: expect.arrayContaining([
        expect.objectContaining({ where: "puretls" }),
      ]) as unknown,
    });
  });

  it("is for authorities alone", async () => {
    const { code, err } = await run(["cert", "trust", path("a.test.pem")]);
    expect([code, oneLine(err)]).toEqual([
      1,
      expect.stringContaining("is no authority"),
    ]);
  });
});

it("cert make --json lists what was made", async () => {
  const { code, out } = await run([
    "cert",
    "make",
    "j.test",
    "--out",
    path("json"),
    "--json",
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    files: [
      { file: `${path("json")}/ca.pem`, kind: "certificate" },
      { kind: "private key" },
      { file: `${path("json")}/j.test.pem` },
      { kind: "private key" },
    ],
  });
});

it.each([["ciphers"], ["demo"]])("%s --json is JSON", async (name) => {
  const { code, out, err } = await run([name, "--json"]);
  expect([code, err]).toEqual([0, ""]);
  const object = JSON.parse(out) as object;
  expect(Object.keys(object)).toEqual([name === "demo" ? "log" : "ciphers"]);
});
