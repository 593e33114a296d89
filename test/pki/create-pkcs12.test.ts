/** PKCS#12 files that are made, as programs of other makes read them. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { node } from "../../src/crypto/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createCertificateAuthority,
  createPkcs12,
  createPkcs12Async,
  generateKey,
  Pkcs12Error,
  readPkcs12,
} from "../../src/pki/index.ts";
import { KEY_KINDS, testKey } from "../support/pki.ts";
import { openssl } from "./openssl.ts";

const provider = noble;
const password = "Straße 5 €";
const ascii = "correct horse";
const middle = createCertificateAuthority({
  provider,
  name: "Root",
}).issueIntermediate({ name: "Middle" });
const server = middle.issueServer({ hosts: ["a.test"] });
const own = { provider, key: server.key, chain: server.chain };
const PROFILES = ["modern", "legacy"] as const;

const folder = mkdtempSync(join(tmpdir(), "puretls-p12-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const path = join(folder, "own.p12");

const has = (program: string): boolean =>
  spawnSync(program, ["--help"]).error === undefined;

describe.each(PROFILES)("createPkcs12(), profile %s", (profile) => {
  const file = createPkcs12({
    ...{ ...own, password, profile, friendlyName: "my server €" },
  });
  const simple = createPkcs12({
    ...{ ...own, profile, password: ascii, friendlyName: "mine" },
  });

  it.each([node, noble])("is read here, by $name", (reader) => {
    const { identities, certificates } = readPkcs12(file, {
      ...{ provider: reader, password },
    });
    const [identity] = identities;
    expect(identity?.key.toPem()).toBe(server.key.toPem());
    expect(identity?.friendlyName).toBe("my server €");
    expect(identity?.chainPem).toBe(server.chainPem);
    expect(certificates).toHaveLength(2);
  });

  it("is read by OpenSSL, with its names, without the legacy provider", () => {
    const { status, text } = openssl(
      ["pkcs12", "-in", "own.p12", "-passin", "file:password", "-nodes"],
      { "own.p12": file, password: `${password}\n` },
    );
    expect(status).toBe(0);
    expect(text.match(/friendlyName: my server/g)).toHaveLength(2);
    const ids = text.match(/localKeyID: [0-9A-F ]+/g) ?? [];
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(text.replace(/\s/g, "")).toContain(
      server.key.toPem().replace(/\s/g, ""),
    );
    for (const pem of server.chainPem.split(/(?<=END CERTIFICATE-----\n)/))
      expect(text).toContain(pem);
  });

  it("is refused by OpenSSL with another password, and when it is changed", () => {
    const ask = (data: Uint8Array, given: string) =>
      openssl(
        ["pkcs12", "-in", "own.p12", "-passin", "file:password", "-noout"],
        { "own.p12": data, password: `${given}\n` },
      );
    expect(ask(file, password).status).toBe(0);
    expect(ask(file, "wrong").text).toContain("invalid password");
    const changed = file.slice();
    const middleOf = changed.length >> 1;
    changed[middleOf] = (changed[middleOf] ?? 0) ^ 1;
    expect(ask(changed, password).status).not.toBe(0);
    expect(() => readPkcs12(changed, { provider, password })).toThrow(
      Pkcs12Error,
    );
  });

  it("is read by node:tls", () => {
    const pfx = Buffer.from(file);
    expect(() =>
      createSecureContext({ pfx, passphrase: password }),
    ).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: "wrong" })).toThrow();
  });

  it.runIf(has("keytool"))(
    "is read by keytool (Java), as an entry with its chain",
    () => {
      writeFileSync(path, simple);
      const list = execFileSync(
        "keytool",
        [
          ...["-list", "-v", "-keystore", path, "-storetype", "PKCS12"],
          ...["-storepass", ascii],
        ],
        { encoding: "utf8" },
      );
      expect(list).toContain("Alias name: mine");
      expect(list).toContain("Entry type: PrivateKeyEntry");
      expect(list).toContain("Certificate chain length: 2");
    },
    60_000,
  );

  it.runIf(has("certtool"))("is read by certtool (GnuTLS)", () => {
    writeFileSync(path, simple);
    const text = execFileSync(
      "certtool",
      ["--p12-info", "--inder", "--infile", path, "--password", ascii],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    );
    expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(text).toMatch(/BEGIN (ENCRYPTED )?PRIVATE KEY/);
    expect(text).toContain("mine");
  });

  it.runIf(has("pk12util"))("is read by pk12util (NSS)", () => {
    writeFileSync(path, simple);
    const text = execFileSync("pk12util", ["-l", path, "-W", ascii], {
      encoding: "utf8",
    });
    expect(text).toMatch(/Friendly Name: mine/);
    expect(text).toContain("CN=Middle");
  });

  it.each(KEY_KINDS)("holds keys of kind %s that OpenSSL reads", (kind) => {
    const key = testKey(kind);
    const { chain } = middle.issueServer({ hosts: ["a.test"], key });
    const data = createPkcs12({
      ...{ provider, password, key, chain, profile, iterations: 1 },
    });
    const { text } = openssl(
      ["pkcs12", "-in", "o.p12", "-passin", "file:p", "-nodes", "-nocerts"],
      { "o.p12": data, p: `${password}\n` },
    );
    expect(text.replace(/\s/g, "")).toContain(key.toPem().replace(/\s/g, ""));
  });
});

describe("createPkcs12()", () => {
  /**
   * The facts that Windows and .NET check: the algorithms, and the sum of
   * iterations.
   */
  const facts = (data: Uint8Array): string =>
    openssl(
      ["pkcs12", "-in", "o.p12", "-passin", "pass:x", "-info", "-noout"],
      {
        "o.p12": data,
      },
    ).text;

  it("has the algorithms and iterations that Windows reads", () => {
    const chain = server.chain;
    const all = { provider, password: "x", key: server.key, chain };
    // .NET: 300,000 for one derivation, 600,000 in all (KB5025823).
    expect(facts(createPkcs12(all))).toBe(
      `MAC: sha256, Iteration 100000
MAC length: 32, salt length: 16
PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256
Certificate bag
Certificate bag
PKCS7 Data
Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256
`,
    );
    expect(facts(createPkcs12({ ...all, profile: "legacy" }))).toBe(
      `MAC: sha1, Iteration 2048
MAC length: 20, salt length: 8
PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048
Certificate bag
Certificate bag
PKCS7 Data
Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048
`,
    );
  });

  it("makes the same without blocking, and stops when told to", async () => {
    const random = (length: number) => new Uint8Array(length).fill(length);
    const options = {
      ...{ ...own, provider: { ...noble, random }, password },
      iterations: 20_000,
    };
    let done = 0;
    const made = await createPkcs12Async({
      ...options,
      onProgress: (iterations) => (done += iterations),
    });
    expect(made).toEqual(createPkcs12(options));
    expect(done).toBe(2 * 8192);
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const { signal } = controller;
    await expect(createPkcs12Async({ ...options, signal })).rejects.toThrow(
      "enough",
    );
  });

  it("is another file each time, with a password of any length", () => {
    const options = { ...own, iterations: 1 };
    for (const given of ["", "x".repeat(1000), "😀"]) {
      const [a, b] = [1, 2].map(() =>
        createPkcs12({ ...options, password: given }),
      );
      expect(a).not.toEqual(b);
      if (a !== undefined)
        expect(
          readPkcs12(a, { provider, password: given }).identities,
        ).toHaveLength(1);
    }
  });

  it("refuses what does not belong together", () => {
    const make = (change: object) => () =>
      createPkcs12({ ...own, password, ...change });
    expect(make({ chain: [] })).toThrow("chain: it has no certificate");
    expect(make({ key: generateKey({ provider }) })).toThrow(
      "key: it is not that of the chain's first certificate",
    );
    expect(make({ iterations: 0 })).toThrow(RangeError);
    expect(make({ iterations: 1.5 })).toThrow(RangeError);
    expect(make({ profile: "best" })).toThrow(
      'profile: "best" is none of modern, legacy',
    );
    const { encryptCbc: _none, ...keyDecryption } = noble.keyDecryption;
    expect(
      make({ provider: { ...noble, keyDecryption }, iterations: 1 }),
    ).toThrow("the provider has no keyDecryption.encryptCbc");
  });
});
