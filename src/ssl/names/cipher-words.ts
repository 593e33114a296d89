/** The words of cipher strings: which suites each of them means. */
import { hasOwn } from "../../options.ts";
import { type CipherAttributes, cipherTable } from "./cipher-table.ts";

type Fits = (cipher: CipherAttributes) => boolean;

/**
 * Returns the meaning of a word or a suite's name; undefined for one that means
 * nothing.
 */
export function wordOf(word: string): Fits | undefined {
  if (hasOwn(WORDS, word)) return WORDS[word];
  const named = cipherTable().some(({ name }) => name === word);
  if (named) return ({ name }) => name === word;
  return NOTHING.has(word) ? () => false : undefined;
}

const keyExchange =
  (...names: readonly CipherAttributes["keyExchange"][]): Fits =>
  (cipher) =>
    names.includes(cipher.keyExchange);
const cipherKind =
  (...names: readonly CipherAttributes["cipher"][]): Fits =>
  ({ cipher }) =>
    names.includes(cipher);

const isAes = cipherKind("AES", "AESGCM", "AESCCM", "AESCCM8");
const isCcm = cipherKind("AESCCM", "AESCCM8");
const dhe = keyExchange("DHE");
const ecdhe = keyExchange("ECDHE");
const rsa = keyExchange("RSA");
const sha1: Fits = ({ mac }) => mac === "SHA1";
const tls10: Fits = ({ since }) => since === "TLSv1.0";

const WORDS: Readonly<Record<string, Fits>> = {
  ALL: () => true,
  COMPLEMENTOFDEFAULT: isCcm,
  HIGH: () => true,
  FIPS: ({ cipher }) => cipher === "AES" || cipher === "AESGCM",
  kRSA: rsa,
  RSA: rsa,
  kDHE: dhe,
  kEDH: dhe,
  DH: dhe,
  DHE: dhe,
  EDH: dhe,
  kECDHE: ecdhe,
  kEECDH: ecdhe,
  ECDH: ecdhe,
  ECDHE: ecdhe,
  EECDH: ecdhe,
  aRSA: ({ authentication }) => authentication === "RSA",
  aECDSA: ({ authentication }) => authentication === "ECDSA",
  ECDSA: ({ authentication }) => authentication === "ECDSA",
  aPSK: ({ authentication }) => authentication === "PSK",
  kPSK: keyExchange("PSK"),
  kECDHEPSK: keyExchange("ECDHE_PSK"),
  kDHEPSK: keyExchange("DHE_PSK"),
  PSK: keyExchange("PSK", "ECDHE_PSK", "DHE_PSK"),
  AES: isAes,
  AES128: (cipher) => isAes(cipher) && cipher.bits === 128,
  AES256: (cipher) => isAes(cipher) && cipher.bits === 256,
  AESGCM: cipherKind("AESGCM"),
  AESCCM: isCcm,
  AESCCM8: cipherKind("AESCCM8"),
  CHACHA20: cipherKind("CHACHA20"),
  CBC: cipherKind("AES"),
  SHA: sha1,
  SHA1: sha1,
  SHA256: ({ mac }) => mac === "SHA256",
  SHA384: ({ mac }) => mac === "SHA384",
  SSLv3: ({ since }) => since === "SSLv3",
  TLSv1: tls10,
  "TLSv1.0": tls10,
  "TLSv1.2": ({ since }) => since === "TLSv1.2",
};

/** Words of OpenSSL for what there is nothing of here. */
const NOTHING: ReadonlySet<string> = new Set(
  `COMPLEMENTOFALL MEDIUM LOW eNULL NULL aNULL ADH AECDH aDSS DSS kRSAPSK
  kSRP SRP aSRP kGOST kGOST18 aGOST aGOST01 aGOST12 GOST94 GOST89MAC GOST12
  ARIA ARIA128 ARIA256 ARIAGCM CAMELLIA CAMELLIA128 CAMELLIA256 3DES DES RC4
  RC2 SEED IDEA MD5`.split(/\s+/),
);
