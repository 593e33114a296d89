/** Cipher suites and groups by the names that OpenSSL's users know. */
import { found } from "../../options.ts";
import type { GroupName } from "../../crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuite12,
  type CipherSuite13,
  type CipherSuiteName,
} from "../../handshake/registries/cipher-suites.ts";
import type { Preferences } from "../../handshake/config/preferences.ts";
import { listed } from "../../handshake/registries/listing.ts";
import { noCipher, readCipherString } from "./cipher-string.ts";
import { aeadWord, attributesOf, cipherTable } from "./cipher-table.ts";
import { bracketedLists, eachName, slashedLists } from "./preference-lists.ts";

/** Python: an entry of `get_ciphers()`. */
export interface CipherInfo {
  /** 0x03000000 and the IANA number. */
  readonly id: number;
  readonly name: string;
  /** IANA's name. */
  readonly standardName: string;
  /** The version that the suite was made for. */
  readonly protocol: string;
  /** OpenSSL's line about it. */
  readonly description: string;
  readonly strengthBits: number;
  readonly algBits: number;
  readonly aead: boolean;
  readonly symmetric: string;
  /** null for an AEAD. */
  readonly digest: string | null;
  readonly kea: string;
  readonly auth: string;
}

/**
 * Python: the tuple of `cipher()`. It can be taken apart as one, in that order, or
 * indexed from 0 to 2.
 */
export interface CipherTriple extends Iterable<string | number> {
  readonly name: string;
  /** The version that the suite was made for. */
  readonly protocol: string;
  /** Secret bits. */
  readonly bits: number;
  readonly 0: string;
  readonly 1: string;
  readonly 2: number;
}

class Cipher implements CipherTriple {
  readonly name: string;
  readonly protocol: string;
  readonly bits: number;

  constructor(name: string, protocol: string, bits: number) {
    this.name = name;
    this.protocol = protocol;
    this.bits = bits;
  }

  get 0(): string {
    return this.name;
  }

  get 1(): string {
    return this.protocol;
  }

  get 2(): number {
    return this.bits;
  }

  *[Symbol.iterator](): Iterator<string | number> {
    yield* [this.name, this.protocol, this.bits];
  }
}

/**
 * Returns the suite as `cipher()` does: by OpenSSL's name where it is of TLS
 * 1.2.
 */
export function cipherTriple(suite: CipherSuite): CipherTriple {
  if (suite.version === "TLSv1.3")
    return new Cipher(suite.name, "TLSv1.3", suite.bits);
  const { name, since } = attributesOf(suite);
  return new Cipher(name, since, suite.bits);
}

/** Returns the suite as `getCiphers()` does. */
export function cipherInfo(suite: CipherSuite): CipherInfo {
  const facts = suite.version === "TLSv1.3" ? facts13(suite) : facts12(suite);
  const { name, since, kx, au, cipher, mac } = facts;
  const bits = suite.bits.toString();
  const { enc, symmetric } = ENCRYPTION[cipher];
  const version = since === "TLSv1.0" ? "TLSv1" : since;
  const description = [
    name.padEnd(30),
    version.padEnd(7),
    `Kx=${kx.padEnd(8)}`,
    `Au=${au.padEnd(5)}`,
    `Enc=${`${enc}(${bits})`.padEnd(22)}`,
    `Mac=${mac.padEnd(4)}`,
  ].join(" ");
  return {
    id: 0x03000000 + suite.code,
    name,
    standardName: suite.name,
    protocol: since,
    description,
    strengthBits: suite.bits,
    algBits: suite.bits,
    aead: mac === "AEAD",
    symmetric: symmetric.replace("*", bits),
    digest: mac === "AEAD" ? null : mac.toLowerCase(),
    kea: facts.kea,
    auth: `auth-${au.toLowerCase()}`,
  };
}

const ENCRYPTION = {
  AESGCM: { enc: "AESGCM", symmetric: "aes-*-gcm" },
  AESCCM: { enc: "AESCCM", symmetric: "aes-*-ccm" },
  AESCCM8: { enc: "AESCCM8", symmetric: "aes-*-ccm" },
  CHACHA20: { enc: "CHACHA20/POLY1305", symmetric: "chacha20-poly1305" },
  AES: { enc: "AES", symmetric: "aes-*-cbc" },
} as const;

const KEY_EXCHANGE = {
  ECDHE: { kx: "ECDH", kea: "kx-ecdhe" },
  DHE: { kx: "DH", kea: "kx-dhe" },
  RSA: { kx: "RSA", kea: "kx-rsa" },
  PSK: { kx: "PSK", kea: "kx-psk" },
  ECDHE_PSK: { kx: "ECDHEPSK", kea: "kx-ecdhe-psk" },
  DHE_PSK: { kx: "DHEPSK", kea: "kx-dhe-psk" },
} as const;

function facts12(suite: CipherSuite12) {
  const attributes = attributesOf(suite);
  return {
    ...attributes,
    ...KEY_EXCHANGE[attributes.keyExchange],
    au: attributes.authentication,
  };
}

