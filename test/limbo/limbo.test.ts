/**
 * x509-limbo by C2SP: 208 certificate paths and what a validator should say.
 * The data is read from the folder that PURETLS_VECTORS names.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  type CertificateVerifier,
  createVerifier,
  createVerifierOf,
  CrlStore,
  parsePem,
  TrustStore,
  type VerifierOptions,
  X509Error,
} from "../../src/x509/index.ts";
import { hasOpenssl, opensslVerify } from "../support/openssl-certs.ts";

/** Profiles that are held against what the suite itself expects. */
type Scored = "default" | "issuance";
type Profile = Scored | "strict";

interface LimboCase {
  readonly id: string;
  readonly validation_kind: "SERVER" | "CLIENT";
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_result: "SUCCESS" | "FAILURE";
  readonly expected_peer_name: {
    readonly kind: string;
    readonly value: string;
  } | null;
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
}

interface Answers {
  readonly wrongAccept: readonly string[];
  readonly wrongReject: readonly string[];
  readonly slowest: { readonly id: string; readonly milliseconds: number };
}

type Reasons = Readonly<Record<string, string>>;

interface Exceptions {
  readonly wrongAccept: Reasons;
  readonly wrongReject: Reasons;
}

/** Cases that name no time were made to be validated after this day. */
const DEFAULT_TIME = Date.UTC(2026, 2, 15);

const folder = process.env["PURETLS_VECTORS"];
const file = folder === undefined ? "" : join(folder, "limbo", "limbo.json");
const found = file !== "" && existsSync(file);

const exceptions = JSON.parse(
  readFileSync(new URL("exceptions.json", import.meta.url), "utf8"),
) as Readonly<Record<Scored, Exceptions>> & {
  /**
   * Cases in which the strict profile and `openssl verify -x509_strict` differ.
   */
  readonly strict: Reasons;
};

/** @throws X509Error when the path is refused */
function judge(
  one: LimboCase,
  profile: Profile,
  make: (options: VerifierOptions) => CertificateVerifier = createVerifier,
): void {
  const der = (pem: string): Uint8Array => {
    const [block] = parsePem(pem);
    if (block === undefined) throw new Error(`${one.id}: no PEM block`);
    return block.der;
  };
  const verifier = make({
    provider: noble,
    trustStore: TrustStore.of(...one.trusted_certs),
    profile,
    ...(one.max_chain_depth === null
      ? {}
      : { maximumIntermediates: one.max_chain_depth }),
    ...(one.crls.length === 0
      ? {}
      : { crls: CrlStore.of(...one.crls), crlCheck: "leaf" }),
  });
  const certificates = [
    one.peer_certificate,
    ...one.untrusted_intermediates,
  ].map(der);
  verifier.verify(
    { certificates },
    {
      purpose: one.validation_kind === "SERVER" ? "serverAuth" : "clientAuth",
      serverName: one.expected_peer_name?.value,
      now: timeOf(one),
    },
  );
}

function accepts(
  one: LimboCase,
  profile: Profile,
  make?: (options: VerifierOptions) => CertificateVerifier,
): boolean {
  try {
    judge(one, profile, make);
    return true;
  } catch (error) {
    // Anything else is a defect, whatever the case expects.
    if (error instanceof X509Error) return false;
    throw error;
  }
}

function timeOf(one: LimboCase): number {
  return one.validation_time === null
    ? DEFAULT_TIME
    : Date.parse(one.validation_time);
}

/** Tells whether `openssl verify -x509_strict` accepts a case. */
function opensslAccepts(one: LimboCase): boolean {
  const name = one.expected_peer_name;
  const { code } = opensslVerify({
    leaf: one.peer_certificate,
    intermediates: one.untrusted_intermediates,
    trusted: one.trusted_certs,
    crls: one.crls,
    time: Math.floor(timeOf(one) / 1000),
    options: [
      "-x509_strict",
      "-partial_chain",
      "-auth_level",
      "2",
      "-purpose",
      one.validation_kind === "SERVER" ? "sslserver" : "sslclient",
      ...(one.crls.length === 0 ? [] : ["-crl_check"]),
      ...(one.max_chain_depth === null
        ? []
        : ["-verify_depth", one.max_chain_depth.toString()]),
      ...(name === null
        ? []
        : [name.kind === "IP" ? "-verify_ip" : "-verify_hostname", name.value]),
    ],
  });
  return code === 0;
}

