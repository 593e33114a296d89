/** The name of the server that a client wants: checked, and as an A-label. */
import { parseIpAddress } from "../../x509/names/ip-address.ts";
import { domainToAscii } from "./punycode.ts";

/** A host without the brackets that URLs have around an IPv6 literal. */
export function withoutBrackets(host: string): string {
  const inner = /^\[(.*)\]$/.exec(host)?.[1] ?? "";
  return inner.includes(":") && parseIpAddress(inner) ? inner : host;
}

/**
 * The name as it goes into SNI and to the verifier: a text with other
 * characters than ASCII becomes A-labels (RFC 5890), an IP literal stays.
 *
 * @throws TypeError for what is no text, or holds a NUL
 * @throws RangeError for an empty text, a leading dot, a label that is empty or
 *   longer than 63 bytes, and what {@link domainToAscii} refuses
 */
export function serverHostnameOf(given: string): string {
  if (typeof given !== "string")
    throw new TypeError("serverHostname: a string is wanted");
  const name = withoutBrackets(given);
  if (name.includes("\0"))
    throw new TypeError("serverHostname: embedded null character");
  if (name === "" || name.startsWith("."))
    throw new RangeError(
      "serverHostname cannot be an empty string or start with a leading dot",
    );
  if (parseIpAddress(name) !== undefined) return name;
  const ascii = domainToAscii(name);
  const labels = (ascii.endsWith(".") ? ascii.slice(0, -1) : ascii).split(".");
  for (const label of labels)
    if (label.length === 0 || label.length > 63)
      throw new RangeError(
        "serverHostname: a label has from 1 to 63 characters",
      );
  return ascii;
}
