/**
 * Triple DES in CBC mode, decryption only: FIPS 46-3, bit by bit. Slow and
 * plain on purpose; it reads old key files of a few kilobytes.
 */

/** One element a bit; positions in the tables count from 1, as in FIPS 46-3. */
type Bits = readonly number[];

/**
 * @param key 24 bytes: K1, K2, K3 of the encryption (parity bits do not count)
 * @param data whole blocks of 8 bytes
 */
export function decryptTripleDesCbc(
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const [k1, k2, k3] = [0, 8, 16].map((at) =>
    roundKeys(toBits(key.subarray(at, at + 8))),
  );
  if (k1 === undefined || k2 === undefined || k3 === undefined)
    throw new TypeError("a triple DES key has 24 bytes");
  const decryption = [k3.slice().reverse(), k2, k1.slice().reverse()];
  const out = new Uint8Array(data.length);
  let previous = iv;
  for (let at = 0; at < data.length; at += 8) {
    const block = data.subarray(at, at + 8);
    let bits: Bits = toBits(block);
    for (const keys of decryption) bits = cipher(bits, keys);
    toBytes(bits).forEach((byte, i) => {
      out[at + i] = byte ^ (previous[i] ?? 0);
    });
    previous = block;
  }
  return out;
}

/** Each row goes down by eight, eight times. */
const INITIAL = [58, 60, 62, 64, 57, 59, 61, 63].flatMap((start) =>
  Array.from({ length: 8 }, (_, i) => start - 8 * i),
);

const FINAL: Bits = INITIAL.map((_, i) => INITIAL.indexOf(i + 1) + 1);

/** E: each half-byte with its two neighbours. */
const EXPANSION = Array.from(
  { length: 48 },
  (_, i) => ((4 * Math.floor(i / 6) + (i % 6) + 31) % 32) + 1,
);

const PERMUTATION = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32,
  27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
];

const PERMUTED_CHOICE_1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35,
  27, 19, 11, 3, 60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38,
  30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];

const PERMUTED_CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27,
  20, 13, 2, 41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34,
  53, 46, 42, 50, 36, 29, 32,
];

const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

/** S1 to S8: four rows of sixteen, a hexadecimal digit each. */
const BOXES = [
  "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
  "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
  "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
  "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
  "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
  "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
  "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
  "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b",
];

const permute = (bits: Bits, table: Bits): number[] =>
  table.map((position) => bits[position - 1] ?? 0);

const xor = (a: Bits, b: Bits): number[] =>
  a.map((bit, i) => bit ^ (b[i] ?? 0));

function roundKeys(key: Bits): Bits[] {
  const chosen = permute(key, PERMUTED_CHOICE_1);
  let [c, d] = [chosen.slice(0, 28), chosen.slice(28)];
  return SHIFTS.map((shift) => {
    c = [...c.slice(shift), ...c.slice(0, shift)];
    d = [...d.slice(shift), ...d.slice(0, shift)];
    return permute([...c, ...d], PERMUTED_CHOICE_2);
  });
}

function cipher(block: Bits, keys: readonly Bits[]): Bits {
  const start = permute(block, INITIAL);
  let [left, right] = [start.slice(0, 32), start.slice(32)];
  for (const key of keys)
    [left, right] = [right, xor(left, mangle(right, key))];
  return permute([...right, ...left], FINAL);
}

/** f(R, K) of FIPS 46-3. */
function mangle(half: Bits, key: Bits): Bits {
  const mixed = xor(permute(half, EXPANSION), key);
  const substituted = BOXES.flatMap((box, i) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mixed.slice(6 * i);
    const row = 2 * a + f;
    const column = 8 * b + 4 * c + 2 * d + e;
    const value = Number.parseInt(box.charAt(16 * row + column), 16);
    return [8, 4, 2, 1].map((bit) => ((value & bit) === 0 ? 0 : 1));
  });
  return permute(substituted, PERMUTATION);
}

function toBits(bytes: Uint8Array): Bits {
  return Array.from(bytes).flatMap((byte) =>
    Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1),
  );
}

function toBytes(bits: Bits): number[] {
  return Array.from({ length: 8 }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((byte, bit) => 2 * byte + bit, 0),
  );
}
