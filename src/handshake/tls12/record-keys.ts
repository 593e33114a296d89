/** Secrets and keys of TLS 1.2 as both roles derive them: RFC 5246 6.3 and 8.1. */
import type { Secret } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { CipherSuite12 } from "../registries/cipher-suites.ts";
import type { ProtectionKeys } from "../machine/io.ts";
import {
  type MainSecret12,
  newMainSecret,
  type Randoms,
  resumedMainSecret,
} from "../keys/key-schedule12.ts";
import { logSecrets } from "../keys/key-log.ts";
import type { Transcript12 } from "../keys/transcript.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { Session12 } from "../sessions/session.ts";

/** The keys of both directions, which go into use at each change_cipher_spec. */
export interface DirectionKeys {
  readonly client: ProtectionKeys;
  readonly server: ProtectionKeys;
}

/** Facts that the secrets of a connection depend on. */
interface Suited {
  readonly config: ClientConfig | ServerConfig;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
}

/** The main secret and the keys of its key block. */
export interface Secrets12 {
  readonly main: MainSecret12;
  readonly keys: DirectionKeys;
}

/** Derives the secrets of a full handshake; the preliminary secret is wiped. */
export function newSecrets(
  side: Suited & { readonly transcript: Transcript12 },
  preliminary: Secret,
  agreed: {
    readonly extendedMainSecret: boolean;
    readonly encryptThenMac: boolean;
  },
): Secrets12 {
  const { randoms, transcript } = side;
  const { extendedMainSecret: extended, encryptThenMac } = agreed;
  const main = newMainSecret(preliminary, { transcript, randoms, extended });
  return secretsOf(side, main, encryptThenMac);
}

/** Derives the secrets of an abbreviated handshake. */
export function resumedSecrets(
  side: Suited,
  { mainSecret }: Session12,
  encryptThenMac: boolean,
): Secrets12 {
  const hash = side.config.provider.hashes[side.suite.hash];
  const main = resumedMainSecret(hash, mainSecret);
  return secretsOf(side, main, encryptThenMac);
}

function secretsOf(
  { config, suite, randoms }: Suited,
  main: MainSecret12,
  encryptThenMac: boolean,
): Secrets12 {
  logSecrets(config, randoms.client, { CLIENT_RANDOM: main });
  const { provider } = config;
  const options = { provider, suite, main, randoms, encryptThenMac };
  return { main, keys: protectionKeys12(options) };
}

/** The key block of RFC 5246 6.3, made ready for records. */
export function protectionKeys12(options: {
  readonly provider: CryptoProvider;
  readonly suite: CipherSuite12;
  readonly main: MainSecret12;
  readonly randoms: Randoms;
  readonly encryptThenMac: boolean;
}): DirectionKeys {
  const { provider, suite, main, randoms } = options;
  const { protection } = suite;
  if (protection.kind === "cbc") return cbcKeys(options);
  const aead = provider.aeads[protection.aead];
  if (aead === undefined) throw missing(protection.aead);
  const { fixedIvLength } = protection;
  const lengths = { mac: 0, key: aead.keyLength, iv: fixedIvLength };
  const block = main.keyBlock(randoms, lengths);
  const keys = (key: Secret, iv: Uint8Array): ProtectionKeys =>
    Object.freeze({
      kind: "aead12",
      aead: aead.key(key.bytes),
      tagLength: aead.tagLength,
      iv,
      explicitNonceLength: fixedIvLength === aead.nonceLength ? 0 : 8,
      epoch: "application",
    });
  const both = {
    client: keys(block.clientKey, block.clientIv),
    server: keys(block.serverKey, block.serverIv),
  };
  block.clientKey.wipe();
  block.serverKey.wipe();
  return both;
}

function cbcKeys(
  options: Parameters<typeof protectionKeys12>[0],
): DirectionKeys {
  const { provider, suite, main, randoms, encryptThenMac } = options;
  const { protection } = suite;
  const cbc =
    protection.kind === "cbc" ? provider.cbcs[protection.cbc] : undefined;
  if (protection.kind !== "cbc" || cbc === undefined) throw missing(suite.name);
  const hash = provider.hashes[protection.mac];
  // RFC 5246 6.2.3.2: the IV stands in each record.
  const lengths = { mac: hash.outputLength, key: cbc.keyLength, iv: 0 };
  const block = main.keyBlock(randoms, lengths);
  const keys = (key: Secret, macKey: Uint8Array): ProtectionKeys =>
    Object.freeze({
      kind: "cbc12",
      cipher: cbc.key(key.bytes),
      blockLength: cbc.blockLength,
      hash,
      macKey,
      encryptThenMac,
      random: provider.random,
      epoch: "application",
    });
  const both = {
    client: keys(block.clientKey, block.clientMacKey),
    server: keys(block.serverKey, block.serverMacKey),
  };
  block.clientKey.wipe();
  block.serverKey.wipe();
  return both;
}

function missing(what: string): Error {
  return new Error(`the provider has no ${what}, but it was negotiated`);
}
