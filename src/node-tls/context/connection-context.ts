/** The context of one connection: a secure context, and what a socket adds to it. */
import type { ContextChanges } from "../../ssl/context/options.ts";
import { contextState } from "../../ssl/context/context-state.ts";
import { Verifiers } from "../../ssl/context/verifiers.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import type { CertificateVerifier } from "../../x509/verifier.ts";
import type { ContextFacts } from "./context-settings.ts";

const VERIFIERS = new WeakMap<ContextFacts, CertificateVerifier>();

/** The verifier of the context's rules for chains; names are checked behind it. */
export function verifierOf(facts: ContextFacts): CertificateVerifier {
  const known = VERIFIERS.get(facts);
  if (known !== undefined) return known;
  const { kind, settings } = contextState(facts.base);
  const verifier = new Verifiers(kind).of({
    ...settings,
    checkHostname: false,
  });
  VERIFIERS.set(facts, verifier);
  return verifier;
}

/** Returns the context with the changes that one connection makes. */
export function connectionContext(
  { base }: ContextFacts,
  changes: ContextChanges,
): SSLContext {
  return base.extend(changes);
}
