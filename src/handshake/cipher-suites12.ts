import type { AeadName, CbcName, HashName } from "../crypto/provider.ts";

/** How the premaster secret comes about, RFC 5246 F.1.1, 4279, 5489, 8422. */
export type KeyExchange12 =
  "ECDHE" | "DHE" | "RSA" | "PSK" | "ECDHE_PSK" | "DHE_PSK";

/** What records are protected with. */
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
  /** Whose signature or key says who the server is. */
  readonly authentication: "ECDSA" | "RSA" | "PSK";
  readonly protection: Protection12;
  /** Of the PRF, RFC 5246 5. */
  readonly hash: HashName;
  /** Bits of the cipher's key, as `SSLSocket.cipher()` tells them. */
  readonly bits: number;
}

const AES_128_GCM = aead("AES-128-GCM", 128, 4);
const AES_256_GCM = aead("AES-256-GCM", 256, 4);
const AES_128_CCM = aead("AES-128-CCM", 128, 4);
const AES_256_CCM = aead("AES-256-CCM", 256, 4);
const AES_128_CCM_8 = aead("AES-128-CCM-8", 128, 4);
const AES_256_CCM_8 = aead("AES-256-CCM-8", 256, 4);
const CHACHA20_POLY1305 = aead("ChaCha20-Poly1305", 256, 12);
const AES_128_CBC_SHA = cbc("AES-128-CBC", 128, "SHA-1");
const AES_128_CBC_SHA256 = cbc("AES-128-CBC", 128, "SHA-256");
const AES_256_CBC_SHA = cbc("AES-256-CBC", 256, "SHA-1");
const AES_256_CBC_SHA256 = cbc("AES-256-CBC", 256, "SHA-256");
const AES_256_CBC_SHA384 = cbc("AES-256-CBC", 256, "SHA-384");

