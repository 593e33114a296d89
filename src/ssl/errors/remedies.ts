/** Advice of an error: the setting of a context that leaves out what the peer offers. */
import type { Remedy } from "../../errors.ts";
import { opensslName } from "../suite-names.ts";

/** Names that a line of advice has. */
const MOST = 4;

/** Returns the advice with its punctuation, "" where there is none. */
export function remedyText(remedy: Remedy | undefined): string {
  if (remedy === undefined) return "";
  if (remedy.names.length === 0)
    return `; setCiphers("ALL"), setGroups() and signatureAlgorithms can offer more`;
  return `; ${callFor(remedy)} would enable ${remedy.names.length === 1 ? "it" : "more"}`;
}

function callFor({ option, names }: Remedy): string {
  const some = names.slice(0, MOST);
  switch (option) {
    case "versions":
      return `minimumVersion and maximumVersion that take in ${some.join(" or ")}`;
    case "groups":
      return `setGroups(${JSON.stringify(some)})`;
    case "signatureSchemes":
      return `signatureAlgorithms = ${JSON.stringify(some)}`;
    case "cipherSuites": {
      const of12 = some.filter((name) => name.includes("_WITH_"));
      return of12.length === 0
        ? `setCiphersuites("${some.join(":")}")`
        : `setCiphers("${of12.map(opensslName).join(":")}")`;
    }
  }
}
