/** RC2 in CBC mode (RFC 2268), to decrypt old files with; long broken. */
import { fromHex } from "../../bytes.ts";
import type { BlockDecryptor } from "./cbc.ts";
import { decryptCbc } from "./cbc.ts";

/**
 * @param key as long as its effective length: 5 bytes for 40 bits
 * @param iv 8 bytes
 * @returns undefined when the padding is wrong
 */
export function decryptRc2Cbc(
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array | undefined {
  const words = expandKey(key);
  const decryptor: BlockDecryptor = {
    blockLength: 8,
    decrypt: (input, output) => {
      decryptBlock(words, input, output);
    },
  };
  return decryptCbc(decryptor, iv, data);
}

/** RFC 2268 2: 64 words of 16 bits, with T1 = 8 T. */
function expandKey(key: Uint8Array): Uint16Array {
  const table = (piTable ??= fromHex(PI_TABLE));
  const bytes = new Uint8Array(128);
  bytes.set(key);
  const mixed = (index: number): number => table[index & 0xff] ?? 0;
  for (let i = key.length; i < 128; i++)
    bytes[i] = mixed((bytes[i - 1] ?? 0) + (bytes[i - key.length] ?? 0));
  const first = 128 - key.length;
  bytes[first] = mixed(bytes[first] ?? 0);
  for (let i = first - 1; i >= 0; i--)
    bytes[i] = mixed((bytes[i + 1] ?? 0) ^ (bytes[i + key.length] ?? 0));
  return Uint16Array.from(
    { length: 64 },
    (_, i) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8),
  );
}

/** RFC 2268 4: five mixing rounds, a mash, six, a mash, five; backwards. */
function decryptBlock(
  key: Uint16Array,
  input: Uint8Array,
  output: Uint8Array,
): void {
  const r = Uint16Array.from(
    { length: 4 },
    (_, i) => (input[2 * i] ?? 0) | ((input[2 * i + 1] ?? 0) << 8),
  );
  const at = (i: number): number => r[i & 3] ?? 0;
  let word = 63;
  for (let mixing = 0; mixing < 16; mixing++) {
    for (let i = 3; i >= 0; i--) {
      const turn = TURNS[i] ?? 0;
      const turned = (at(i) >>> turn) | (at(i) << (16 - turn));
      const other = (at(i + 3) & at(i + 2)) + (~at(i + 3) & at(i + 1));
      r[i] = turned - (key[word] ?? 0) - other;
      word--;
    }
    if (mixing === 4 || mixing === 10)
      for (let i = 3; i >= 0; i--) r[i] = at(i) - (key[at(i + 3) & 63] ?? 0);
  }
  for (let i = 0; i < 4; i++) {
    output[2 * i] = at(i);
    output[2 * i + 1] = at(i) >>> 8;
  }
}

const TURNS = [1, 2, 3, 5];

let piTable: Uint8Array | undefined;

const PI_TABLE = `
  d978f9c419ddb5ed28e9fd794aa0d89d c67e37832b76538e624c6488448bfba2
  179a59f587b34f1361456d8d09817d32 bd8f40eb86b77b0bf09521225c6b4e82
  54d66593ce60b21c7356c014a78cf1dc 1275ca1f3bbee4d1423dd430a33cb626
  6fbf0eda4669075727f21d9bbc944303 f811c7f690ef3ee706c3d52fc8661ed7
  08e8eade8052eef784aa72ac354d6a2a 961ad2715a1549744b9fd05e0418a4ec
  c2e0416e0f51cbcc2491af50a1f47039 997c3a8523b8b47afc02365b25559731
  2d5dfa98e38a92ae05df2910676cbac9 d300e6cfe19ea82c6316013f58e289a9
  0d38341bab33ffb0bb480c5fb9b1cd2e c5f3db47e5a59c770aa62068fe7fc1ad`;
