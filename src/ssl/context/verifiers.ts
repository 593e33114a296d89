/** The verifiers of a context: one for each set of rules. */
import { given } from "../../handshake/config/session-options.ts";
import {
  type CertificateVerifier,
  createVerifier,
} from "../../x509/verifier.ts";
import { VerifyFlags } from "../constants.ts";
import type { ContextKind, Settings } from "./settings.ts";

/** Settings that a verifier is made of: as long as they stay, it does. */
const RULES = [
  "trustStore",
  "crls",
  "verifyFlags",
  "checkHostname",
  "hostnameChecksCommonName",
  "securityLevel",
  "ocspStapling",
  "transparency",
] as const satisfies readonly (keyof Settings)[];

type Rules = Pick<Settings, (typeof RULES)[number]>;

/** Rules that a program goes back and forth between. */
const MOST_KEPT = 8;

/**
 * Verifiers keep what they have verified, and a session the verifier that
 * accepted its peer: the same rules have the same one.
 */
export class Verifiers {
  readonly #kind: ContextKind;
  /** The newest first. */
  #kept: readonly (readonly [Rules, CertificateVerifier])[] = [];

  constructor(kind: ContextKind) {
    this.#kind = kind;
  }

  of(rules: Rules): CertificateVerifier {
    for (const [own, verifier] of this.#kept)
      if (RULES.every((name) => own[name] === rules[name])) return verifier;
    const verifier = verifierOf(this.#kind, rules);
    this.#kept = [[rules, verifier] as const, ...this.#kept].slice(
      0,
      MOST_KEPT,
    );
    return verifier;
  }
}

function verifierOf({ provider }: ContextKind, rules: Rules) {
  const { verifyFlags, ocspStapling, transparency } = rules;
  const has = (bits: number): boolean => (verifyFlags & bits) === bits;
  return createVerifier({
    provider,
    trustStore: rules.trustStore,
    crls: rules.crls,
    crlCheck: has(VerifyFlags.VERIFY_CRL_CHECK_CHAIN)
      ? "chain"
      : has(VerifyFlags.VERIFY_CRL_CHECK_LEAF)
        ? "leaf"
        : "none",
    profile: has(VerifyFlags.VERIFY_X509_STRICT) ? "strict" : "default",
    partialChain: has(VerifyFlags.VERIFY_X509_PARTIAL_CHAIN),
    checkHostname: rules.checkHostname,
    checkCommonName: rules.hostnameChecksCommonName,
    securityLevel: rules.securityLevel,
    ...(ocspStapling === "require" && { ocsp: "require" }),
    ...given("transparency", transparency ?? undefined),
  });
}
