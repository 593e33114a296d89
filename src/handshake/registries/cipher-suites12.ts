import type { AeadName, CbcName, HashName } from "../../crypto/provider.ts";

/**
 * Key exchanges, which make the preliminary secret, RFC 5246 F.1.1, 4279, 5489,
 * 8422.
 */
export type KeyExchange12 =
  "ECDHE" | "DHE" | "RSA" | "PSK" | "ECDHE_PSK" | "DHE_PSK";

/** Protections of records. */
export type Protection12 =
  | {
      readonly kind: "aead";
      readonly aead: AeadName;
      readonly bits: number;
      /** Bytes of the nonce that come from the key block, RFC 5246 6.3. */
      readonly fixedIvLength: number;
    }
  | {
      readonly kind: "cbc";
      readonly cbc: CbcName;
      readonly bits: number;
      readonly mac: HashName;
    };

/** A row of the table of cipher suites of TLS 1.2. */
export interface CipherSuite12 {
  readonly version: "TLSv1.2";
  readonly name: string;
  readonly code: number;
  readonly keyExchange: KeyExchange12;
  /** Kind of the signature or key that authenticates the server. */
  readonly authentication: "ECDSA" | "RSA" | "PSK";
  readonly protection: Protection12;
  /** Of the PRF, RFC 5246 5. */
  readonly hash: HashName;
  /** Bits of the cipher's key, as `SSLSocket.cipher()` tells them. */
  readonly bits: number;
}

/** A cipher with the hash of its PRF, as the end of a suite's name tells both. */
type Cipher12 = Pick<CipherSuite12, "protection" | "hash">;

const GCM_128 = aead("AES-128-GCM", 128, 4);
const GCM_256 = aead("AES-256-GCM", 256, 4, "SHA-384");
const CCM_128 = aead("AES-128-CCM", 128, 4);
const CCM_256 = aead("AES-256-CCM", 256, 4);
const CCM_8_128 = aead("AES-128-CCM-8", 128, 4);
const CCM_8_256 = aead("AES-256-CCM-8", 256, 4);
const CHACHA20 = aead("ChaCha20-Poly1305", 256, 12);
const CBC_128_SHA1 = cbc("AES-128-CBC", 128, "SHA-1");
const CBC_128_SHA256 = cbc("AES-128-CBC", 128, "SHA-256");
const CBC_256_SHA1 = cbc("AES-256-CBC", 256, "SHA-1");
const CBC_256_SHA256 = cbc("AES-256-CBC", 256, "SHA-256");
const CBC_256_SHA384 = cbc("AES-256-CBC", 256, "SHA-384", "SHA-384");

const ecdheEcdsa = suites("ECDHE", "ECDSA");
const ecdheRsa = suites("ECDHE", "RSA");
const dheRsa = suites("DHE", "RSA");
const rsa = suites("RSA", "RSA");
const psk = suites("PSK", "PSK");
const dhePsk = suites("DHE_PSK", "PSK");
const ecdhePsk = suites("ECDHE_PSK", "PSK");

