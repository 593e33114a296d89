/**
 * The options of a verifier, and which values each has. A misspelt one is refused:
 * it would leave a check out in silence.
 */
import {
  type Kind,
  LIST,
  type Names,
  OBJECT,
  objectWith,
  requireKind,
  requireNames,
} from "../../options.ts";
import type { TrustStore } from "../trust/trust-store.ts";
import { type Budgets, DEFAULT_BUDGETS } from "./budget.ts";
import { LEAST_RSA_BITS } from "./signatures.ts";
import type { PathOptions } from "./validate-path.ts";

/** Options of {@link createVerifier}. */
export interface VerifierOptions extends PathOptions {
  /** Read at each verification: certificates may be added later. */
  readonly trustStore: TrustStore;
  /**
   * True: any trusted certificate ends a path; false: a root alone does.
   * Default true.
   */
  readonly partialChain?: boolean;
  /** True: `serverName` is checked. Default true. */
  readonly checkHostname?: boolean;
  /** Between leaf and anchor, self-issued ones aside. Default 8. */
  readonly maximumIntermediates?: number;
  readonly budgets?: Partial<Budgets>;
  /** Entries of the verified-signature cache; 0 turns it off. Default 512. */
  readonly signatureCacheSize?: number;
}

const oneOf = (...words: readonly unknown[]): Kind => ({
  name: `one of ${words.join(", ")}`,
  has: (value) => words.includes(value),
});
const from = (least: number): Kind => ({
  name: `a whole number from ${least.toString()} on`,
  has: (value) =>
    value === Infinity || (Number.isInteger(value) && Number(value) >= least),
});
const FLAG: Kind = oneOf(true, false);

const KINDS: { readonly [N in keyof Names<VerifierOptions>]: Kind } = {
  provider: objectWith("now"),
  trustStore: objectWith("findBySubject"),
  crls: objectWith("findByIssuer"),
  transparency: objectWith("check"),
  profile: oneOf("default", "strict", "issuance"),
  securityLevel: oneOf(0, 1, 2, 3, 4, 5),
  crlCheck: oneOf("none", "leaf", "chain"),
  ocsp: oneOf("ignore", "check", "mustStaple", "require"),
  checkCommonName: FLAG,
  requireExplicitPolicy: FLAG,
  inhibitPolicyMapping: FLAG,
  inhibitAnyPolicy: FLAG,
  partialChain: FLAG,
  checkHostname: FLAG,
  minimumRsaBits: from(LEAST_RSA_BITS),
  maximumIntermediates: from(0),
  signatureCacheSize: from(0),
  initialPolicySet: LIST,
  budgets: OBJECT,
};

const KIND_ROWS = /* @__PURE__ */ Object.entries(KINDS);

/**
 * Refuses names and values that no rule knows: a program in JavaScript learns it
 * before any peer is validated.
 *
 * @throws TypeError
 */
export function requireVerifierOptions(
  call: string,
  options: VerifierOptions,
): void {
  requireNames(call, options, KINDS);
  for (const [name, kind] of KIND_ROWS) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined || name === "provider" || name === "trustStore")
      requireKind(name, value, kind);
  }
  const { budgets = {} } = options;
  requireNames("budgets", budgets, DEFAULT_BUDGETS);
  for (const [name, most] of Object.entries(budgets))
    requireKind(`budgets.${name}`, most, from(0));
}
