import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { OID } from "../../src/x509/index.ts";
import { hasOpenssl } from "../support/openssl-certs.ts";
import { codeFor, oneLine, run, scratch } from "./support.ts";

const files = scratch();
const DAY = 86_400_000;

/** A root, a CA below it, a leaf of each; lists with and without the leaf. */
function makeFiles() {
  const root = createCertificateAuthority({
    provider: noble,
    name: "root",
    notBefore: Date.now() - 20 * DAY,
  });
  const middle = root.issueIntermediate({ name: "middle" });
  const leaf = middle.issueServer({ hosts: ["a.test", "127.0.0.1"] });
  const client = middle.issueClient({ name: "client" });
  const old = root.issueServer({
    hosts: ["a.test"],
    notBefore: Date.now() - 9 * DAY,
    notAfter: Date.now() - 8 * DAY,
  });
  const stranger = createCertificateAuthority({
    provider: noble,
    name: "root",
  });
  // RFC 5280 4.2.1.9 wants it critical: the strict profile insists.
  const lax = createCertificateAuthority({
    provider: noble,
    name: "lax",
    extensions: [
      {
        oid: OID.basicConstraints,
        critical: false,
        value: Uint8Array.of(0x30, 3, 1, 1, 0xff),
      },
    ],
  });
  const clean = middle.createCrl().pem;
  const cleanRoot = root.createCrl().pem;
  middle.revoke(leaf);
  root.revoke(middle.issued);
  return {
    root: files.write("root.pem", root.pem),
    rootDer: files.write("root.der", root.der),
    middle: files.write("middle.pem", middle.pem),
    chain: files.write("chain.pem", leaf.chainPem),
    leaf: files.write("leaf.pem", leaf.pem),
    client: files.write("client.pem", client.chainPem),
    old: files.write("old.pem", old.pem),
    stranger: files.write("stranger.pem", stranger.pem),
    lax: files.write("lax.pem", lax.pem),
    laxLeaf: files.write(
      "lax-leaf.pem",
      lax.issueServer({ hosts: ["a.test"] }).pem,
    ),
    clean: files.write("clean.crl", clean),
    cleanRoot: files.write("clean-root.crl", cleanRoot),
    revoked: files.write("revoked.crl", middle.createCrl().pem),
    revokedRoot: files.write("revoked-root.crl", root.createCrl().der),
  };
}

let made: ReturnType<typeof makeFiles>;
beforeAll(() => {
  made = makeFiles();
});
afterAll(() => {
  files.remove();
});

const verify = (...args: readonly string[]) => run(["cert", "verify", ...args]);

type File = keyof ReturnType<typeof makeFiles>;

describe("puretls cert verify: good chains", () => {
  it("prints the path", async () => {
    const { code, out, err } = await verify(made.chain, "--ca", made.root);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      `${made.chain}: OK\n  0  CN=a.test\n  1  CN=middle\n  2  CN=root (trusted)\n`,
    );
  });

  it("in the middle, from DER, from stdin", async () => {
    const partial = await verify(made.leaf, "--ca", made.middle);
    expect(partial.out).toMatch(
      /OK\n {2}0 .*\n {2}1 {2}CN=middle \(trusted\)\n$/,
    );
    expect((await verify(made.chain, "--ca", made.rootDer)).code).toBe(0);
    const stdin = await run(
      ["cert", "verify", "-", "--ca", made.root],
      readFileSync(made.chain),
    );
    expect(stdin.out).toMatch(/^stdin: OK\n/);
  });

  it.each<[File, readonly string[]]>([
    ["chain", ["--name", "a.test"]],
    ["chain", ["--name", "A.TEST."]],
    ["chain", ["--name", "127.0.0.1"]],
    ["chain", ["--strict", "--purpose", "server"]],
    ["client", ["--strict", "--purpose", "client"]],
    [
      "old",
      [
        "--at",
        new Date(Date.now() - 8.5 * DAY).toISOString().replace(/\.\d+/, ""),
      ],
    ],
    [
      "old",
      ["--at", new Date(Date.now() - 8 * DAY).toISOString().slice(0, 10)],
    ],
  ])("%s %j", async (file, args) => {
    const { code, err } = await verify(made[file], "--ca", made.root, ...args);
    expect([code, err]).toEqual([0, ""]);
  });

  it("a lax authority, unless strictness is asked for", async () => {
    const { laxLeaf, lax } = made;
    expect((await verify(laxLeaf, "--ca", lax)).code).toBe(0);
    expect((await verify(laxLeaf, "--ca", lax, "--strict")).code).toBe(1);
  });

  it("with lists that revoke none of it", async () => {
    const { clean, cleanRoot, revokedRoot } = made;
    const ask = (...args: readonly string[]) =>
      verify(made.chain, "--ca", made.root, ...args);
    expect((await ask("--crl", clean)).code).toBe(0);
    const both = ["--crl", clean, "--crl", cleanRoot, "--crl-all"];
    expect((await ask(...both)).code).toBe(0);
    // The leaf alone is asked about unless more is wanted.
    expect((await ask("--crl", clean, "--crl", revokedRoot)).code).toBe(0);
  });
});

