/** Security levels, beside `openssl verify -auth_level`. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../../src/pki/index.ts";
import {
  createVerifier,
  type SecurityLevel,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import { type KeyKind, testKey } from "../../support/pki.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-level-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const version = execFileSync("openssl", ["version"], { encoding: "utf8" });

/** A chain whose keys are of these kinds. */
function chain(caKind: KeyKind, leafKind: KeyKind) {
  const ca = createCertificateAuthority({
    provider: noble,
    name: `${caKind} CA`,
    key: testKey(caKind),
  });
  const leaf = ca.issueServer({ hosts: ["a.test"], key: testKey(leafKind) });
  return { ca, leaf };
}

function ours(
  { ca, leaf }: ReturnType<typeof chain>,
  securityLevel: SecurityLevel,
): number {
  const trustStore = TrustStore.of(ca.der);
  const verifier = createVerifier({
    provider: noble,
    trustStore,
    securityLevel,
  });
  const at = { purpose: "serverAuth", serverName: "a.test" } as const;
  try {
    verifier.verify({ certificates: leaf.chain }, { ...at, now: Date.now() });
    return 0;
  } catch (error) {
    if (error instanceof X509Error) return error.verifyCode;
    throw error;
  }
}

function theirs({ ca, leaf }: ReturnType<typeof chain>, level: number): number {
  const [caFile, leafFile] = ["ca.pem", "leaf.pem"].map((f) => join(folder, f));
  writeFileSync(caFile ?? "", ca.pem);
  writeFileSync(leafFile ?? "", leaf.pem);
  const { stderr } = spawnSync(
    "openssl",
    [
      ...["verify", "-auth_level", String(level)],
      ...["-CAfile", caFile ?? "", leafFile ?? ""],
    ],
    { encoding: "utf8" },
  );
  return Number(/error (\d+) at/.exec(stderr)?.[1] ?? 0);
}

describe(`security levels (${version.trim()})`, () => {
  const kinds = [
    ["ec-p256", "ec-p256"],
    ["ec-p384", "ec-p256"],
    ["ec-p521", "ec-p384"],
    ["ec-p521", "ec-p521"],
    ["rsa", "ec-p384"],
    ["ec-p384", "rsa"],
    ["ed25519", "ed25519"],
  ] as const;
  for (const [caKind, leafKind] of kinds)
    // [9846-C.2-01]
    it(`${leafKind} issued by ${caKind}`, () => {
      const made = chain(caKind, leafKind);
      for (const level of [0, 1, 2, 3, 4, 5] as const)
        expect([level, ours(made, level)]).toEqual([
          level,
          theirs(made, level),
        ]);
    });
});
