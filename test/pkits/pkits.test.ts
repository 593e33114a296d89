/**
 * NIST PKITS: 247 certification paths with lists, and which of them are valid.
 * The data is read from the folder that PURETLS_VECTORS names.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createVerifier,
  CrlStore,
  decodeBase64,
  TrustStore,
  X509Error,
} from "../../src/x509/index.ts";

interface PkitsTest {
  readonly section: string;
  readonly name: string;
  /** Trust anchor, …, leaf; with other certificates among them. */
  readonly certs: readonly string[];
  readonly crls: readonly string[];
  readonly valid: boolean;
  /** Names with commas between; null: any policy. */
  readonly initialPolicySet: string | null;
  readonly initialExplicitPolicy: boolean;
  readonly initialPolicyMappingInhibit: boolean;
  readonly initialInhibitAnyPolicy: boolean;
}

interface Pkits {
  readonly certificates: Readonly<Record<string, string>>;
  readonly crls: Readonly<Record<string, string>>;
  readonly tests: readonly PkitsTest[];
}

const NOW = Date.UTC(2011, 2, 15);

const folder = process.env["PURETLS_VECTORS"];
const file = folder === undefined ? "" : join(folder, "pkits", "pkits.json");
const found = file !== "" && existsSync(file);

/** Answers unlike the suite's, each with its reason. */
const DSA =
  "DSA with SHA-1 is no algorithm of TLS 1.3, and x509-limbo wants DSA refused (webpki::forbidden-dsa-leaf)";
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "4.1.4 Section1ValidDSASignaturesTest4": DSA,
  "4.1.5 Section1ValidDSAParameterInheritanceTest5": DSA,
};

function take(
  from: Readonly<Record<string, string>>,
  name: string,
): Uint8Array {
  const text = from[name];
  if (text === undefined) throw new Error(`PKITS has no ${name}`);
  return decodeBase64(text);
}

const policyOid = (name: string): string =>
  `2.16.840.1.101.3.2.1.48.${name.replace("NIST-test-policy-", "")}`;

/** "valid", or the code of the refusal. */
function answer(suite: Pkits, test: PkitsTest): string {
  const [anchor, ...others] = test.certs.map((name) =>
    take(suite.certificates, name),
  );
  if (anchor === undefined) throw new Error(`${test.name} has no anchor`);
  const crls = new CrlStore();
  for (const name of test.crls)
    try {
      crls.add(take(suite.crls, name));
    } catch (error) {
      // Of 4.4.2 the signature is not one of whole bytes.
      if (!(error instanceof X509Error)) throw error;
    }
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(anchor),
    crls,
    crlCheck: "chain",
    requireExplicitPolicy: test.initialExplicitPolicy,
    inhibitPolicyMapping: test.initialPolicyMappingInhibit,
    inhibitAnyPolicy: test.initialInhibitAnyPolicy,
    ...(test.initialPolicySet !== null && {
      initialPolicySet: test.initialPolicySet.split(",").map(policyOid),
    }),
  });
  try {
    verifier.verify(
      { certificates: others.reverse() },
      { purpose: "clientAuth", serverName: undefined, now: NOW },
    );
    return "valid";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

const suite = found ? describe : describe.skip;

suite(
  "NIST PKITS (skipped unless PURETLS_VECTORS names a folder with pkits/pkits.json)",
  () => {
    const pkits = (
      found ? JSON.parse(readFileSync(file, "utf8")) : { tests: [] }
    ) as Pkits;

    it("has the suite's result", () => {
      const different: Record<string, string> = {};
      let slowest = 0;
      for (const test of pkits.tests) {
        const begin = performance.now();
        const ours = answer(pkits, test);
        slowest = Math.max(slowest, performance.now() - begin);
        if ((ours === "valid") !== test.valid)
          different[`${test.section} ${test.name}`] = ours;
      }
      const count = pkits.tests.length - Object.keys(different).length;
      console.log(
        `PKITS: ${String(count)} of ${String(pkits.tests.length)}; ` +
          `slowest ${slowest.toFixed(0)} ms`,
      );
      expect(pkits.tests.length).toBe(247);
      expect(
        Object.entries(different).filter(([name]) => !(name in EXCEPTIONS)),
      ).toEqual([]);
      expect(Object.keys(EXCEPTIONS).sort()).toEqual(
        Object.keys(different).sort(),
      );
    });
  },
);