/** The registry's rows as far as puretls has them, by key exchange. */
export const CIPHER_SUITES_12 = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: row(
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    0xc02b,
    "ECDHE",
    "ECDSA",
    AES_128_GCM,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: row(
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xc02c,
    "ECDHE",
    "ECDSA",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: row(
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    0xcca9,
    "ECDHE",
    "ECDSA",
    CHACHA20_POLY1305,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: row(
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    0xc009,
    "ECDHE",
    "ECDSA",
    AES_128_CBC_SHA,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: row(
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xc00a,
    "ECDHE",
    "ECDSA",
    AES_256_CBC_SHA,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: row(
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    0xc023,
    "ECDHE",
    "ECDSA",
    AES_128_CBC_SHA256,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384: row(
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    0xc024,
    "ECDHE",
    "ECDSA",
    AES_256_CBC_SHA384,
    "SHA-384",
  ),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: row(
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    0xc0ac,
    "ECDHE",
    "ECDSA",
    AES_128_CCM,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM: row(
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    0xc0ad,
    "ECDHE",
    "ECDSA",
    AES_256_CCM,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: row(
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
    0xc0ae,
    "ECDHE",
    "ECDSA",
    AES_128_CCM_8,
  ),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: row(
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
    0xc0af,
    "ECDHE",
    "ECDSA",
    AES_256_CCM_8,
  ),
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: row(
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    0xc02f,
    "ECDHE",
    "RSA",
    AES_128_GCM,
  ),
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: row(
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xc030,
    "ECDHE",
    "RSA",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: row(
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0xcca8,
    "ECDHE",
    "RSA",
    CHACHA20_POLY1305,
  ),
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: row(
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    0xc013,
    "ECDHE",
    "RSA",
    AES_128_CBC_SHA,
  ),
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: row(
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xc014,
    "ECDHE",
    "RSA",
    AES_256_CBC_SHA,
  ),
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: row(
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    0xc027,
    "ECDHE",
    "RSA",
    AES_128_CBC_SHA256,
  ),
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: row(
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    0xc028,
    "ECDHE",
    "RSA",
    AES_256_CBC_SHA384,
    "SHA-384",
  ),
  TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: row(
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    0x009e,
    "DHE",
    "RSA",
    AES_128_GCM,
  ),
  TLS_DHE_RSA_WITH_AES_256_GCM_SHA384: row(
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    0x009f,
    "DHE",
    "RSA",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: row(
    "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0xccaa,
    "DHE",
    "RSA",
    CHACHA20_POLY1305,
  ),
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA: row(
    "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
    0x0033,
    "DHE",
    "RSA",
    AES_128_CBC_SHA,
  ),
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA: row(
    "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
    0x0039,
    "DHE",
    "RSA",
    AES_256_CBC_SHA,
  ),
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA256: row(
    "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
    0x0067,
    "DHE",
    "RSA",
    AES_128_CBC_SHA256,
  ),
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA256: row(
    "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
    0x006b,
    "DHE",
    "RSA",
    AES_256_CBC_SHA256,
  ),
  TLS_DHE_RSA_WITH_AES_128_CCM: row(
    "TLS_DHE_RSA_WITH_AES_128_CCM",
    0xc09e,
    "DHE",
    "RSA",
    AES_128_CCM,
  ),
  TLS_DHE_RSA_WITH_AES_256_CCM: row(
    "TLS_DHE_RSA_WITH_AES_256_CCM",
    0xc09f,
    "DHE",
    "RSA",
    AES_256_CCM,
  ),
  TLS_DHE_RSA_WITH_AES_128_CCM_8: row(
    "TLS_DHE_RSA_WITH_AES_128_CCM_8",
    0xc0a2,
    "DHE",
    "RSA",
    AES_128_CCM_8,
  ),
  TLS_DHE_RSA_WITH_AES_256_CCM_8: row(
    "TLS_DHE_RSA_WITH_AES_256_CCM_8",
    0xc0a3,
    "DHE",
    "RSA",
    AES_256_CCM_8,
  ),
  TLS_RSA_WITH_AES_128_GCM_SHA256: row(
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    0x009c,
    "RSA",
    "RSA",
    AES_128_GCM,
  ),
  TLS_RSA_WITH_AES_256_GCM_SHA384: row(
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    0x009d,
    "RSA",
    "RSA",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_RSA_WITH_AES_128_CBC_SHA: row(
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x002f,
    "RSA",
    "RSA",
    AES_128_CBC_SHA,
  ),
  TLS_RSA_WITH_AES_256_CBC_SHA: row(
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x0035,
    "RSA",
    "RSA",
    AES_256_CBC_SHA,
  ),
  TLS_RSA_WITH_AES_128_CBC_SHA256: row(
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    0x003c,
    "RSA",
    "RSA",
    AES_128_CBC_SHA256,
  ),
  TLS_RSA_WITH_AES_256_CBC_SHA256: row(
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    0x003d,
    "RSA",
    "RSA",
    AES_256_CBC_SHA256,
  ),
  TLS_RSA_WITH_AES_128_CCM: row(
    "TLS_RSA_WITH_AES_128_CCM",
    0xc09c,
    "RSA",
    "RSA",
    AES_128_CCM,
  ),
  TLS_RSA_WITH_AES_256_CCM: row(
    "TLS_RSA_WITH_AES_256_CCM",
    0xc09d,
    "RSA",
    "RSA",
    AES_256_CCM,
  ),
  TLS_RSA_WITH_AES_128_CCM_8: row(
    "TLS_RSA_WITH_AES_128_CCM_8",
    0xc0a0,
    "RSA",
    "RSA",
    AES_128_CCM_8,
  ),
  TLS_RSA_WITH_AES_256_CCM_8: row(
    "TLS_RSA_WITH_AES_256_CCM_8",
    0xc0a1,
    "RSA",
    "RSA",
    AES_256_CCM_8,
  ),
  TLS_PSK_WITH_AES_128_GCM_SHA256: row(
    "TLS_PSK_WITH_AES_128_GCM_SHA256",
    0x00a8,
    "PSK",
    "PSK",
    AES_128_GCM,
  ),
  TLS_PSK_WITH_AES_256_GCM_SHA384: row(
    "TLS_PSK_WITH_AES_256_GCM_SHA384",
    0x00a9,
    "PSK",
    "PSK",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: row(
    "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256",
    0xccab,
    "PSK",
    "PSK",
    CHACHA20_POLY1305,
  ),
  TLS_PSK_WITH_AES_128_CBC_SHA: row(
    "TLS_PSK_WITH_AES_128_CBC_SHA",
    0x008c,
    "PSK",
    "PSK",
    AES_128_CBC_SHA,
  ),
  TLS_PSK_WITH_AES_256_CBC_SHA: row(
    "TLS_PSK_WITH_AES_256_CBC_SHA",
    0x008d,
    "PSK",
    "PSK",
    AES_256_CBC_SHA,
  ),
  TLS_PSK_WITH_AES_128_CBC_SHA256: row(
    "TLS_PSK_WITH_AES_128_CBC_SHA256",
    0x00ae,
    "PSK",
    "PSK",
    AES_128_CBC_SHA256,
  ),
  TLS_PSK_WITH_AES_256_CBC_SHA384: row(
    "TLS_PSK_WITH_AES_256_CBC_SHA384",
    0x00af,
    "PSK",
    "PSK",
    AES_256_CBC_SHA384,
    "SHA-384",
  ),
  TLS_PSK_WITH_AES_128_CCM: row(
    "TLS_PSK_WITH_AES_128_CCM",
    0xc0a4,
    "PSK",
    "PSK",
    AES_128_CCM,
  ),
  TLS_PSK_WITH_AES_256_CCM: row(
    "TLS_PSK_WITH_AES_256_CCM",
    0xc0a5,
    "PSK",
    "PSK",
    AES_256_CCM,
  ),
  TLS_PSK_WITH_AES_128_CCM_8: row(
    "TLS_PSK_WITH_AES_128_CCM_8",
    0xc0a8,
    "PSK",
    "PSK",
    AES_128_CCM_8,
  ),
  TLS_PSK_WITH_AES_256_CCM_8: row(
    "TLS_PSK_WITH_AES_256_CCM_8",
    0xc0a9,
    "PSK",
    "PSK",
    AES_256_CCM_8,
  ),
  TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: row(
    "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256",
    0x00aa,
    "DHE_PSK",
    "PSK",
    AES_128_GCM,
  ),
  TLS_DHE_PSK_WITH_AES_256_GCM_SHA384: row(
    "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
    0x00ab,
    "DHE_PSK",
    "PSK",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256: row(
    "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
    0xccad,
    "DHE_PSK",
    "PSK",
    CHACHA20_POLY1305,
  ),
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA: row(
    "TLS_DHE_PSK_WITH_AES_128_CBC_SHA",
    0x0090,
    "DHE_PSK",
    "PSK",
    AES_128_CBC_SHA,
  ),
  TLS_DHE_PSK_WITH_AES_256_CBC_SHA: row(
    "TLS_DHE_PSK_WITH_AES_256_CBC_SHA",
    0x0091,
    "DHE_PSK",
    "PSK",
    AES_256_CBC_SHA,
  ),
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: row(
    "TLS_DHE_PSK_WITH_AES_128_CBC_SHA256",
    0x00b2,
    "DHE_PSK",
    "PSK",
    AES_128_CBC_SHA256,
  ),
  TLS_DHE_PSK_WITH_AES_256_CBC_SHA384: row(
    "TLS_DHE_PSK_WITH_AES_256_CBC_SHA384",
    0x00b3,
    "DHE_PSK",
    "PSK",
    AES_256_CBC_SHA384,
    "SHA-384",
  ),
  TLS_DHE_PSK_WITH_AES_128_CCM: row(
    "TLS_DHE_PSK_WITH_AES_128_CCM",
    0xc0a6,
    "DHE_PSK",
    "PSK",
    AES_128_CCM,
  ),
  TLS_DHE_PSK_WITH_AES_256_CCM: row(
    "TLS_DHE_PSK_WITH_AES_256_CCM",
    0xc0a7,
    "DHE_PSK",
    "PSK",
    AES_256_CCM,
  ),
  TLS_PSK_DHE_WITH_AES_128_CCM_8: row(
    "TLS_PSK_DHE_WITH_AES_128_CCM_8",
    0xc0aa,
    "DHE_PSK",
    "PSK",
    AES_128_CCM_8,
  ),
  TLS_PSK_DHE_WITH_AES_256_CCM_8: row(
    "TLS_PSK_DHE_WITH_AES_256_CCM_8",
    0xc0ab,
    "DHE_PSK",
    "PSK",
    AES_256_CCM_8,
  ),
  TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256: row(
    "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
    0xd001,
    "ECDHE_PSK",
    "PSK",
    AES_128_GCM,
  ),
  TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384: row(
    "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384",
    0xd002,
    "ECDHE_PSK",
    "PSK",
    AES_256_GCM,
    "SHA-384",
  ),
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: row(
    "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
    0xccac,
    "ECDHE_PSK",
    "PSK",
    CHACHA20_POLY1305,
  ),
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA: row(
    "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA",
    0xc035,
    "ECDHE_PSK",
    "PSK",
    AES_128_CBC_SHA,
  ),
  TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA: row(
    "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA",
    0xc036,
    "ECDHE_PSK",
    "PSK",
    AES_256_CBC_SHA,
  ),
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: row(
    "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
    0xc037,
    "ECDHE_PSK",
    "PSK",
    AES_128_CBC_SHA256,
  ),
  TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384: row(
    "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384",
    0xc038,
    "ECDHE_PSK",
    "PSK",
    AES_256_CBC_SHA384,
    "SHA-384",
  ),
  TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256: row(
    "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256",
    0xd003,
    "ECDHE_PSK",
    "PSK",
    AES_128_CCM_8,
  ),
  TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256: row(
    "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256",
    0xd005,
    "ECDHE_PSK",
    "PSK",
    AES_128_CCM,
  ),
} as const satisfies Record<string, CipherSuite12>;

export type CipherSuiteName12 = keyof typeof CIPHER_SUITES_12;

/** Forward secrecy and an AEAD: all that is on by default, RFC 9325 4.2. */
const CHACHA20: readonly CipherSuiteName12[] = [
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];
const AES: readonly CipherSuiteName12[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];

/** Default order where AES is fast; ChaCha20 moves first where it is not. */
export function defaultCipherSuites12(
  fastAes: boolean,
): readonly CipherSuiteName12[] {
  return fastAes ? [...AES, ...CHACHA20] : [...CHACHA20, ...AES];
}

function aead(name: AeadName, bits: number, fixedIvLength: number) {
  return { kind: "aead", aead: name, bits, fixedIvLength } as const;
}

function cbc(name: CbcName, bits: number, mac: HashName) {
  return { kind: "cbc", cbc: name, bits, mac } as const;
}

function row(
  name: string,
  code: number,
  keyExchange: KeyExchange12,
  authentication: CipherSuite12["authentication"],
  protection: Protection12,
  hash: HashName = "SHA-256",
): CipherSuite12 {
  return {
    version: "TLSv1.2",
    name,
    code,
    keyExchange,
    authentication,
    protection,
    hash,
    bits: protection.bits,
  };
}
