import { type BytesLike, latin1, viewBytes } from "../../bytes.ts";
import { found } from "./arguments.ts";
import { SSLError } from "../errors/errors.ts";

/**
 * Names for ALPN (RFC 7301) as the engine wants them: one character is one
 * byte.
 *
 * @throws TypeError for a text that is not ASCII
 * @throws SSLError for a name that has not from 1 to 255 bytes
 */
export function alpnNames(
  names: readonly (string | BytesLike)[],
): readonly string[] {
  const given: unknown = names;
  if (!Array.isArray(given))
    throw new TypeError(
      `ALPN: ${found(given)}; a list of names is allowed, as ["h2", "http/1.1"]`,
    );
  return names.map((name) => {
    const text =
      typeof name === "string" ? name : latin1(viewBytes(name, "ALPN name"));
    if (typeof name === "string" && /[^\0-\x7f]/.test(name))
      throw new TypeError("ALPN: a name given as a text has to be ASCII");
    if (text.length < 1 || text.length > 255)
      throw new SSLError("ALPN protocols must be 1 to 255 in length", {
        code: "ERR_SSL_BAD_ALPN",
      });
    return text;
  });
}
