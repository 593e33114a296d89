/**
 * Triple DES in CBC mode, to decrypt old key files with, and to write them for old
 * programs (FIPS 46-3, SP 800-67); noble has none. Tables are looked up by secret bytes: not for use
 * where an attacker can measure time.
 */

/**
 * @param key 24 bytes, or 16 for two keys of which the first serves twice
 * @param iv 8 bytes
 * @param data whole blocks of 8 bytes
 * @returns the plaintext with its padding
 */
export function decryptTripleDesCbc(
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const [first, second, third] = keySchedules(key);
  // EDE decrypts backwards: D with key 3, E with key 2, D with key 1.
  const schedules = [third.slice().reverse(), second, first.slice().reverse()];
  const plain = new Uint8Array(data.length);
  let before = iv;
  for (let at = 0; at + 8 <= data.length; at += 8) {
    const block = data.subarray(at, at + 8);
    const out = plain.subarray(at, at + 8);
    runBlock(schedules, block, out);
    for (let i = 0; i < 8; i++) out[i] = (out[i] ?? 0) ^ (before[i] ?? 0);
    before = block;
  }
  return plain;
}

/**
 * The inverse of {@link decryptTripleDesCbc}.
 *
 * @param data whole blocks of 8 bytes, padded already
 */
export function encryptTripleDesCbc(
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const [first, second, third] = keySchedules(key);
  const schedules = [first, second.slice().reverse(), third];
  const out = new Uint8Array(data.length);
  const block = new Uint8Array(8);
  let before = iv;
  for (let at = 0; at + 8 <= data.length; at += 8) {
    for (let i = 0; i < 8; i++)
      block[i] = (data[at + i] ?? 0) ^ (before[i] ?? 0);
    before = out.subarray(at, at + 8);
    runBlock(schedules, block, before);
  }
  return out;
}

function keySchedules(key: Uint8Array): [Schedule, Schedule, Schedule] {
  const first = keySchedule(key.subarray(0, 8));
  const second = keySchedule(key.subarray(8, 16));
  return [
    first,
    second,
    key.length > 16 ? keySchedule(key.subarray(16, 24)) : first,
  ];
}

/** 16 round keys of eight times six bits. */
type Schedule = readonly (readonly number[])[];

function runBlock(
  schedules: readonly Schedule[],
  input: Uint8Array,
  output: Uint8Array,
): void {
  const tables = (spTables ??= makeSpTables());
  let [left, right] = permuteBlock(INITIAL, word(input, 0), word(input, 4));
  // The final and the initial permutation between two passes cancel out.
  for (const schedule of schedules) {
    for (const roundKey of schedule) {
      const mixed = left ^ round(tables, right, roundKey);
      left = right;
      right = mixed;
    }
    [left, right] = [right, left];
  }
  const [high, low] = permuteBlock(FINAL, left, right);
  for (let i = 0; i < 4; i++) {
    output[i] = high >>> (24 - 8 * i);
    output[4 + i] = low >>> (24 - 8 * i);
  }
}

function round(
  tables: readonly Uint32Array[],
  half: number,
  roundKey: readonly number[],
): number {
  let result = 0;
  for (let box = 0; box < 8; box++) {
    // Expansion E: six bits from the one before the box's four to the one after.
    const turn = (5 + 4 * box) % 32;
    const six = ((half << turn) | (half >>> (32 - turn))) & 0x3f;
    result |= tables[box]?.[six ^ (roundKey[box] ?? 0)] ?? 0;
  }
  return result;
}

function word(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 8) | (bytes[at + i] ?? 0);
  return value;
}

/** Bit 1 is the most significant of `high`, bit 64 the least of `low`. */
function permuteBlock(
  table: readonly number[],
  high: number,
  low: number,
): [number, number] {
  let first = 0;
  let second = 0;
  for (let i = 0; i < 32; i++) {
    first = (first << 1) | bitOf(high, low, table[i] ?? 0);
    second = (second << 1) | bitOf(high, low, table[32 + i] ?? 0);
  }
  return [first, second];
}

function bitOf(high: number, low: number, bit: number): number {
  return bit <= 32 ? (high >>> (32 - bit)) & 1 : (low >>> (64 - bit)) & 1;
}

function pack(bits: readonly number[]): number {
  return bits.reduce((value, bit) => (value << 1) | bit, 0);
}

function keySchedule(key: Uint8Array): Schedule {
  const bit = (n: number): number =>
    ((key[(n - 1) >> 3] ?? 0) >> (7 - ((n - 1) & 7))) & 1;
  let halves = [CHOICE_1.slice(0, 28).map(bit), CHOICE_1.slice(28).map(bit)];
  return Array.from(ROTATIONS, (turn) => {
    const by = Number(turn);
    halves = halves.map((half) => [...half.slice(by), ...half.slice(0, by)]);
    const both = halves.flat();
    const chosen = CHOICE_2.map((n) => both[n - 1] ?? 0);
    return Array.from({ length: 8 }, (_, box) =>
      pack(chosen.slice(6 * box, 6 * box + 6)),
    );
  });
}

/** Substitution and permutation P in one look-up a box. */
let spTables: readonly Uint32Array[] | undefined;

function makeSpTables(): Uint32Array[] {
  return S_BOXES.map((rows, box) =>
    Uint32Array.from({ length: 64 }, (_, six) => {
      const row = ((six >> 4) & 2) | (six & 1);
      const column = (six >> 1) & 15;
      const four = Number.parseInt(rows.charAt(16 * row + column), 16);
      const before = four << (28 - 4 * box);
      return pack(PERMUTATION.map((n) => (before >>> (32 - n)) & 1));
    }),
  );
}

/** IP and its inverse: both run through columns of the block. */
const INITIAL = [58, 60, 62, 64, 57, 59, 61, 63].flatMap((start) =>
  Array.from({ length: 8 }, (_, i) => start - 8 * i),
);
const FINAL = Array.from({ length: 64 }, (_, i) => INITIAL.indexOf(i + 1) + 1);

const PERMUTATION = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32,
  27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
];

/** PC-1. */
const CHOICE_1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35,
  27, 19, 11, 3, 60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38,
  30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];

/** PC-2. */
const CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27,
  20, 13, 2, 41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34,
  53, 46, 42, 50, 36, 29, 32,
];

/** Bits by which the key halves turn before each round. */
const ROTATIONS = "1122222212222221";

/** Four rows of sixteen, one hexadecimal digit an entry. */
const S_BOXES = [
  "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
  "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
  "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
  "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
  "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
  "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
  "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
  "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b",
];
