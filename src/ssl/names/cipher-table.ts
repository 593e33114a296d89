/**
 * The suites of TLS 1.2 as OpenSSL sees them: their names, what its words for
 * cipher strings go by, and its order.
 */
import type { AeadName } from "../../crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuite12,
  type CipherSuiteName,
} from "../../handshake/registries/cipher-suites.ts";
import { opensslName } from "../suite-names.ts";

/** A suite of TLS 1.2 with its attributes. */
export interface CipherAttributes {
  /** OpenSSL's name. */
  readonly name: string;
  /** IANA's name, which the engine knows. */
  readonly standardName: CipherSuiteName;
  readonly keyExchange: CipherSuite12["keyExchange"];
  readonly authentication: CipherSuite12["authentication"];
  readonly cipher: "AESGCM" | "AESCCM" | "AESCCM8" | "CHACHA20" | "AES";
  readonly bits: number;
  readonly mac: "AEAD" | "SHA1" | "SHA256" | "SHA384";
  /** The version that the suite came with. */
  readonly since: "SSLv3" | "TLSv1.0" | "TLSv1.2";
}

/**
 * All that is in the table, in the order in which OpenSSL's ALL has it: forward
 * secrecy with an AEAD first, then forward secrecy, then strength.
 */
export function cipherTable(): readonly CipherAttributes[] {
  return (table ??= ORDER.flatMap((name) => byName().get(name) ?? []));
}

let table: readonly CipherAttributes[] | undefined;

function byName(): ReadonlyMap<string, CipherAttributes> {
  const found = new Map<string, CipherAttributes>();
  let standardName: CipherSuiteName;
  for (standardName in CIPHER_SUITES) {
    const suite: CipherSuite = CIPHER_SUITES[standardName];
    if (suite.version !== "TLSv1.2") continue;
    const attributes = { ...attributesOf(suite), standardName };
    found.set(attributes.name, attributes);
  }
  return found;
}

/** Returns OpenSSL's attributes of a suite. */
export function attributesOf(
  suite: CipherSuite12,
): Omit<CipherAttributes, "standardName"> {
  const { protection, keyExchange, authentication, bits } = suite;
  return {
    name: opensslName(suite.name),
    keyExchange,
    authentication,
    cipher: protection.kind === "cbc" ? "AES" : aeadWord(protection.aead),
    bits,
    mac: protection.kind === "cbc" ? (MACS[protection.mac] ?? "SHA1") : "AEAD",
    since: sinceOf(suite),
  };
}

const MACS: Partial<Record<string, CipherAttributes["mac"]>> = {
  "SHA-1": "SHA1",
  "SHA-256": "SHA256",
  "SHA-384": "SHA384",
};

/** OpenSSL's word for an AEAD. */
export function aeadWord(
  aead: AeadName,
): "AESGCM" | "AESCCM" | "AESCCM8" | "CHACHA20" {
  if (aead === "ChaCha20-Poly1305") return "CHACHA20";
  if (aead.endsWith("-CCM-8")) return "AESCCM8";
  return aead.endsWith("-CCM") ? "AESCCM" : "AESGCM";
}

/** A suite works in TLS 1.2 here, whenever it was made. */
function sinceOf({
  protection,
  keyExchange,
}: CipherSuite12): CipherAttributes["since"] {
  if (protection.kind === "aead") return "TLSv1.2";
  const isPsk = keyExchange.endsWith("PSK");
  if (protection.mac !== "SHA-1") return isPsk ? "TLSv1.0" : "TLSv1.2";
  return keyExchange.startsWith("ECDHE") ? "TLSv1.0" : "SSLv3";
}

const ORDER: readonly string[] = [
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "DHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "DHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES256-CCM8",
  "ECDHE-ECDSA-AES256-CCM",
  "DHE-RSA-AES256-CCM8",
  "DHE-RSA-AES256-CCM",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "DHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-CCM8",
  "ECDHE-ECDSA-AES128-CCM",
  "DHE-RSA-AES128-CCM8",
  "DHE-RSA-AES128-CCM",
  "ECDHE-ECDSA-AES256-SHA384",
  "ECDHE-RSA-AES256-SHA384",
  "DHE-RSA-AES256-SHA256",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-RSA-AES128-SHA256",
  "DHE-RSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-SHA",
  "ECDHE-RSA-AES256-SHA",
  "DHE-RSA-AES256-SHA",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-RSA-AES128-SHA",
  "DHE-RSA-AES128-SHA",
  "ECDHE-PSK-AES256-GCM-SHA384",
  "DHE-PSK-AES256-GCM-SHA384",
  "DHE-PSK-CHACHA20-POLY1305",
  "ECDHE-PSK-CHACHA20-POLY1305",
  "DHE-PSK-AES256-CCM8",
  "DHE-PSK-AES256-CCM",
  "AES256-GCM-SHA384",
  "AES256-CCM8",
  "AES256-CCM",
  "PSK-AES256-GCM-SHA384",
  "PSK-CHACHA20-POLY1305",
  "PSK-AES256-CCM8",
  "PSK-AES256-CCM",
  "ECDHE-PSK-AES128-GCM-SHA256",
  "DHE-PSK-AES128-GCM-SHA256",
  "ECDHE-PSK-AES128-CCM8-SHA256",
  "ECDHE-PSK-AES128-CCM-SHA256",
  "DHE-PSK-AES128-CCM8",
  "DHE-PSK-AES128-CCM",
  "AES128-GCM-SHA256",
  "AES128-CCM8",
  "AES128-CCM",
  "PSK-AES128-GCM-SHA256",
  "PSK-AES128-CCM8",
  "PSK-AES128-CCM",
  "AES256-SHA256",
  "AES128-SHA256",
  "ECDHE-PSK-AES256-CBC-SHA384",
  "ECDHE-PSK-AES256-CBC-SHA",
  "DHE-PSK-AES256-CBC-SHA384",
  "DHE-PSK-AES256-CBC-SHA",
  "AES256-SHA",
  "PSK-AES256-CBC-SHA384",
  "PSK-AES256-CBC-SHA",
  "ECDHE-PSK-AES128-CBC-SHA256",
  "ECDHE-PSK-AES128-CBC-SHA",
  "DHE-PSK-AES128-CBC-SHA256",
  "DHE-PSK-AES128-CBC-SHA",
  "AES128-SHA",
  "PSK-AES128-CBC-SHA256",
  "PSK-AES128-CBC-SHA",
];
