/**
 * The names of files in OpenSSL's hashed directories: `<hash>.0` for a
 * certificate's subject, `<hash>.r0` for a CRL's issuer.
 */
import { type Bytes, concat, toHex, utf8Bytes } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { DerElement } from "../der/der.ts";
import { readSingle, stringText } from "../der/der.ts";
import * as TAG from "../der/tags.ts";
import { decoding } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { Name } from "./name.ts";
import { foldText } from "./name.ts";

/**
 * OpenSSL's `-subject_hash`: SHA-1 of the name's canonical form, the first four
 * bytes as a little-endian number, in eight hexadecimal digits. See
 * {@link Name} for an example.
 *
 * @throws X509Error `malformed_certificate` for a malformed name
 */
export function opensslNameHash(provider: CryptoProvider, name: Name): string {
  const canonical = decoding(fault.malformed_certificate, () =>
    canonicalRdns(name.der),
  );
  const digest = provider.hashes["SHA-1"].hash(canonical);
  return toHex(digest.slice(0, 4).reverse());
}

/** The RDNs without the SEQUENCE around them, each value folded and in UTF-8. */
function canonicalRdns(der: Uint8Array): Bytes {
  const rdns: Uint8Array[] = [];
  const reader = readSingle(der, TAG.sequence, "Name").reader();
  while (!reader.done) {
    const set = reader.read(TAG.set, "RelativeDistinguishedName").reader();
    const attributes: Uint8Array[] = [];
    while (!set.done)
      attributes.push(
        canonicalAttribute(set.read(TAG.sequence, "AttributeTypeAndValue")),
      );
    // X.690 11.6: the elements of a SET OF stand in ascending order.
    attributes.sort(compareBytes);
    rdns.push(encode(TAG.set, ...attributes));
  }
  return concat(...rdns);
}

function canonicalAttribute(element: DerElement): Bytes {
  const reader = element.reader();
  const type = reader.read(TAG.objectIdentifier, "attribute type").der;
  const value = reader.readAny("attribute value");
  reader.end("AttributeTypeAndValue");
  const text =
    value.tag === TAG.numericString
      ? undefined
      : stringText(value, "attribute value");
  const canonical =
    text === undefined
      ? value.der
      : encode(TAG.utf8String, utf8Bytes(foldText(text)));
  return encode(TAG.sequence, type, canonical);
}

function encode(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concat(...parts);
  const length: number[] = [];
  for (let left = content.length; left > 0; left >>>= 8)
    length.unshift(left & 0xff);
  const header =
    content.length < 0x80
      ? [tag, content.length]
      : [tag, 0x80 | length.length, ...length];
  return concat(Uint8Array.from(header), content);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
