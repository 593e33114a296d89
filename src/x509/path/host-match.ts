/**
 * Service identity: RFC 9525, with the rules that browsers share. Only
 * subjectAltName counts, unless the caller turns the common name on.
 */
import { equal, printable } from "../../bytes.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { ipAddressText, parseIpAddress } from "../names/ip-address.ts";

/** Options for matching names. */
export interface MatchOptions {
  /**
   * Look at the subject's common name when the certificate has no dNSName.
   * Off by default: RFC 9525 2 has dropped it.
   */
  readonly checkCommonName?: boolean;
}

/**
 * Tells whether the certificate is valid for a host: an IP literal is compared
 * as bytes with iPAddress entries, a DNS name (A-labels; one trailing dot is
 * ignored) without case with dNSName entries, where `*` may stand for exactly
 * the whole left-most label above at least two more.
 *
 * @throws X509Error when subjectAltName or the subject is malformed
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 * import { matchHost } from "puretls/x509";
 *
 * const made = createSelfSigned({ provider, hosts: ["a.example"] });
 * if (!matchHost(made.certificate, "a.example")) throw new Error();
 * if (matchHost(made.certificate, "b.example")) throw new Error();
 * ```
 */
export function matchHost(
  certificate: Certificate,
  host: string,
  options: MatchOptions = {},
): boolean {
  const names = certificate.subjectAltName ?? [];
  const address = parseIpAddress(host);
  if (address !== undefined)
    return names.some(
      (name) => name.type === "iPAddress" && equal(name.value, address),
    );
  const wanted = normalHost(host);
  if (wanted === undefined) return false;
  const presented: string[] = [];
  for (const name of names)
    if (name.type === "dNSName") presented.push(name.value);
  if (options.checkCommonName === true && presented.length === 0)
    presented.push(...certificate.subject.commonNames);
  return presented.some((pattern) => matchesDnsName(pattern, wanted));
}

/** The names that {@link matchHost} compares with, for a message. */
export function presentedNames({ subjectAltName = [] }: Certificate): string {
  const names = subjectAltName.flatMap((name) =>
    name.type === "dNSName"
      ? [name.value]
      : name.type === "iPAddress"
        ? [ipAddressText(name.value)]
        : [],
  );
  return names.length === 0 ? "no name" : printable(names.join(", "));
}

/**
 * Tells whether a presented DNS name, perhaps with a wildcard, covers a host
 * that went through {@link normalHost}.
 */
export function matchesDnsName(presented: string, host: string): boolean {
  const pattern = presented.toLowerCase();
  if (!pattern.startsWith("*.")) return pattern === host && isDnsName(pattern);
  const suffix = pattern.slice(1);
  // RFC 9525 6.3: "the wildcard matches exactly one label"; and one that would
  // cover a whole top-level domain is not to be trusted (section 7.1).
  if (!isDnsName(suffix.slice(1)) || !suffix.slice(1).includes("."))
    return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === suffix;
}

/** Lower case, without a trailing dot; undefined when it is no DNS name. */
export function normalHost(host: string): string | undefined {
  const name = (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase();
  return isDnsName(name) ? name : undefined;
}

/**
 * Letters, digits, hyphens and (because names have them) underscores, in
 * labels of 1 to 63 and 253 in all. No NUL, no blank, no wildcard.
 */
export function isDnsName(name: string): boolean {
  return (
    name.length <= 253 &&
    /^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i.test(name)
  );
}
