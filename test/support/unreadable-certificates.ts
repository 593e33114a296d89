/**
 * Certificates that OpenSSL loads and serves, and that RFC 5280 forbids: those
 * of one key, made by hand.
 */
import * as OID from "../../src/x509/der/oids.ts";
import {
  bits,
  bool,
  bytes,
  explicit,
  implicit,
  int,
  octets,
  oid,
  seq,
  set,
  tlv,
  utf8,
} from "./der-encode.ts";
import { asciiBytes, concat } from "../../src/bytes.ts";
import { encodePem } from "../../src/x509/index.ts";

export interface UnreadableCertificate {
  readonly what: string;
  readonly der: Uint8Array;
  readonly pem: string;
}

const ALGORITHM = seq(oid("1.2.840.10045.4.3.2"));
const utcTime = (text: string): Uint8Array => tlv(23, asciiBytes(text));
const extension = (
  type: string,
  value: Uint8Array,
  critical?: Uint8Array,
): Uint8Array =>
  seq(oid(type), ...(critical === undefined ? [] : [critical]), octets(value));
const nameOf = (...rdns: Uint8Array[]): Uint8Array => seq(...rdns);
const commonName = (value: Uint8Array): Uint8Array =>
  set(seq(oid("2.5.4.3"), value));
const V3 = explicit(0, int(2));
const USAGE = extension(OID.keyUsage, bits(bytes(0x80), 7));

interface Parts {
  readonly version?: Uint8Array;
  readonly dates?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly unique?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
}

const ROWS: Readonly<Record<string, Parts>> = {
  "an extension that stands there twice": { extensions: [USAGE, USAGE] },
  "TRUE that is written as 1": {
    extensions: [extension("1.2.3.4", octets(), tlv(1, bytes(1)))],
  },
  "a critical extension that nobody knows": {
    extensions: [extension("1.2.3.4", bytes(1, 2, 3), bool(true))],
  },
  "FALSE that is written": {
    extensions: [extension("1.2.3.4", octets(), bool(false))],
  },
  "a key usage of no type": {
    extensions: [extension(OID.keyUsage, bytes(0x30, 0x01))],
  },
  "extensions in version 1": { version: bytes(), extensions: [USAGE] },
  "a version that there is none of": {
    version: explicit(0, int(4)),
    extensions: [USAGE],
  },
  "version 1 with a unique identifier": {
    version: bytes(),
    unique: implicit(1, bytes(0, 1)),
  },
  "dates without seconds": {
    dates: seq(utcTime("2601010000Z"), utcTime("4901010000Z")),
  },
  "dates that are an hour off": {
    dates: seq(utcTime("260101000000+0100"), utcTime("490101000000+0100")),
  },
  "a name with an empty part": { issuer: nameOf(set()) },
  "a name of bits": { issuer: nameOf(commonName(bits(bytes(1, 2)))) },
};

/** All of them, for that key. */
export function unreadableCertificates(
  publicKeyInfo: Uint8Array,
): readonly UnreadableCertificate[] {
  return Object.entries(ROWS).map(([what, parts]) => {
    const der = certificateOf(publicKeyInfo, parts);
    return { what, der, pem: encodePem("CERTIFICATE", der) };
  });
}

function certificateOf(publicKeyInfo: Uint8Array, parts: Parts): Uint8Array {
  const name = nameOf(commonName(utf8("localhost")));
  const {
    version = V3,
    dates = seq(utcTime("260101000000Z"), utcTime("490101000000Z")),
    issuer = name,
    unique = bytes(),
    extensions = [],
  } = parts;
  const tbs = seq(
    concat(version, int(7), ALGORITHM, issuer, dates, name),
    publicKeyInfo,
    unique,
    ...(extensions.length > 0 ? [explicit(3, seq(...extensions))] : []),
  );
  return seq(tbs, ALGORITHM, bits(seq(int(1), int(1))));
}