function run(cases: readonly LimboCase[], profile: Scored): Answers {
  const wrongAccept: string[] = [];
  const wrongReject: string[] = [];
  let slowest = { id: "", milliseconds: 0 };
  for (const one of cases) {
    const begin = performance.now();
    const accepted = accepts(one, profile);
    const milliseconds = Math.round(performance.now() - begin);
    if (milliseconds > slowest.milliseconds)
      slowest = { id: one.id, milliseconds };
    if (accepted && one.expected_result === "FAILURE") wrongAccept.push(one.id);
    if (!accepted && one.expected_result === "SUCCESS")
      wrongReject.push(one.id);
  }
  return { wrongAccept, wrongReject, slowest };
}

const suite = found ? describe : describe.skip;

suite(
  "x509-limbo (skipped unless PURETLS_VECTORS names a folder with limbo/limbo.json of the public suite x509-limbo by C2SP)",
  () => {
    const { testcases } = (
      found ? JSON.parse(readFileSync(file, "utf8")) : { testcases: [] }
    ) as { readonly testcases: readonly LimboCase[] };

    it("a verifier without further checks accepts nothing more", () => {
      const cases = testcases.filter(({ crls }) => crls.length === 0);
      const alone = cases.filter((one) =>
        accepts(one, "default", (options) => createVerifierOf([], options)),
      );
      expect(alone.length).toBeGreaterThan(20);
      expect(alone.filter((one) => !accepts(one, "default"))).toEqual([]);
    });

    const strict = hasOpenssl() ? it : it.skip;
    strict(
      "strict profile, as OpenSSL's (skipped without OpenSSL 3)",
      { timeout: 120_000 },
      () => {
        const different: Record<string, string> = {};
        for (const one of testcases) {
          const ours = accepts(one, "strict");
          if (ours !== opensslAccepts(one))
            different[one.id] = ours ? "we accept" : "they accept";
        }
        const count = Object.keys(different).length;
        console.log(
          `limbo, strict profile: ${String(testcases.length - count)} answers ` +
            `of ${String(testcases.length)} as openssl verify -x509_strict`,
        );
        const undeclared = Object.entries(different).filter(
          ([id]) => exceptions.strict[id] === undefined,
        );
        expect(undeclared).toEqual([]);
        expect(Object.keys(exceptions.strict).sort()).toEqual(
          Object.keys(different).sort(),
        );
      },
    );

    it.each(["default", "issuance"] as const)("%s profile", (profile) => {
      const answers = run(testcases, profile);
      const { wrongAccept, wrongReject, slowest } = answers;
      const wrong = wrongAccept.length + wrongReject.length;
      console.log(
        `limbo, ${profile} profile: ${String(testcases.length)} cases, ` +
          `${String(testcases.length - wrong)} pass, ` +
          `${String(wrongAccept.length)} wrong accept, ` +
          `${String(wrongReject.length)} wrong reject; slowest ` +
          `${slowest.id} with ${String(slowest.milliseconds)} ms`,
      );
      const declared = exceptions[profile];
      expect(testcases.length).toBe(208);
      expect(wrongAccept.slice().sort()).toEqual(
        Object.keys(declared.wrongAccept).sort(),
      );
      expect(wrongReject.slice().sort()).toEqual(
        Object.keys(declared.wrongReject).sort(),
      );
    });
  },
);

describe("the exceptions", () => {
  it.each<[Profile, readonly Reasons[]]>([
    ["default", Object.values(exceptions.default)],
    ["strict", [exceptions.strict]],
    ["issuance", Object.values(exceptions.issuance)],
  ])("of the %s profile have a reason each", (_, lists) => {
    for (const reason of lists.flatMap((list) => Object.values(list)))
      expect(reason.length).toBeGreaterThan(10);
  });
});