describe("puretls cert verify: what is trusted, and what stands between", () => {
  it("--untrusted adds certificates for the path, as OpenSSL's", async () => {
    const args = ["--ca", made.root, "--untrusted", made.middle];
    expect((await verify(made.leaf, ...args)).code).toBe(0);
    if (!hasOpenssl()) return;
    const { status } = spawnSync("openssl", [
      ...["verify", "-CAfile", made.root, "-untrusted", made.middle],
      made.leaf,
    ]);
    expect(status).toBe(0);
  });

  it("the system's certificates without --ca", async () => {
    const { err, code } = await verify(made.chain);
    expect([code, oneLine(err)]).toEqual([
      1,
      expect.stringContaining(
        "error 20 at 1 depth lookup: unable to get local",
      ),
    ]);
    vi.stubEnv("SSL_CERT_FILE", made.root);
    expect((await verify(made.chain)).code).toBe(0);
    vi.unstubAllEnvs();
  });

  it("reports what it skips of a bundle", async () => {
    const broken = readFileSync(made.middle, "utf8").replace("MII", "M*I");
    const bundle = files.write(
      "bundle.pem",
      broken + readFileSync(made.root, "utf8"),
    );
    const { err, code } = await verify(made.chain, "--ca", bundle);
    expect([code, oneLine(err)]).toEqual([
      0,
      expect.stringMatching(/bundle\.pem: certificate 1 skipped: a character/),
    ]);
  });

  it("--lint refuses what only issuers are held to", async () => {
    const long = createCertificateAuthority({ provider: noble, name: "long" });
    // The Baseline Requirements want extendedKeyUsage not critical.
    const extension = {
      oid: OID.extKeyUsage,
      critical: true,
      value: Uint8Array.of(0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1),
    };
    const issued = long.issueServer({
      hosts: ["a.test"],
      extensions: [extension],
    });
    const [ca, leaf] = [
      files.write("long.pem", long.pem),
      files.write("long-leaf.pem", issued.pem),
    ];
    expect((await verify(leaf, "--ca", ca, "--strict")).code).toBe(0);
    const linted = await verify(leaf, "--ca", ca, "--lint");
    expect(oneLine(linted.err)).toMatch(/issuance profile/);
  });

  it("--json: the path, or what is wrong", async () => {
    const good = await verify(made.chain, "--ca", made.root, "--json");
    expect([good.code, good.err]).toEqual([0, ""]);
    const { X509Certificate } = await import("node:crypto");
    const leaf = new X509Certificate(readFileSync(made.leaf));
    expect(JSON.parse(good.out)).toMatchObject({
      file: made.chain,
      ok: true,
      path: [
        {
          subject: "CN=a.test",
          issuer: "CN=middle",
          serialNumber: leaf.serialNumber.toLowerCase(),
          notAfter: new Date(leaf.validTo).toISOString(),
          sha256: leaf.fingerprint256.replaceAll(":", "").toLowerCase(),
        },
        { subject: "CN=middle" },
        { subject: "CN=root" },
      ],
    });
    const bad = await verify(made.leaf, "--ca", made.root, "--json");
    expect([bad.code, bad.err]).toEqual([1, ""]);
    expect(JSON.parse(bad.out)).toMatchObject({
      ok: false,
      error: {
        code: "unknown_issuer",
        verifyCode: 20,
        openssl: "unable to get local issuer certificate",
        depth: 0,
      },
    });
  });
});

