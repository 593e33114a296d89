import type { Secret } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { CipherSuite12 } from "./cipher-suites.ts";
import type { ProtectionKeys } from "./io.ts";
import type { MasterSecret12, Randoms } from "./key-schedule12.ts";

/** The keys of both directions, which go into use at each change_cipher_spec. */
export interface DirectionKeys {
  readonly client: ProtectionKeys;
  readonly server: ProtectionKeys;
}

/** The key block of RFC 5246 6.3, made ready for records. */
export function protectionKeys12(options: {
  readonly provider: CryptoProvider;
  readonly suite: CipherSuite12;
  readonly master: MasterSecret12;
  readonly randoms: Randoms;
  readonly encryptThenMac: boolean;
}): DirectionKeys {
  const { provider, suite, master, randoms } = options;
  const { protection } = suite;
  if (protection.kind === "cbc") return cbcKeys(options);
  const aead = provider.aeads[protection.aead];
  if (aead === undefined) throw missing(protection.aead);
  const { fixedIvLength } = protection;
  const lengths = { mac: 0, key: aead.keyLength, iv: fixedIvLength };
  const block = master.keyBlock(randoms, lengths);
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
  const { provider, suite, master, randoms, encryptThenMac } = options;
  const { protection } = suite;
  const cbc =
    protection.kind === "cbc" ? provider.cbcs[protection.cbc] : undefined;
  if (protection.kind !== "cbc" || cbc === undefined) throw missing(suite.name);
  const hash = provider.hashes[protection.mac];
  // RFC 5246 6.2.3.2: the IV stands in each record.
  const lengths = { mac: hash.outputLength, key: cbc.keyLength, iv: 0 };
  const block = master.keyBlock(randoms, lengths);
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
