/** The name of the server that a client wants: checked, and as an A-label. */
import { parseIpAddress } from "../x509/ip-address.ts";
import { domainToAscii } from "./punycode.ts";

/**
 * The name as it goes into SNI and to the verifier: a text with other
 * characters than ASCII becomes A-labels (RFC 5890), an IP literal stays.
 *
 * @throws TypeError for what is no text, or holds a NUL
 * @throws RangeError for an empty text, a leading dot and a label that is empty
 *   or longer than 63 bytes
 */
export function serverHostnameOf(name: string): string {
  if (typeof name !== "string")
    throw new TypeError("serverHostname: a string is wanted");
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
