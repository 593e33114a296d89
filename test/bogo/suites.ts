/** Cipher suites by the flags. */
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  type Preferences,
} from "../../src/engine/index.ts";
import type { Flags } from "./flags.ts";
import { Unimplemented } from "./outcome.ts";

const SUITES13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
] as const satisfies readonly CipherSuiteName[];

/** All that BoringSSL's shim turns on, without 3DES. */
const SUITES12 = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
] as const satisfies readonly CipherSuiteName[];

/** A server does not decrypt by RSA, so these are a client's. */
const STATIC_RSA = [
  "TLS_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_RSA_WITH_AES_128_CBC_SHA",
  "TLS_RSA_WITH_AES_256_CBC_SHA",
] as const satisfies readonly CipherSuiteName[];

const PSK = [
  "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA",
  "TLS_PSK_WITH_AES_128_CBC_SHA",
  "TLS_PSK_WITH_AES_256_CBC_SHA",
] as const satisfies readonly CipherSuiteName[];

/** @throws Unimplemented for a rule that is no list of names */
export function suitesOf(flags: Flags): Preferences<CipherSuiteName> {
  const psk = flags.psk === undefined ? [] : PSK;
  const list = flags.cipher;
  // The one list of words; there is no 3DES here.
  if (list === "ALL:3DES") return [...SUITES13, ...SUITES12];
  if (list !== undefined) return [...SUITES13, ...list.split(":").map(entry)];
  return [
    ...SUITES13,
    ...SUITES12,
    ...psk,
    ...(flags.server ? [] : STATIC_RSA),
  ];
}

/** A name, or names of equal preference. */
function entry(text: string): CipherSuiteName | readonly CipherSuiteName[] {
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  return inner === undefined ? suite(text) : inner.split("|").map(suite);
}

function suite(name: string): CipherSuiteName {
  if (isSuite(name)) return name;
  throw new Unimplemented(`cipher suites "${name}"`);
}

function isSuite(name: string): name is CipherSuiteName {
  return Object.hasOwn(CIPHER_SUITES, name);
}
