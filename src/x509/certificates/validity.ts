import type { Certificate } from "./certificate.ts";

/**
 * Compares a time with a certificate's period of validity. Both of its ends
 * belong to it, RFC 5280 4.1.2.5, and it is made of whole seconds: until the
 * last of them is over the certificate is valid.
 *
 * @param now milliseconds since the epoch; fractions of a second are dropped
 */
export function validityAt(
  { notBefore, notAfter }: Pick<Certificate, "notBefore" | "notAfter">,
  now: number,
): "before" | "within" | "after" {
  const second = Math.floor(now / 1000) * 1000;
  if (second < notBefore) return "before";
  return second > notAfter ? "after" : "within";
}
