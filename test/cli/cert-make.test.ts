import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasOpenssl, openssl } from "../support/openssl-certs.ts";
import {
  codeFor,
  oneLine,
  openTcpHandles,
  run,
  type Scratch,
  scratch,
  serving,
  stopped,
} from "./support.ts";

let files: Scratch;
beforeEach(() => {
  files = scratch();
});
afterEach(() => {
  files.remove();
});

const make = (...args: readonly string[]) => run(["cert", "make", ...args]);
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const certificate = (name: string): X509Certificate =>
  new X509Certificate(readFileSync(files.path(name)));

describe("puretls cert make", () => {
  it("makes an authority and a certificate, and prints their files", async () => {
    const out = join(files.folder, "deep", "down");
    const {
      code,
      out: said,
      err,
    } = await make(...["localhost", "127.0.0.1", "::1", "--out", out]);
    expect([code, err]).toEqual([0, ""]);
    expect(said).toMatch(
      new RegExp(
        `^made in ${out}
  ca.pem         certificate of the authority, valid until .* GMT
  ca.key         its private key: keep it to yourself
  localhost.pem  certificate for localhost, 127.0.0.1, ::1, valid until .* GMT
  localhost.key  its private key: keep it to yourself

puretls serve 8443 --cert ${out}/localhost.pem --key ${out}/localhost.key
puretls connect localhost:8443 --ca ${out}/ca.pem
$`,
      ),
    );
    expect(readdirSync(out).sort()).toEqual([
      "ca.key",
      "ca.pem",
      "localhost.key",
      "localhost.pem",
    ]);
    for (const name of ["ca.key", "localhost.key"])
      expect(modeOf(join(out, name))).toBe(0o600);
    expect(modeOf(join(out, "ca.pem")) & 0o444).toBe(0o444);
  });

  it("the commands that it prints work", async () => {
    const { out } = await make(
      ...["localhost", "--client", "alice", "--out", files.folder],
    );
    const commands = out.trimEnd().split("\n").slice(-2);
    const [serve = [], connect = []] = commands.map((line) =>
      line.split(" ").slice(1),
    );
    expect([serve[0], serve[1], connect[0]]).toEqual([
      "serve",
      "8443",
      "connect",
    ]);
    const server = await serving([...serve.slice(2), "--www"]);
    const client = await run([
      ...["connect", server.at, ...connect.slice(2), "--get", "/"],
    ]);
    expect(client.code).toBe(0);
    expect(client.out).toMatch(/^peer {10}CN=alice$/m);
    await stopped(server);
    expect(await openTcpHandles()).toEqual([]);
  });

  it("writes over nothing unless it is forced", async () => {
    const path = files.write("a.test.key", "precious");
    const refused = await make("a.test", "--out", files.folder);
    expect([refused.code, refused.out]).toEqual([2, ""]);
    expect(oneLine(refused.err)).toContain(`${path}: there already; --force`);
    expect(readdirSync(files.folder)).toEqual(["a.test.key"]);
    const forced = await make("a.test", "--out", files.folder, "--force");
    expect(forced.code).toBe(0);
    expect(readFileSync(path, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY/);
    expect(modeOf(path)).toBe(0o600);
  });

  it("issues with an authority that is there", async () => {
    await make("a.test", "--out", files.folder);
    const before = readFileSync(files.path("ca.pem"), "utf8");
    const own = [
      "--ca",
      files.path("ca.pem"),
      "--ca-key",
      files.path("ca.key"),
    ];
    const { code } = await make("b.test", ...own, "--out", files.folder);
    const client = await make(...own, "--client", "c", "--out", files.folder);
    expect([code, client.code]).toEqual([0, 0]);
    expect(readFileSync(files.path("ca.pem"), "utf8")).toBe(before);
    const ca = certificate("ca.pem");
    for (const name of ["a.test.pem", "b.test.pem", "c.pem"])
      expect(certificate(name).checkIssued(ca)).toBe(true);
    expect(client.out).toMatch(/\n\npuretls connect HOST --ca .*c\.key\n$/);
  });

  it("--days and --key-type", async () => {
    for (const type of ["ec-p384", "ec-p521", "ed25519"]) {
      const { code } = await make(
        ...["a.test", "--days", "5000", "--key-type", type],
        ...["--out", files.folder, "--force"],
      );
      expect(code).toBe(0);
      const leaf = certificate("a.test.pem");
      const days = (Date.parse(leaf.validTo) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(4999);
      expect(days).toBeLessThanOrEqual(5000);
      const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
      expect(
        `${asymmetricKeyType ?? ""} ${asymmetricKeyDetails?.namedCurve ?? ""}`,
      ).toBe(
        { "ec-p384": "ec secp384r1", "ec-p521": "ec secp521r1" }[type] ??
          "ed25519 ",
      );
    }
  });

  it("file names are safe for any name", async () => {
    const { code, out } = await make(
      ...["*.a.test", "--client", "../../Zoë x", "--out", files.folder],
    );
    expect(code).toBe(0);
    expect(readdirSync(files.folder).sort()).toEqual([
      "_._.._Zo__x.key",
      "_._.._Zo__x.pem",
      "_.a.test.key",
      "_.a.test.pem",
      "ca.key",
      "ca.pem",
    ]);
    expect(out).toContain("connect 127.0.0.1:8443 --servername www.a.test");
  });

  it("a host of another script is written in its A-labels", async () => {
    await make("bücher.test", "--out", files.folder);
    expect(certificate("xn--bcher-kva.test.pem").subjectAltName).toBe(
      "DNS:xn--bcher-kva.test",
    );
  });

  it.each<[readonly string[], RegExp]>([
    [[], /HOST is missing/],
    [["a b"], /"a b" is neither a DNS name nor an IP address/],
    [["ca"], /two certificates would have one file name: ca, ca/],
    [["a.test", "--client", "A.test"], /one file name: ca, a\.test, A\.test/],
    [["a.test", "--days", "0"], /--days takes 1 to 36500, not "0"/],
    [["a.test", "--days", "1e3"], /--days takes 1 to 36500/],
    [
      ["a.test", "--key-type", "dsa"],
      /--key-type takes ec-p256, .* or rsa-4096/,
    ],
    [["a.test", "--ca", "x"], /--ca and --ca-key go together/],
    [["a.test", "--ca", "none", "--ca-key", "none"], /ENOENT/],
  ])("%j: one line and no file", async (args, says) => {
    const out = files.path("out");
    const { code, out: said, err } = await make(...args, "--out", out);
    expect([code, said]).toEqual([codeFor(err), ""]);
    expect(oneLine(err)).toMatch(says);
    expect(existsSync(out)).toBe(false);
  });

  it("an authority that is none, or whose key is another's", async () => {
    await make("a.test", "--out", files.folder);
    const ca = (cert: string, key: string) =>
      make("b.test", "--ca", files.path(cert), "--ca-key", files.path(key));
    expect(oneLine((await ca("a.test.pem", "a.test.key")).err)).toContain(
      "the certificate is not one of a CA",
    );
    expect(oneLine((await ca("ca.pem", "a.test.key")).err)).toContain(
      "the key does not belong to the CA's certificate",
    );
    expect(oneLine((await ca("ca.key", "ca.key")).err)).toMatch(/ca\.key.*PEM/);
  });

  it.runIf(hasOpenssl())("OpenSSL accepts it all, strictly", async () => {
    await make("a.test", "--client", "c", "--out", files.folder);
    const purposes = [
      ["sslserver", "a.test.pem"],
      ["sslclient", "c.pem"],
    ];
    for (const [purpose = "", name = ""] of purposes) {
      const args = ["verify", "-x509_strict", "-purpose", purpose];
      args.push("-CAfile", "ca.pem", name);
      expect(openssl(args, files.folder)).toBe(`${name}: OK\n`);
    }
    for (const name of ["ca", "a.test", "c"]) {
      const fromKey = ["pkey", "-in", `${name}.key`, "-pubout"];
      const fromCert = ["x509", "-in", `${name}.pem`, "-noout", "-pubkey"];
      expect(openssl(fromKey, files.folder)).toBe(
        openssl(fromCert, files.folder),
      );
    }
  });
});