/** File, trusted, our options, OpenSSL's for the same, code and message. */
const BAD: readonly (readonly [
  File,
  File,
  readonly (string | { readonly file: File })[],
  readonly (string | { readonly file: File })[],
  string,
])[] = [
  [
    "laxLeaf",
    "lax",
    ["--strict"],
    ["-x509_strict"],
    "error 89 at 1 depth lookup: Basic Constraints of CA cert not marked critical",
  ],
  [
    "chain",
    "stranger",
    [],
    [],
    "error 20 at 1 depth lookup: unable to get local issuer certificate",
  ],
  [
    "leaf",
    "root",
    [],
    [],
    "error 20 at 0 depth lookup: unable to get local issuer certificate",
  ],
  [
    "stranger",
    "root",
    [],
    [],
    "error 18 at 0 depth lookup: self-signed certificate",
  ],
  [
    "old",
    "root",
    [],
    [],
    "error 10 at 0 depth lookup: certificate has expired",
  ],
  [
    "leaf",
    "middle",
    ["--at", "2001-01-01"],
    ["-attime", String(Date.UTC(2001, 0, 1) / 1000)],
    "error 9 at 1 depth lookup: certificate is not yet valid",
  ],
  [
    "leaf",
    "middle",
    ["--name", "b.test"],
    ["-verify_hostname", "b.test"],
    "error 62 at 0 depth lookup: hostname mismatch",
  ],
  [
    "leaf",
    "middle",
    ["--name", "127.0.0.2"],
    ["-verify_ip", "127.0.0.2"],
    "error 64 at 0 depth lookup: IP address mismatch",
  ],
  [
    "leaf",
    "middle",
    ["--purpose", "client"],
    ["-purpose", "sslclient"],
    "error 26 at 0 depth lookup: unsuitable certificate purpose",
  ],
  [
    "client",
    "middle",
    [],
    [],
    "error 26 at 0 depth lookup: unsuitable certificate purpose",
  ],
  [
    "leaf",
    "middle",
    ["--crl", { file: "revoked" }],
    ["-crl_check", "-CRLfile", { file: "revoked" }],
    "error 23 at 0 depth lookup: certificate revoked",
  ],
  [
    "leaf",
    "middle",
    ["--crl", { file: "cleanRoot" }],
    ["-crl_check", "-CRLfile", { file: "cleanRoot" }],
    "error 3 at 0 depth lookup: unable to get certificate CRL",
  ],
  [
    "chain",
    "root",
    ["--crl", { file: "clean" }, "--crl", { file: "revokedRoot" }, "--crl-all"],
    [],
    "error 23 at 1 depth lookup: certificate revoked",
  ],
];

describe("puretls cert verify: bad chains", () => {
  const resolve = (args: readonly (string | { readonly file: File })[]) =>
    args.map((arg) => (typeof arg === "string" ? arg : made[arg.file]));

  it.each(BAD)("%s by %s %j", async (file, ca, ours, theirs, says) => {
    const ended = await verify(made[file], "--ca", made[ca], ...resolve(ours));
    expect([ended.code, ended.out]).toEqual([1, ""]);
    expect(oneLine(ended.err)).toContain(
      `puretls cert: ${made[file]}: ${says}: `,
    );
    // OpenSSL takes no chain from the file itself, nor DER lists beside PEM.
    if (!hasOpenssl() || file === "chain") return;
    const purpose = theirs.includes("-purpose")
      ? []
      : ["-purpose", "sslserver"];
    const { stderr } = spawnSync(
      "openssl",
      [
        ...["verify", "-partial_chain", "-no-CApath", "-no-CAstore"],
        ...[...purpose, ...resolve(theirs), "-CAfile", made[ca], made[file]],
      ],
      { encoding: "utf8", timeout: 20_000 },
    );
    expect(stderr).toContain(`${says}\n`);
  });

  it.each<[readonly string[], RegExp]>([
    [[], /FILE is missing/],
    [["x", "--strict", "--lint"], /--strict and --lint: lint has all/],
    [
      ["x", "--ca", "y", "--purpose", "mail"],
      /--purpose takes server or client/,
    ],
    [["x", "--ca", "y", "--at", "tomorrow"], /--at takes 2027-01-31/],
    [["x", "--ca", "y", "--at", "2027-02-31"], /--at takes 2027-01-31/],
    [["x", "--ca", "y", "--at", "2027-01-31T12:00"], /--at takes 2027-01-31/],
    [["x", "--ca", "y", "--crl-all"], /--crl-all goes with --crl/],
    [["x", "--ca", "/nowhere/y"], /ENOENT.*\/nowhere\/y/],
    [["x", "y"], /"y" is one operand too many/],
  ])("%j: one line", async (args, says) => {
    const { code, out, err } = await verify(...args);
    expect([code, out]).toEqual([codeFor(err), ""]);
    expect(oneLine(err)).toMatch(says);
  });

  it("names the file that cannot be read", async () => {
    const junk = files.write("junk.pem", "junk");
    const line = async (...args: readonly string[]) =>
      oneLine((await verify(...args)).err);
    expect(await line(junk, "--ca", made.root)).toContain(`${junk}: the text`);
    expect(await line(made.leaf, "--ca", junk)).toContain(`${junk}: the text`);
    expect(await line(made.leaf, "--ca", made.root, "--crl", junk)).toContain(
      `${junk}: the text`,
    );
  });
});
