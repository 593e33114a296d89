/** Errors of keys and certificates, with the codes that Node has for them. */
import { SSLError } from "../../ssl/errors/errors.ts";
import { codeOf, nodeError } from "../base/errors.ts";
import { native } from "../base/native.ts";
import type { SecureContextOptions } from "./context-options.ts";

/**
 * Runs what reads the options; its error comes out with the code that Node's own
 * module has for the same options, where that refuses them too.
 *
 * @throws Error with Node's code
 */
export function asMaterialError<T>(
  options: SecureContextOptions,
  read: () => T,
): T {
  try {
    return read();
  } catch (error) {
    if (isOfNode(error)) throw error;
    const theirs = errorOfNode(options);
    throw nodeError(
      codeOf(theirs) ?? codeHere(error),
      messageOf(theirs, error),
      factsOf(theirs, error),
    );
  }
}

/** Errors of the checks of options, which have Node's code already. */
function isOfNode(error: unknown): boolean {
  return (
    !(error instanceof SSLError) && codeOf(error)?.startsWith("ERR_") === true
  );
}

function errorOfNode(options: SecureContextOptions): unknown {
  try {
    native.createSecureContext(options);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** For what Node accepts and puretls does not. */
function codeHere(error: unknown): string {
  return error instanceof SSLError ? error.code : "ERR_CRYPTO_OPERATION_FAILED";
}

/** The words of this Node's own error, by which programs tell it, and a sentence. */
function messageOf(theirs: unknown, error: unknown): string {
  const sentence = error instanceof Error ? error.message : String(error);
  const { library, reason } = factsOf(theirs, undefined);
  if (typeof library === "string" && typeof reason === "string")
    return `${library}::${reason}: ${sentence}`;
  return theirs instanceof Error ? `${theirs.message}: ${sentence}` : sentence;
}

/** OpenSSL's words for the part at fault and for the reason. */
function factsOf(theirs: unknown, cause: unknown) {
  const facts: Record<string, unknown> = { cause };
  if (typeof theirs === "object" && theirs !== null)
    for (const name of ["library", "reason"])
      if (name in theirs) facts[name] = Reflect.get(theirs, name);
  return facts;
}