// [5246-A.5-01] [5246-A.5-02] [9846-E.5-02] [9846-E.5-03]
/** The registry's rows as far as puretls has them, by key exchange. */
export const CIPHER_SUITES_12 = named({
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: ecdheEcdsa(0xc02b, GCM_128),
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: ecdheEcdsa(0xc02c, GCM_256),
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: ecdheEcdsa(0xcca9, CHACHA20),
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: ecdheEcdsa(0xc009, CBC_128_SHA1),
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: ecdheEcdsa(0xc00a, CBC_256_SHA1),
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: ecdheEcdsa(0xc023, CBC_128_SHA256),
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384: ecdheEcdsa(0xc024, CBC_256_SHA384),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: ecdheEcdsa(0xc0ac, CCM_128),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM: ecdheEcdsa(0xc0ad, CCM_256),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: ecdheEcdsa(0xc0ae, CCM_8_128),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: ecdheEcdsa(0xc0af, CCM_8_256),

  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: ecdheRsa(0xc02f, GCM_128),
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: ecdheRsa(0xc030, GCM_256),
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: ecdheRsa(0xcca8, CHACHA20),
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: ecdheRsa(0xc013, CBC_128_SHA1),
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: ecdheRsa(0xc014, CBC_256_SHA1),
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: ecdheRsa(0xc027, CBC_128_SHA256),
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: ecdheRsa(0xc028, CBC_256_SHA384),

  TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: dheRsa(0x009e, GCM_128),
  TLS_DHE_RSA_WITH_AES_256_GCM_SHA384: dheRsa(0x009f, GCM_256),
  TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: dheRsa(0xccaa, CHACHA20),
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA: dheRsa(0x0033, CBC_128_SHA1),
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA: dheRsa(0x0039, CBC_256_SHA1),
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA256: dheRsa(0x0067, CBC_128_SHA256),
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA256: dheRsa(0x006b, CBC_256_SHA256),
  TLS_DHE_RSA_WITH_AES_128_CCM: dheRsa(0xc09e, CCM_128),
  TLS_DHE_RSA_WITH_AES_256_CCM: dheRsa(0xc09f, CCM_256),
  TLS_DHE_RSA_WITH_AES_128_CCM_8: dheRsa(0xc0a2, CCM_8_128),
  TLS_DHE_RSA_WITH_AES_256_CCM_8: dheRsa(0xc0a3, CCM_8_256),

  TLS_RSA_WITH_AES_128_GCM_SHA256: rsa(0x009c, GCM_128),
  TLS_RSA_WITH_AES_256_GCM_SHA384: rsa(0x009d, GCM_256),
  // [5246-9-01]
  TLS_RSA_WITH_AES_128_CBC_SHA: rsa(0x002f, CBC_128_SHA1),
  TLS_RSA_WITH_AES_256_CBC_SHA: rsa(0x0035, CBC_256_SHA1),
  TLS_RSA_WITH_AES_128_CBC_SHA256: rsa(0x003c, CBC_128_SHA256),
  TLS_RSA_WITH_AES_256_CBC_SHA256: rsa(0x003d, CBC_256_SHA256),
  TLS_RSA_WITH_AES_128_CCM: rsa(0xc09c, CCM_128),
  TLS_RSA_WITH_AES_256_CCM: rsa(0xc09d, CCM_256),
  TLS_RSA_WITH_AES_128_CCM_8: rsa(0xc0a0, CCM_8_128),
  TLS_RSA_WITH_AES_256_CCM_8: rsa(0xc0a1, CCM_8_256),

  TLS_PSK_WITH_AES_128_GCM_SHA256: psk(0x00a8, GCM_128),
  TLS_PSK_WITH_AES_256_GCM_SHA384: psk(0x00a9, GCM_256),
  TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: psk(0xccab, CHACHA20),
  TLS_PSK_WITH_AES_128_CBC_SHA: psk(0x008c, CBC_128_SHA1),
  TLS_PSK_WITH_AES_256_CBC_SHA: psk(0x008d, CBC_256_SHA1),
  TLS_PSK_WITH_AES_128_CBC_SHA256: psk(0x00ae, CBC_128_SHA256),
  TLS_PSK_WITH_AES_256_CBC_SHA384: psk(0x00af, CBC_256_SHA384),
  TLS_PSK_WITH_AES_128_CCM: psk(0xc0a4, CCM_128),
  TLS_PSK_WITH_AES_256_CCM: psk(0xc0a5, CCM_256),
  TLS_PSK_WITH_AES_128_CCM_8: psk(0xc0a8, CCM_8_128),
  TLS_PSK_WITH_AES_256_CCM_8: psk(0xc0a9, CCM_8_256),

  TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: dhePsk(0x00aa, GCM_128),
  TLS_DHE_PSK_WITH_AES_256_GCM_SHA384: dhePsk(0x00ab, GCM_256),
  TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256: dhePsk(0xccad, CHACHA20),
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA: dhePsk(0x0090, CBC_128_SHA1),
  TLS_DHE_PSK_WITH_AES_256_CBC_SHA: dhePsk(0x0091, CBC_256_SHA1),
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: dhePsk(0x00b2, CBC_128_SHA256),
  TLS_DHE_PSK_WITH_AES_256_CBC_SHA384: dhePsk(0x00b3, CBC_256_SHA384),
  TLS_DHE_PSK_WITH_AES_128_CCM: dhePsk(0xc0a6, CCM_128),
  TLS_DHE_PSK_WITH_AES_256_CCM: dhePsk(0xc0a7, CCM_256),
  TLS_PSK_DHE_WITH_AES_128_CCM_8: dhePsk(0xc0aa, CCM_8_128),
  TLS_PSK_DHE_WITH_AES_256_CCM_8: dhePsk(0xc0ab, CCM_8_256),

  TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256: ecdhePsk(0xd001, GCM_128),
  TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384: ecdhePsk(0xd002, GCM_256),
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: ecdhePsk(0xccac, CHACHA20),
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA: ecdhePsk(0xc035, CBC_128_SHA1),
  TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA: ecdhePsk(0xc036, CBC_256_SHA1),
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: ecdhePsk(0xc037, CBC_128_SHA256),
  TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384: ecdhePsk(0xc038, CBC_256_SHA384),
  TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256: ecdhePsk(0xd003, CCM_8_128),
  TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256: ecdhePsk(0xd005, CCM_128),
});

export type CipherSuiteName12 = keyof typeof CIPHER_SUITES_12;

// [9846-E.5-01]
/** Forward secrecy and an AEAD: all that is on by default, RFC 9325 4.2. */
const BY_CHACHA20: readonly CipherSuiteName12[] = [
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];
const BY_AES: readonly CipherSuiteName12[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];

/** Default order where AES is fast; ChaCha20 moves first where it is not. */
export function defaultCipherSuites12(
  fastAes: boolean,
): readonly CipherSuiteName12[] {
  return fastAes ? [...BY_AES, ...BY_CHACHA20] : [...BY_CHACHA20, ...BY_AES];
}

function aead(
  name: AeadName,
  bits: number,
  fixedIvLength: number,
  hash: HashName = "SHA-256",
): Cipher12 {
  return {
    protection: { kind: "aead", aead: name, bits, fixedIvLength },
    hash,
  };
}

function cbc(
  name: CbcName,
  bits: number,
  mac: HashName,
  hash: HashName = "SHA-256",
): Cipher12 {
  return { protection: { kind: "cbc", cbc: name, bits, mac }, hash };
}

/** A suite whose name is not written yet: its key in the table is its name. */
type Unnamed = Omit<CipherSuite12, "name"> & { name: string };

function suites(
  keyExchange: KeyExchange12,
  authentication: CipherSuite12["authentication"],
) {
  return (code: number, { protection, hash }: Cipher12): Unnamed => ({
    version: "TLSv1.2",
    name: "",
    code,
    keyExchange,
    authentication,
    protection,
    hash,
    bits: protection.bits,
  });
}

function named<Name extends string>(
  rows: Record<Name, Unnamed>,
): Record<Name, CipherSuite12> {
  for (const [name, row] of Object.entries<Unnamed>(rows)) row.name = name;
  return rows;
}
