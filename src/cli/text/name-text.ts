import { printable } from "../../bytes.ts";
import { attributeName, type Name } from "../../x509/index.ts";

/** RFC 4514 3, and what OpenSSL calls the others that are common. */
const SHORT: Readonly<Record<string, string>> = {
  commonName: "CN",
  countryName: "C",
  domainComponent: "DC",
  givenName: "GN",
  localityName: "L",
  organizationName: "O",
  organizationalUnitName: "OU",
  stateOrProvinceName: "ST",
  surname: "SN",
  userId: "UID",
};

/**
 * A name in one line, the most general part first: `C=AQ, O=Ice, CN=a.test`.
 * A value that could be taken for more than one stands in quotes.
 *
 * @param rdns attributes by OpenSSL's long names
 */
export function nameText(
  rdns: readonly (readonly (readonly [string, string])[])[],
): string {
  const parts = rdns.map((rdn) =>
    rdn
      .map(([type, value]) => `${SHORT[type] ?? type}=${valueText(value)}`)
      .join(" + "),
  );
  return parts.join(", ") || "(empty)";
}

/**
 * {@link nameText} of a name in a certificate.
 *
 * @throws X509Error when it is malformed
 */
export function subjectText(name: Name): string {
  return nameText(
    name.relativeDistinguishedNames.map((rdn) =>
      rdn.map(({ type, value }) => [attributeName(type), value] as const),
    ),
  );
}

function valueText(value: string): string {
  const text = printable(value);
  const isPlain = !/^[ #]|[,+"<>;]| $/.test(text);
  return isPlain ? text : `"${text.split('"').join('\\"')}"`;
}
