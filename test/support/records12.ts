/** Records of TLS 1.2 as node:crypto makes them: the reference for ours. */
import { createCipheriv, createHmac } from "node:crypto";
import { concat } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type {
  AeadName,
  CbcName,
  CryptoProvider,
  HashName,
} from "../../src/crypto/provider.ts";
import { Aead12Opener, Aead12Sealer } from "../../src/record/aead12.ts";
import { Cbc12Opener, Cbc12Sealer } from "../../src/record/cbc12.ts";
import type {
  RecordOpener,
  RecordSealer,
} from "../../src/record/protection.ts";
import { SequenceNumber } from "../../src/record/sequence-number.ts";

/** Protection of records by one suite of TLS 1.2, by ours and by Node. */
export interface Protection12 {
  readonly name: string;
  sealer(from?: number): RecordSealer;
  opener(from?: number): RecordOpener;
  /** A whole record, made by node:crypto. */
  judge(record: JudgeRecord): Uint8Array;
}

export interface JudgeRecord {
  readonly number: number;
  readonly type: number;
  readonly content: Uint8Array;
  /** CBC: the padding with its length byte; minimal without. */
  readonly padding?: Uint8Array;
  /** The explicit nonce or the IV. */
  readonly explicit?: Uint8Array;
}

const counted = (length: number, from: number): Uint8Array =>
  new Uint8Array(length).map((_, i) => from + i);

export const IV = counted(16, 0x70);

export function framed(type: number, fragment: Uint8Array): Uint8Array {
  const { length } = fragment;
  return concat(Uint8Array.of(type, 3, 3, length >> 8, length), fragment);
}

/** RFC 5246 6.2.3.1: seq_num, type, version, length. */
function prefix(number: number, type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(number));
  view.setUint8(8, type);
  view.setUint16(9, 0x0303);
  view.setUint16(11, length);
  return bytes;
}

const AEADS: readonly (readonly [AeadName, string, 0 | 8])[] = [
  ["AES-128-GCM", "aes-128-gcm", 8],
  ["AES-256-GCM", "aes-256-gcm", 8],
  ["AES-128-CCM", "aes-128-ccm", 8],
  ["AES-128-CCM-8", "aes-128-ccm", 8],
  ["ChaCha20-Poly1305", "chacha20-poly1305", 0],
];

function aeadProtection(
  provider: CryptoProvider,
  [name, openssl, explicitNonceLength]: (typeof AEADS)[number],
): Protection12 {
  const algorithm = provider.aeads[name];
  if (algorithm === undefined) throw new Error(`${provider.name}: no ${name}`);
  const { keyLength, tagLength } = algorithm;
  const key = counted(keyLength, 1);
  const iv = counted(12 - explicitNonceLength, 50);
  const keys = {
    aead: algorithm.key(key),
    tagLength,
    iv,
    explicitNonceLength,
  };
  return {
    name: `${name} of ${provider.name}`,
    sealer: (from = 0) => new Aead12Sealer(keys, new SequenceNumber(from)),
    opener: (from = 0) => new Aead12Opener(keys, new SequenceNumber(from)),
    judge({ number, type, content, explicit }) {
      const numbered = prefix(number, type, content.length);
      const padded = concat(new Uint8Array(4), numbered.subarray(0, 8));
      const sent = explicit ?? numbered.subarray(0, 8);
      const nonce =
        explicitNonceLength === 8
          ? concat(iv, sent)
          : iv.map((byte, i) => byte ^ (padded[i] ?? 0));
      // The three modes have one shape here; Node's types know them apart.
      const cipher = createCipheriv(openssl as "aes-128-ccm", key, nonce, {
        authTagLength: tagLength,
      });
      cipher.setAAD(numbered, { plaintextLength: content.length });
      const sealed = cipher.update(content);
      cipher.final();
      return framed(
        type,
        concat(
          explicitNonceLength === 8 ? sent : new Uint8Array(0),
          sealed,
          cipher.getAuthTag(),
        ),
      );
    },
  };
}

export interface CbcProtection12 extends Protection12 {
  readonly macLength: number;
  readonly encryptThenMac: boolean;
}

const CBCS: readonly (readonly [CbcName, HashName, string])[] = [
  ["AES-128-CBC", "SHA-1", "sha1"],
  ["AES-256-CBC", "SHA-256", "sha256"],
  ["AES-256-CBC", "SHA-384", "sha384"],
];

function cbcProtection(
  provider: CryptoProvider,
  [name, hashName, digest]: (typeof CBCS)[number],
  encryptThenMac: boolean,
): CbcProtection12 {
  const algorithm = provider.cbcs[name];
  if (algorithm === undefined) throw new Error(`${provider.name}: no ${name}`);
  const hash = provider.hashes[hashName];
  const key = counted(algorithm.keyLength, 1);
  const macKey = counted(hash.outputLength, 90);
  const keys = {
    cipher: algorithm.key(key),
    blockLength: algorithm.blockLength,
    hash,
    macKey,
    encryptThenMac,
    random: (length: number) => IV.slice(0, length),
  };
  const mac = (...parts: readonly Uint8Array[]): Uint8Array =>
    createHmac(digest, macKey)
      .update(concat(...parts))
      .digest();
  const etm = encryptThenMac ? ", encrypt-then-MAC" : "";
  return {
    name: `${name} with ${hashName}${etm}, of ${provider.name}`,
    macLength: hash.outputLength,
    encryptThenMac,
    sealer: (from = 0) => new Cbc12Sealer(keys, new SequenceNumber(from)),
    opener: (from = 0) => new Cbc12Opener(keys, new SequenceNumber(from)),
    judge({ number, type, content, padding, explicit = IV }) {
      const inside = encryptThenMac
        ? content
        : concat(content, mac(prefix(number, type, content.length), content));
      const short = 15 - (inside.length % 16);
      const padded = concat(
        inside,
        padding ?? new Uint8Array(short + 1).fill(short),
      );
      const openssl = name === "AES-128-CBC" ? "aes-128-cbc" : "aes-256-cbc";
      const cipher = createCipheriv(openssl, key, explicit);
      cipher.setAutoPadding(false);
      const covered = concat(explicit, cipher.update(padded));
      return framed(
        type,
        encryptThenMac
          ? concat(covered, mac(prefix(number, type, covered.length), covered))
          : covered,
      );
    },
  };
}

export const cbcProtections: readonly CbcProtection12[] = [noble, node].flatMap(
  (provider) =>
    CBCS.flatMap((row) =>
      [false, true].map((etm) => cbcProtection(provider, row, etm)),
    ),
);

export const protections: readonly Protection12[] = [
  ...[noble, node].flatMap((provider) =>
    AEADS.map((row) => aeadProtection(provider, row)),
  ),
  ...cbcProtections,
];
