/**
 * `puretls cert show` of all kinds of objects, compared with OpenSSL's output.
 */
import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createCertificateAuthority,
  createRequest,
  createPkcs12,
} from "../../src/pki/index.ts";
import { encodePem, parsePem } from "../../src/x509/index.ts";
import { hasOpenssl, openssl } from "../support/openssl-certs.ts";
import { testServer } from "../support/pki.ts";
import { run, scratch } from "./support.ts";

const provider = noble;
const files = scratch();
afterAll(() => {
  files.remove();
});

const ca = createCertificateAuthority({ provider, name: "Root" });
const leaf = ca.issueServer({ hosts: ["a.test"], days: 30 });
const request = createRequest({ provider, name: "asker", hosts: ["b.test"] });
ca.revoke(leaf, { reason: "keyCompromise" });
const crl = ca.createCrl();
const ocsp = ca.createOcspResponse(leaf);
const password = "Straße 5 €";
const pfx = createPkcs12({
  ...{ provider, password, key: leaf.key, chain: leaf.chain, iterations: 1 },
  friendlyName: "mine",
});

const show = (content: string | Uint8Array, ...args: readonly string[]) =>
  run(["cert", "show", files.write("in", content), ...args]);

interface Shown {
  readonly items: readonly {
    readonly kind: string;
    readonly faults: readonly { field: string; message: string }[];
    readonly [fact: string]: unknown;
  }[];
  readonly expires?: boolean;
}

async function json(
  content: string | Uint8Array,
  ...args: readonly string[]
): Promise<Shown & { code: number }> {
  const { code, out, err } = await show(content, "--json", ...args);
  expect(err).toBe("");
  return { ...(JSON.parse(out) as Shown), code };
}

const withPassword = (): string[] => [
  "--password-file",
  files.write("password", `${password}\n`),
];

const KINDS: Readonly<
  Record<string, readonly [label: string, der: Uint8Array]>
> = {
  certificate: ["CERTIFICATE", leaf.der],
  "certificate request": ["CERTIFICATE REQUEST", request.der],
  "certificate revocation list": ["X509 CRL", crl.der],
  "private key": ["PRIVATE KEY", leaf.key.toDer()],
  "public key": ["PUBLIC KEY", leaf.key.publicKeyInfo()],
  "OCSP response": ["OCSP RESPONSE", ocsp],
  "PKCS#12 file": ["PKCS12", pfx],
};

describe("puretls cert show", () => {
  it.each(Object.entries(KINDS))(
    "finds out that a file is a %s, in PEM and in DER",
    async (kind, [label, der]) => {
      const first = await show(der, ...withPassword());
      expect([first.code, first.err]).toEqual([0, ""]);
      expect(first.out).toMatch(new RegExp(`^${kind} 1 of 1\n`));
      const pem = await show(encodePem(label, der), ...withPassword());
      expect(pem.out).toBe(first.out);
      const { items, code } = await json(der, ...withPassword());
      expect([items[0]?.kind, code]).toEqual([kind, 0]);
      expect(items.flatMap(({ faults }) => faults)).toEqual([]);
    },
  );

  it("has a shape for JSON", async () => {
    const { items } = await json(leaf.pem);
    expect(items).toEqual([
      {
        kind: "certificate",
        version: 3,
        serial: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
        subject: "CN=a.test",
        issuer: "CN=Root",
        validFrom: new Date(leaf.certificate.notBefore).toISOString(),
        validUntil: new Date(leaf.certificate.notAfter).toISOString(),
        publicKey: "EC P-256",
        spkiPin: expect.stringMatching(/^sha256\/.{43}=$/) as string,
        signature: "ecdsa-sha256",
        sha256: expect.stringMatching(/^(..:){31}..$/) as string,
        sha1: expect.stringMatching(/^(..:){19}..$/) as string,
        extensions: expect.arrayContaining([
          { name: "basicConstraints", critical: true, value: "CA:FALSE" },
          { name: "subjectAltName", critical: false, value: "DNS:a.test" },
        ]) as unknown[],
        faults: [],
      },
    ]);
  });

  it("shows what is in PKCS#12, OCSP responses and lists", async () => {
    const file = await json(pfx, ...withPassword());
    expect(file.items.map(({ kind }) => kind)).toEqual([
      "PKCS#12 file",
      "private key",
      "certificate",
    ]);
    expect(file.items[1]).toMatchObject({ name: "mine", chain: 1 });
    expect(file.items[1]?.["spkiPin"]).toBe(file.items[2]?.["spkiPin"]);
    const [response, status] = (await json(ocsp)).items;
    expect(response).toMatchObject({ status: "successful" });
    const serial = (await json(leaf.pem)).items[0]?.["serial"];
    expect(status).toMatchObject({
      kind: "OCSP status",
      serial,
      status: "revoked",
    });
    expect((await json(crl.der)).items[0]).toMatchObject({ revoked: [serial] });
    const unauthorized = Uint8Array.of(0x30, 3, 0x0a, 1, 6);
    expect((await json(unauthorized)).items[0]).toMatchObject({
      status: "unauthorized",
    });
  });

  it("reports that it needs a password, and that one is wrong", async () => {
    const without = await show(pfx);
    expect(without.code).toBe(0);
    expect(without.out).toContain("encrypted: --password-file shows it");
    const wrong = await show(
      pfx,
      "--password-file",
      files.write("password", "wrong"),
    );
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain("password of the PKCS#12 file is wrong");
  });

  it("never shows a secret", async () => {
    const { out } = await show(leaf.key.toPem());
    expect(out).not.toContain(leaf.key.toPem().slice(40, 80));
    expect(out.split("\n")).toHaveLength(4);
  });
});

