/** Cipher suites and groups by the names that OpenSSL's users know. */
import type { GroupName } from "../crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuiteName,
} from "../handshake/cipher-suites.ts";
import { SSLError } from "./errors.ts";

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

/** Python: the tuple of `cipher()`. */
export interface CipherTriple {
  readonly name: string;
  /** The version that the suite was made for. */
  readonly protocol: string;
  /** Secret bits. */
  readonly bits: number;
}

/** What `cipher()` says of a suite. */
export function cipherTriple(suite: CipherSuite): CipherTriple {
  return { name: suite.name, protocol: "TLSv1.3", bits: suite.bits };
}

/** What `getCiphers()` says of a suite. */
export function cipherInfo(suite: CipherSuite): CipherInfo {
  const { name, bits } = suite;
  const aead = suite.version === "TLSv1.3" ? suite.aead : undefined;
  const cipher =
    aead === "ChaCha20-Poly1305"
      ? { symmetric: "chacha20-poly1305", enc: "CHACHA20/POLY1305" }
      : { symmetric: `aes-${bits.toString()}-gcm`, enc: "AESGCM" };
  const enc = `${cipher.enc}(${bits.toString()})`;
  return {
    id: 0x03000000 + suite.code,
    name,
    standardName: name,
    protocol: "TLSv1.3",
    description: `${name.padEnd(30)} TLSv1.3 Kx=any      Au=any   Enc=${enc.padEnd(22)} Mac=AEAD`,
    strengthBits: bits,
    algBits: bits,
    aead: true,
    symmetric: cipher.symmetric,
    digest: null,
    kea: "kx-any",
    auth: "auth-any",
  };
}

/**
 * The suites that a list names, best first.
 *
 * @param list names, or a text of names with colons between them
 * @throws SSLError for an empty list and for a name that is not one
 */
export function ciphersuitesOf(
  list: string | readonly string[],
): readonly CipherSuiteName[] {
  const suites = namesOf(list).map((name) => {
    for (const known of suiteNames()) if (known === name) return known;
    throw noCipher(`${name} is no TLS 1.3 cipher suite of puretls`);
  });
  if (suites.length === 0) throw noCipher("the list is empty");
  return [...new Set(suites)];
}

/** What Python says when a list leaves nothing. */
export function noCipher(detail: string): SSLError {
  return new SSLError(`No cipher can be selected: ${detail}`, {
    code: "ERR_SSL_NO_CIPHER_MATCH",
  });
}

function suiteNames(): CipherSuiteName[] {
  const names: CipherSuiteName[] = [];
  let name: CipherSuiteName;
  for (name in CIPHER_SUITES) names.push(name);
  return names;
}

/** OpenSSL, NIST and IANA have different names for the same curves. */
const GROUP_NAMES: ReadonlyMap<string, GroupName> = new Map([
  ["x25519mlkem768", "X25519MLKEM768"],
  ["secp256r1mlkem768", "SecP256r1MLKEM768"],
  ["secp384r1mlkem1024", "SecP384r1MLKEM1024"],
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

/**
 * The groups that a list names, best first.
 *
 * @param list names, or a text of names with colons between them
 * @throws TypeError for what is neither
 * @throws RangeError for an empty list and for a name that is not one
 */
export function groupsOf(
  list: string | readonly string[],
): readonly GroupName[] {
  const groups = namesOf(list).map((name) => {
    const group = GROUP_NAMES.get(name.toLowerCase());
    if (group === undefined)
      throw new RangeError(`unknown key exchange group ${name}`);
    return group;
  });
  if (groups.length === 0) throw new RangeError("no key exchange group");
  return [...new Set(groups)];
}

function namesOf(list: string | readonly string[]): readonly string[] {
  if (typeof list === "string") return list.split(":").filter((n) => n !== "");
  if (!Array.isArray(list)) throw new TypeError("a text or a list is wanted");
  return list;
}