function facts13({ name, aead }: CipherSuite13) {
  return {
    name,
    since: "TLSv1.3",
    kx: "any",
    kea: "kx-any",
    au: "any",
    cipher: aeadWord(aead),
    mac: "AEAD",
  };
}

/**
 * The suites of TLS 1.3 that a list names, best first.
 *
 * @param list names, those of an inner list equal; or a text of names with colons
 *   between them, in which `[A|B]` are equal
 * @throws SSLError for an empty list and for a name that is not one
 */
export function ciphersuitesOf(
  list: string | Preferences<string>,
): Preferences<CipherSuiteName> {
  const names =
    typeof list === "string" ? bracketedLists(list, noCipher) : list;
  const suites = eachName("ciphersuites", names, (name) => {
    const known = suiteNamed(name);
    if (known !== undefined && CIPHER_SUITES[known].version === "TLSv1.3")
      return known;
    throw noCipher(`${found(name)} is no TLS 1.3 cipher suite of puretls`);
  });
  if (suites.length === 0) throw noCipher("the list is empty");
  return suites;
}

/** A list of suites for TLS 1.2. */
export interface CipherList {
  /** Best first. */
  readonly suites: Preferences<CipherSuiteName>;
  /** Of `@SECLEVEL=`; undefined without one. */
  readonly securityLevel: number | undefined;
}

/**
 * The suites of TLS 1.2 that a list names, best first.
 *
 * @param list a cipher string, or a list of OpenSSL's or IANA's names, those of an
 *   inner list equal
 * @throws SSLError for what cannot be read, and for what leaves nothing
 */
export function ciphersOf(
  list: string | Preferences<string>,
  strict: boolean,
): CipherList {
  if (typeof list === "string") {
    const { ciphers, securityLevel } = readCipherString(list, strict);
    const suites = eachName(
      "ciphers",
      ciphers,
      ({ standardName }) => standardName,
    );
    return { suites, securityLevel };
  }
  const suites = eachName("ciphers", list, (name) => {
    const known = cipherTable().find(
      (one) => one.name === name || one.standardName === name,
    );
    if (known === undefined)
      throw noCipher(`${found(name)} is no TLS 1.2 cipher suite of puretls`);
    return known.standardName;
  });
  if (suites.length === 0) throw noCipher("the list is empty");
  return { suites, securityLevel: undefined };
}

function suiteNamed(name: string): CipherSuiteName | undefined {
  let known: CipherSuiteName;
  for (known in CIPHER_SUITES) if (known === name) return known;
  return undefined;
}

/** OpenSSL, NIST and IANA have different names for the same curves. */
const GROUP_NAMES: ReadonlyMap<string, GroupName> = new Map([
  ["x25519mlkem768", "X25519MLKEM768"],
  ["secp256r1mlkem768", "SecP256r1MLKEM768"],
  ["secp384r1mlkem1024", "SecP384r1MLKEM1024"],
  ["mlkem768", "MLKEM768"],
  ["mlkem1024", "MLKEM1024"],
  ["x25519", "x25519"],
  ["x448", "x448"],
  ["secp256r1", "secp256r1"],
  ["prime256v1", "secp256r1"],
  ["p-256", "secp256r1"],
  ["secp384r1", "secp384r1"],
  ["p-384", "secp384r1"],
  ["secp521r1", "secp521r1"],
  ["p-521", "secp521r1"],
  ["ffdhe2048", "ffdhe2048"],
  ["ffdhe3072", "ffdhe3072"],
  ["ffdhe4096", "ffdhe4096"],
  ["ffdhe6144", "ffdhe6144"],
  ["ffdhe8192", "ffdhe8192"],
]);

const GROUPS = [...new Set(GROUP_NAMES.values())];

/**
 * The groups that a list names, best first.
 *
 * @param list names, those of an inner list equal; or a text of names with colons
 *   between them, in which slashes stand between lists of equal ones, as in those
 *   of OpenSSL 3.5
 * @throws TypeError for what is neither
 * @throws RangeError for an empty list and for a name that is not one
 */
export function groupsOf(
  list: string | Preferences<string>,
): Preferences<GroupName> {
  const names = typeof list === "string" ? slashedLists(list) : list;
  const groups = eachName<unknown, GroupName>("groups", names, (name) => {
    if (typeof name !== "string")
      throw new TypeError(
        `groups: ${found(name)}; names and lists of names are allowed`,
      );
    const group = GROUP_NAMES.get(name.toLowerCase());
    if (group === undefined)
      throw new RangeError(
        `unknown elliptic curve name ${found(name).replaceAll('"', "'")}: groups: allowed are ${listed(GROUPS)}`,
      );
    return group;
  });
  if (groups.length === 0)
    throw new RangeError(
      `groups: an empty list; allowed are ${listed(GROUPS)}`,
    );
  return groups;
}
