/** The option `ciphers`: suites of both versions in one text. */
import { currentDefault } from "../base/defaults.ts";
import { requireText } from "../base/checks.ts";
import { wrongValue } from "../base/errors.ts";
import { native } from "../base/native.ts";

/** The suites of an options object; undefined: those of puretls. */
export interface SuiteChoice {
  /** Of TLS 1.2, in OpenSSL's language. */
  readonly ciphers?: string;
  /** Of TLS 1.3. */
  readonly ciphersuites?: string;
  /** TLS 1.3 alone: no suite of another version is named. */
  readonly only13: boolean;
}

/**
 * Splits the option. Node's default text is read as puretls's own default.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no text,
 *   ERR_INVALID_ARG_VALUE for a text that names nothing
 */
export function suiteChoice(option: unknown): SuiteChoice {
  if (option !== undefined && option !== null)
    requireText("options.ciphers", option);
  const text = option || currentDefault("DEFAULT_CIPHERS");
  if (text === native.defaultCiphers || typeof text !== "string")
    return { only13: false };
  const words = text.split(":").filter((word) => word !== "");
  const is13 = (word: string): boolean => /^!?TLS_/.test(word);
  const ciphersuites = suites13(words.filter(is13)).join(":");
  const ciphers = words.filter((word) => !is13(word)).join(":");
  if (words.length === 0)
    throw wrongValue(
      "options.ciphers",
      text,
      "names of suites with colons between them are allowed",
    );
  return {
    ...(ciphers !== "" && { ciphers }),
    ...(ciphersuites !== "" && { ciphersuites }),
    only13: ciphers === "",
  };
}

/** Those that are named, or Node's own where some are only taken out: `!TLS_…`. */
function suites13(words: readonly string[]): readonly string[] {
  const named = words.filter((word) => !word.startsWith("!"));
  const all =
    named.length > 0 || words.length === 0
      ? named
      : native.defaultCiphers.split(":").filter((word) => /^TLS_/.test(word));
  return all.filter((word) => !words.includes(`!${word}`));
}
