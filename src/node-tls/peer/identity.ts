/** Names of servers in certificates. */
import type { PeerCertificate } from "node:tls";
import { domainToAscii } from "../../ssl/names/punycode.ts";
import { native } from "../base/native.ts";

/**
 * Returns a host as SNI and certificates have it: with A-labels (RFC 5890) where it has
 * other letters than ASCII, and otherwise as it is. Never by the parser of URLs, which
 * cuts a name at a slash and decodes percent signs: another host would be verified.
 *
 * @throws RangeError for what has no A-label
 */
export function asciiHost(host: string): string {
  return /^[\x00-\x7f]*$/.test(host) ? host : domainToAscii(host);
}

/**
 * Compares a host with the names in a certificate object; the result is undefined
 * where they match, and otherwise the error ERR_TLS_CERT_ALTNAME_INVALID. Node's
 * `tls.checkServerIdentity()`, and that very function. A connection that is given
 * no other is verified by the rules of RFC 9525 besides, which allow `*` as a whole
 * label only.
 *
 * @example
 * ```ts
 * import { checkServerIdentity } from "puretls/node-tls";
 *
 * const cert = { subject: { CN: "a" }, subjectaltname: "DNS:a.example" };
 * const error = Reflect.apply(checkServerIdentity, undefined, ["b.example", cert]);
 * if (error.code !== "ERR_TLS_CERT_ALTNAME_INVALID") throw error;
 * ```
 */
export const checkServerIdentity: (
  hostname: string,
  cert: PeerCertificate,
) => Error | undefined = native.checkServerIdentity;
