/** The verdicts of a verifier on chains, for the tests of its rules. */
import { noble } from "../../src/crypto/noble/index.ts";
import type { VerifierOptions, VerifyContext } from "../../src/x509/index.ts";
import { createVerifier, TrustStore, X509Error } from "../../src/x509/index.ts";
import type { CertificateSpec, Issued } from "./der-builder.ts";
import { intermediate, leaf, NOW, root } from "./der-builder.ts";

/** A root, what it issued, and a server's certificate below that. */
export const anchor = root(1);
export const middle = intermediate(10, anchor);
export const end = leaf(middle);
export const context: VerifyContext = {
  purpose: "serverAuth",
  serverName: "example.com",
  now: NOW,
};

/** "ok", or the code of the fault that the verifier found. */
export function outcome(
  certificates: readonly Uint8Array[],
  options: Partial<VerifierOptions> = {},
  at: Partial<VerifyContext> = {},
  trusted: Issued = anchor,
): string {
  const trustStore = TrustStore.of(trusted.der);
  const verifier = createVerifier({ provider: noble, trustStore, ...options });
  try {
    verifier.verify({ certificates }, { ...context, ...at });
    return "ok";
  } catch (error) {
    if (error instanceof X509Error) return error.code;
    throw error;
  }
}

/** A chain of one, right below the root. */
export const leafOf = (
  spec: Partial<CertificateSpec>,
  ...extensions: readonly Uint8Array[]
): readonly Uint8Array[] => [
  leaf(anchor, extensions.length === 0 ? spec : { ...spec, extensions }).der,
];
