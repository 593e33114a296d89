/**
 * A certificate that stands for a trust anchor, which is no more than a name, a key
 * and constraints (RFC 5280 6.1.1 (d)). Its signature is empty: nobody verifies that
 * of an anchor.
 */
import { asciiBytes, type Bytes, concat, NO_BYTES } from "../bytes.ts";
import { Certificate } from "../x509/certificates/certificate.ts";
import * as TAG from "../x509/der/tags.ts";

/** A trust anchor: its parts as DER, each one element. */
export interface TrustAnchor {
  readonly name: Uint8Array;
  /** An OCTET STRING, by which issuers are ordered. */
  readonly keyIdentifier: Uint8Array;
  readonly publicKeyInfo: Uint8Array;
  /** A NameConstraints; undefined: any name. */
  readonly nameConstraints: Uint8Array | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Returns the certificate that stands for an anchor. */
export function certificateOf(anchor: TrustAnchor): Certificate {
  const { name, keyIdentifier, publicKeyInfo, nameConstraints } = anchor;
  const extensions = [
    extension(BASIC_CONSTRAINTS, CRITICAL, CA),
    extension(KEY_USAGE, CRITICAL, CERTIFICATES_AND_LISTS),
    extension(SUBJECT_KEY_IDENTIFIER, NO_BYTES, keyIdentifier),
  ];
  if (nameConstraints !== undefined)
    extensions.push(extension(NAME_CONSTRAINTS, CRITICAL, nameConstraints));
  const content = element(
    TAG.sequence,
    Uint8Array.of(0xa0, 3, TAG.integer, 1, 2),
    Uint8Array.of(TAG.integer, 1, 1),
    ECDSA_WITH_SHA256,
    name,
    element(TAG.sequence, time(0), time(anchor.notAfter)),
    name,
    publicKeyInfo,
    element(0xa3, element(TAG.sequence, ...extensions)),
  );
  return Certificate.parse(
    element(
      TAG.sequence,
      content,
      ECDSA_WITH_SHA256,
      Uint8Array.of(TAG.bitString, 1, 0),
    ),
  );
}

/** Last bytes of id-ce extensions, 2.5.29.x. */
const SUBJECT_KEY_IDENTIFIER = 14;
const KEY_USAGE = 15;
const BASIC_CONSTRAINTS = 19;
const NAME_CONSTRAINTS = 30;

const CRITICAL = Uint8Array.of(TAG.boolean, 1, 0xff);
const CA = Uint8Array.of(TAG.sequence, 3, ...CRITICAL);
/** keyCertSign and cRLSign. */
const CERTIFICATES_AND_LISTS = Uint8Array.of(TAG.bitString, 2, 1, 6);
const ECDSA_WITH_SHA256 = Uint8Array.of(
  ...[TAG.sequence, 10, TAG.objectIdentifier, 8],
  ...[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
);

function extension(last: number, critical: Uint8Array, value: Uint8Array) {
  return element(
    TAG.sequence,
    Uint8Array.of(TAG.objectIdentifier, 3, 0x55, 0x1d, last),
    critical,
    element(TAG.octetString, value),
  );
}

/** RFC 5280 4.1.2.5: UTCTime before the year 2050, then GeneralizedTime. */
function time(milliseconds: number): Bytes {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, "");
  const text = `${digits.slice(0, 14)}Z`;
  return text < "2050"
    ? element(TAG.utcTime, asciiBytes(text.slice(2)))
    : element(TAG.generalizedTime, asciiBytes(text));
}

/** An element of less than 64 KiB. */
function element(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concat(...parts);
  const { length } = content;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : [0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.of(tag, ...size), content);
}