/** DER with the tag of one element inside the signed part made another one. */
function broken(der: Uint8Array, field: number): Uint8Array {
  const out = der.slice();
  const header = (at: number): [start: number, length: number] => {
    const first = out[at + 1] ?? 0;
    if (first < 0x80) return [at + 2, first];
    const count = first & 0x7f;
    let length = 0;
    for (let i = 0; i < count; i++)
      length = length * 256 + (out[at + 2 + i] ?? 0);
    return [at + 2 + count, length];
  };
  const [outer] = header(0);
  let [at] = header(outer);
  for (let i = 0; i < field; i++) {
    const [start, length] = header(at);
    at = start + length;
  }
  out[at] = 0x0c;
  return out;
}

describe("a fault stands at its field, and the rest is shown", () => {
  const LABELS = new Map<Uint8Array, string>([
    [leaf.der, "CERTIFICATE"],
    [request.der, "CERTIFICATE REQUEST"],
    [crl.der, "X509 CRL"],
  ]);

  it.each<[string, Uint8Array, number, readonly string[]]>([
    ["a serial number", leaf.der, 1, ["serial"]],
    ["an issuer", leaf.der, 3, ["issuer"]],
    ["times", leaf.der, 4, ["valid from", "valid until"]],
    ["a subject", leaf.der, 5, ["subject"]],
    ["a key", leaf.der, 6, ["public key", "SPKI pin"]],
    ["extensions", leaf.der, 7, ["rest"]],
    ["a request's subject", request.der, 1, ["subject"]],
    ["a request's key", request.der, 2, ["public key", "SPKI pin"]],
    ["a list's issuer", crl.der, 2, ["issuer"]],
    ["a list's time", crl.der, 3, ["this update"]],
  ])("%s of another type", async (_what, der, field, names) => {
    const whole = (await json(der)).items[0];
    const label = LABELS.get(der) ?? "";
    const { items, code } = await json(encodePem(label, broken(der, field)));
    expect(code).toBe(0);
    const [item] = items;
    expect(item?.faults.map(({ field: name }) => name)).toEqual(names);
    const differs = Object.keys(whole ?? {}).filter(
      (key) => JSON.stringify(item?.[key]) !== JSON.stringify(whole?.[key]),
    );
    // The fingerprints are those of the broken one.
    expect(differs.length).toBeLessThanOrEqual(names.length + 4);
  });

  it.each(Object.entries(KINDS))(
    "whatever the bytes of a %s are, it ends in lines",
    async (_kind, [, der]) => {
      const edits = fc.array(
        fc.record({ at: fc.nat({ max: der.length - 1 }), to: fc.nat(255) }),
        { minLength: 1, maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(edits, fc.nat({ max: 40 }), async (changes, cut) => {
          const bytes = der.slice(0, der.length - cut);
          for (const { at, to } of changes)
            if (at < bytes.length) bytes[at] = to;
          const { code, out, err } = await show(bytes, ...withPassword());
          expect([0, 1]).toContain(code);
          if (out === "") expect(err).toMatch(/^puretls.*\n$/);
          else expect(err).toBe("");
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe.runIf(hasOpenssl())("as OpenSSL sees it", () => {
  const ask = (file: string, ...args: readonly string[]): string =>
    openssl([...args, "-in", file, "-noout"], files.folder).trim();
  let file: string;
  beforeAll(() => {
    file = files.write("leaf.pem", leaf.pem);
  });

  it("fingerprints and the pin", async () => {
    const [item] = (await json(leaf.pem)).items;
    expect(`sha256 Fingerprint=${String(item?.["sha256"])}`).toBe(
      ask(file, "x509", "-fingerprint", "-sha256"),
    );
    expect(`sha1 Fingerprint=${String(item?.["sha1"])}`).toBe(
      ask(file, "x509", "-fingerprint", "-sha1"),
    );
    const spki =
      parsePem(ask(file, "x509", "-pubkey"))[0]?.der ?? new Uint8Array();
    const digest = execFileSync("openssl", ["dgst", "-sha256", "-binary"], {
      input: spki,
    });
    expect(item?.["spkiPin"]).toBe(`sha256/${digest.toString("base64")}`);
  });

  it.each([-100, 0, 60, 29 * 86_400, 31 * 86_400, 10 ** 10])(
    "--checkend %d",
    async (seconds) => {
      const theirs = spawnSync(
        "openssl",
        ["x509", "-in", file, "-noout", "-checkend", seconds.toString()],
        { encoding: "utf8" },
      );
      const { code, out } = await show(
        leaf.pem,
        `--checkend=${seconds.toString()}`,
      );
      expect([code, out.trim().split("\n").at(-1)]).toEqual([
        theirs.status,
        theirs.stdout.trim(),
      ]);
    },
  );

  it("--checkend checks each certificate, and needs one", async () => {
    const both = testServer().certificatePem + leaf.pem;
    const days40 = `--checkend=${(40 * 86_400).toString()}`;
    expect((await json(testServer().certificatePem, days40)).expires).toBe(
      false,
    );
    expect(await json(both, days40)).toMatchObject({ expires: true, code: 1 });
    expect((await json(crl.der, days40)).code).toBe(1);
    const { code, err } = await show(leaf.pem, "--checkend", "soon");
    expect([code, err]).toEqual([
      expect.any(Number),
      expect.stringContaining('--checkend takes seconds, not "soon"'),
    ]);
  });

  it("requests and lists", async () => {
    const csr = files.write(
      "r.pem",
      encodePem("CERTIFICATE REQUEST", request.der),
    );
    const [asked] = (await json(request.der)).items;
    const names = ["-nameopt", "oneline,-space_eq,-esc_msb"];
    expect(`subject=${String(asked?.["subject"])}`).toBe(
      ask(csr, "req", "-subject", ...names),
    );
    const list = files.write("c.pem", encodePem("X509 CRL", crl.der));
    const text = (await show(crl.der)).out;
    const fact = (name: string): string =>
      (new RegExp(`^ {2}${name} +(.*)$`, "m").exec(text) ?? [])[1] ?? "";
    expect(`issuer=${fact("issuer")}`).toBe(
      ask(list, "crl", "-issuer", ...names),
    );
    expect(`lastUpdate=${fact("this update")}`).toBe(
      ask(list, "crl", "-lastupdate"),
    );
    expect(`nextUpdate=${fact("next update")}`).toBe(
      ask(list, "crl", "-nextupdate"),
    );
    const all = openssl(["crl", "-in", list, "-noout", "-text"], files.folder);
    const serial = /Serial Number: ([0-9A-F]+)/.exec(all)?.[1] ?? "";
    expect(fact("revoked")).toBe(`1: ${serial}`);
  });

  it("an OCSP response", async () => {
    const path = files.write("o.der", ocsp);
    const text = openssl(
      ["ocsp", "-respin", path, "-noverify", "-resp_text"],
      files.folder,
    );
    const [, status] = (await json(ocsp)).items;
    expect(text).toContain(`Serial Number: ${String(status?.["serial"])}`);
    expect(text).toContain(`Cert Status: ${String(status?.["status"])}`);
  });

  it("files that OpenSSL made: keys of old forms, trusted certificates, BER", async () => {
    const key = files.write("k.pem", leaf.key.toPem());
    const old = openssl(
      ["pkey", "-in", key, "-traditional", "-aes128", "-passout", "pass:x"],
      files.folder,
    );
    const args = ["--password-file", files.write("password", "x")];
    const [shown] = (await json(old, ...args)).items;
    expect(shown?.["spkiPin"]).toBe(
      (await json(leaf.pem)).items[0]?.["spkiPin"],
    );
    const trusted = openssl(
      ["x509", "-in", file, "-trustout", "-addtrust", "serverAuth"],
      files.folder,
    );
    expect((await json(trusted)).items[0]).toMatchObject({
      kind: "certificate",
      trustedFor: ["1.3.6.1.5.5.7.3.1"],
      faults: [],
    });
    const parameters = openssl(
      ["ecparam", "-name", "prime256v1"],
      files.folder,
    );
    expect((await json(parameters)).items[0]).toMatchObject({
      kind: "block",
      label: "EC PARAMETERS",
    });
    const two = concat(leaf.der, ca.der);
    expect((await json(two)).items).toHaveLength(2);
  });
});
