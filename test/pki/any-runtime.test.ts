/** An engine with no more than ECMAScript issues certificates: a realm without globals. */
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";

const PROGRAM = `
  import { noble } from "./src/crypto/noble/index.ts";
  import * as pki from "./src/pki/index.ts";
  const provider = { ...noble, random: (length) => new Uint8Array(length).fill(7), now: () => 1e12 };
  const authority = pki.createCertificateAuthority({ provider, name: "Zoë" });
  const { chain, chainPem, key } = authority.issueServer({ hosts: ["a.test", "::1"] });
  const request = pki.createRequest({ provider, key, hosts: ["a.test"] });
  const file = pki.createPkcs12({ provider, chain, key, password: "secret", iterations: 1 });
  ({ chainPem, request: request.pem, crl: authority.createCrl().pem, file: file.length });
`;

it("certificates, requests, lists and PKCS#12 files are made without any global of the platform", async () => {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: PROJECT_ROOT, loader: "ts" },
    absWorkingDir: PROJECT_ROOT,
    bundle: true,
    format: "esm",
    write: false,
    treeShaking: false,
  });
  const realm = createContext(
    {},
    { codeGeneration: { strings: false, wasm: false } },
  );
  expect(runInContext("typeof TextDecoder + typeof crypto", realm)).toBe(
    "undefinedundefined",
  );
  const made: unknown = runInContext(outputFiles[0]?.text ?? "", realm);
  expect(made).toMatchObject({
    chainPem: expect.stringContaining("-----BEGIN CERTIFICATE-----"),
    request: expect.stringContaining("-----BEGIN CERTIFICATE REQUEST-----"),
    crl: expect.stringContaining("-----BEGIN X509 CRL-----"),
    file: expect.any(Number),
  });
});
