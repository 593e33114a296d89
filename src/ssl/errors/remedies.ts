/** Advice of an error: the setting of a context that leaves out what the peer offers. */
import type { Remedy } from "../../errors.ts";
import { opensslName } from "../suite-names.ts";

/** Names that a line of advice has. */
const MOST = 4;

/** The calls and settings of one interface, for its advice. */
export interface RemedyWords {
  /** Said where it cannot be known which names the peer accepts. */
  readonly anything: string;
  readonly versions: (names: readonly string[]) => string;
  readonly groups: (names: readonly string[]) => string;
  readonly signatureSchemes: (names: readonly string[]) => string;
  readonly cipherSuites: (names: readonly string[]) => string;
}

/** Those of an `SSLContext`. */
const CONTEXT_WORDS: RemedyWords = {
  anything: `setCiphers("ALL"), setGroups() and signatureAlgorithms`,
  versions: (names) =>
    `minimumVersion and maximumVersion that take in ${names.join(" or ")}`,
  groups: (names) => `setGroups(${JSON.stringify(names)})`,
  signatureSchemes: (names) => `signatureAlgorithms = ${JSON.stringify(names)}`,
  cipherSuites: (names) => {
    const of12 = names.filter((name) => name.includes("_WITH_"));
    return of12.length === 0
      ? `setCiphersuites("${names.join(":")}")`
      : `setCiphers("${of12.map(opensslName).join(":")}")`;
  },
};

/** Returns the advice with its punctuation, "" where there is none. */
export function remedyText(
  remedy: Remedy | undefined,
  words: RemedyWords = CONTEXT_WORDS,
): string {
  if (remedy === undefined) return "";
  const { option, names } = remedy;
  if (names.length === 0) return `; ${words.anything} can offer more`;
  const call = words[option](names.slice(0, MOST));
  return `; ${call} would enable ${names.length === 1 ? "it" : "more"}`;
}
