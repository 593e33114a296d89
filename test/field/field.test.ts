/**
 * Field certificates: 112 chains of kinds that public reports were about, each
 * with what five other validators answered. The data is read from the folder
 * that PURETLS_VECTORS names.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createVerifier,
  parsePem,
  TrustStore,
  X509Error,
} from "../../src/x509/index.ts";

type Profile = "default" | "strict";
type Answer = "accept" | "reject" | "skipped";

interface FieldCase {
  readonly id: string;
  readonly validation_kind: "SERVER" | "CLIENT";
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string;
  readonly expected_peer_name: { readonly value: string } | null;
  readonly references: Readonly<Record<string, Answer>>;
}

/** Cases in which this library disagrees, each with its reason. */
type Exceptions = Readonly<Record<Profile, Readonly<Record<string, string>>>>;

const STACKS = ["openssl", "go", "rustls-webpki", "pyca", "gnutls"] as const;

const folder = process.env["PURETLS_VECTORS"];
const file = folder === undefined ? "" : join(folder, "field", "field.json");
const found = file !== "" && existsSync(file);

const exceptions = JSON.parse(
  readFileSync(new URL("exceptions.json", import.meta.url), "utf8"),
) as Exceptions;

function der(pem: string): Uint8Array {
  const [block] = parsePem(pem);
  if (block === undefined) throw new Error("no PEM block");
  return block.der;
}

/** "accept", or the code of the refusal. */
function answer(one: FieldCase, profile: Profile): string {
  try {
    createVerifier({
      provider: noble,
      trustStore: TrustStore.of(...one.trusted_certs),
      profile,
    }).verify(
      {
        certificates: [
          one.peer_certificate,
          ...one.untrusted_intermediates,
        ].map(der),
      },
      {
        purpose: one.validation_kind === "SERVER" ? "serverAuth" : "clientAuth",
        serverName: one.expected_peer_name?.value,
        now: Date.parse(one.validation_time),
      },
    );
    return "accept";
  } catch (error) {
    // Anything else is a defect, whatever the others answer.
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

/**
 * The verdict of at least two thirds of the stacks that gave one; undefined if
 * there is none.
 */
function majority(one: FieldCase): Answer | undefined {
  const answers = STACKS.map((stack) => one.references[stack]).filter(
    (said) => said === "accept" || said === "reject",
  );
  for (const said of ["accept", "reject"] as const)
    if (
      3 * answers.filter((other) => other === said).length >=
      2 * answers.length
    )
      return said;
  return undefined;
}

function disagreements(
  cases: readonly FieldCase[],
  profile: Profile,
): Readonly<Record<string, string>> {
  const different: Record<string, string> = {};
  for (const one of cases) {
    const theirs =
      profile === "strict" ? one.references["openssl-strict"] : majority(one);
    if (theirs === undefined || theirs === "skipped") continue;
    const ours = answer(one, profile);
    if ((ours === "accept") !== (theirs === "accept"))
      different[one.id] = `${ours}, they ${theirs}`;
  }
  return different;
}

const suite = found ? describe : describe.skip;

suite(
  "field certificates (skipped unless PURETLS_VECTORS names a folder with field/field.json)",
  () => {
    const { testcases } = (
      found ? JSON.parse(readFileSync(file, "utf8")) : { testcases: [] }
    ) as { readonly testcases: readonly FieldCase[] };

    it.each(["default", "strict"] as const)("%s profile", (profile) => {
      const different = disagreements(testcases, profile);
      console.log(
        `field, ${profile} profile: ${String(testcases.length)} cases, ` +
          `${String(Object.keys(different).length)} answers unlike the others'`,
      );
      expect(testcases.length).toBe(112);
      const undeclared = Object.entries(different).filter(
        ([id]) => exceptions[profile][id] === undefined,
      );
      expect(undeclared).toEqual([]);
      // An exception that is none any more goes out of the list.
      expect(Object.keys(exceptions[profile]).sort()).toEqual(
        Object.keys(different).sort(),
      );
    });
  },
);

describe("the exceptions", () => {
  it.each(["default", "strict"] as const)(
    "of the %s profile have a reason each",
    (profile) => {
      for (const reason of Object.values(exceptions[profile]))
        expect(reason.length).toBeGreaterThan(10);
    },
  );
});
