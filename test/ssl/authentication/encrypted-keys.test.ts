/** Keys under a password, in every form that OpenSSL writes, next to CPython. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SSLContext, SSLError } from "../../../src/index.ts";
import { describePython, PythonSsl } from "../../oracle/python.ts";
import { hasOpenssl } from "../../support/openssl-certs.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-encrypted-keys-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const PASSWORD = "sésame €";
const openssl = (...args: readonly string[]): void => {
  execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
};
const text = (name: string): string =>
  readFileSync(join(folder, `${name}.pem`), "utf8");

const LEGACY = ["-provider", "legacy", "-provider", "default"];
/** By form: options of `openssl pkcs8`, none: `openssl ec`. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  PBES2: ["-v2", "aes-256-cbc"],
  "PBES2 with 3DES": ["-v2", "des3"],
  scrypt: ["-scrypt"],
  "PBE-SHA1-3DES": ["-v1", "PBE-SHA1-3DES"],
  "PBE-SHA1-2DES": ["-v1", "PBE-SHA1-2DES"],
  "PBE-SHA1-RC2-128": ["-v1", "PBE-SHA1-RC2-128", ...LEGACY],
  "PBE-SHA1-RC4-128": ["-v1", "PBE-SHA1-RC4-128", ...LEGACY],
  "PBE-MD5-DES": ["-v1", "PBE-MD5-DES", ...LEGACY],
};

describe.runIf(hasOpenssl())("a key under a password", () => {
  beforeAll(() => {
    openssl(
      "ecparam",
      "-name",
      "prime256v1",
      "-genkey",
      "-noout",
      "-out",
      "key.pem",
    );
    openssl(
      "req",
      "-x509",
      "-new",
      "-key",
      "key.pem",
      "-subj",
      "/CN=a.test",
      "-out",
      "cert.pem",
    );
    for (const [form, args] of Object.entries(FORMS))
      openssl(
        ...["pkcs8", "-topk8", "-in", "key.pem", "-out", `${form}.pem`],
        ...["-passout", `pass:${PASSWORD}`, ...args],
      );
  });

  describePython("loadCertChain()", (interpreter) => {
    let python: PythonSsl;
    beforeAll(() => {
      python = new PythonSsl(interpreter);
    });
    afterAll(() => {
      python.end();
    });

    const passwords = { right: PASSWORD, wrong: "sesame", empty: "" };
    it.each(
      Object.keys(FORMS).flatMap((form) =>
        Object.entries(passwords).map(([which, password]) => ({
          ...{ form, which, password },
        })),
      ),
    )("$form, the $which password", async ({ form, password }) => {
      const theirs = await python.call({
        new: "own",
        context: {
          protocol: { constant: "PROTOCOL_TLS_SERVER" },
          calls: [
            [
              "load_cert_chain",
              { file: text("cert") },
              { file: text(form) },
              password,
            ],
          ],
        },
      });
      // Python: ciphers of OpenSSL's legacy provider are not there.
      expect(load(form, password)).toBe(
        "error" in theirs ? "refused" : "loaded",
      );
    });
  });
});

function load(form: string, password: string): string {
  const context = new SSLContext({ protocol: "tlsServer" });
  try {
    context.loadCertChain({ cert: text("cert"), key: text(form), password });
    return "loaded";
  } catch (error) {
    if (!(error instanceof SSLError)) throw error;
    return "refused";
  }
}
