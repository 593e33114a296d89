/**
 * The padding of CBC records, RFC 5246 6.2.3.2. What is read here is not yet
 * known to be the peer's: there is no branch and no loop bound that depends on
 * the padding. docs/timing.md says what its time was measured to tell.
 */

/** padding_length is one byte; the padding is that long without it. */
const MOST_PADDING = 255;

/** Fills `block` from `from` on: padding and padding_length. */
export function writePadding(block: Uint8Array, from: number): void {
  // [5246-6.2.3.2-03]
  block.fill(block.length - from - 1, from);
}

// [5246-6.2.3.2-06]
/**
 * The content of a decrypted block that ends with a MAC of that many bytes and
 * padding, or undefined when either is wrong. `macOf` is asked once, whatever
 * the padding says, with the content and the most bytes that it could have.
 */
export function removePaddingAndMac(
  block: Uint8Array,
  macLength: number,
  macOf: (content: Uint8Array, most: number) => Uint8Array,
): Uint8Array | undefined {
  const most = block.length - macLength - 1;
  const claimed = block[block.length - 1] ?? 0;
  const fits = isAtMost(claimed, most);
  // RFC 5246 6.2.3.2: a wrong padding is taken for none, and the MAC is
  // computed all the same.
  const right = fits & paddingIsRight(block, claimed);
  const length = most - (claimed & -right);
  const content = block.subarray(0, length);
  const wanted = macOf(content, most);
  const different = macDifference(block, length, wanted);
  return right === 1 && different === 0 ? content : undefined;
}

/** 1 when `a` is at most `b`, 0 otherwise; both are far below 2^31. */
function isAtMost(a: number, b: number): number {
  return ((a - b - 1) >>> 31) & 1;
}

// [5246-6.2.3.2-04]
/**
 * "Each uint8 in the padding data vector MUST be filled with the padding
 * length value": 1 when it is. Looks at as many bytes whatever is claimed.
 */
function paddingIsRight(block: Uint8Array, claimed: number): number {
  const looked = Math.min(MOST_PADDING + 1, block.length);
  let different = 0;
  for (let back = 0; back < looked; back++) {
    const byte = block[block.length - 1 - back] ?? 0;
    different |= (byte ^ claimed) & -isAtMost(back, claimed);
  }
  return isAtMost(different, 0);
}

/**
 * Zero when `wanted` stands at `at`. Reads every place where a MAC could
 * stand, in order, and gathers the bytes that do into a ring.
 */
function macDifference(
  block: Uint8Array,
  at: number,
  wanted: Uint8Array,
): number {
  const { length } = wanted;
  if (length === 0) return 0;
  const first = Math.max(0, block.length - length - MOST_PADDING - 1);
  const ring = new Uint8Array(length);
  for (let i = first, slot = 0; i < block.length; i++) {
    const inside = isAtMost(at, i) & isAtMost(i + 1, at + length);
    ring[slot] = (ring[slot] ?? 0) | ((block[i] ?? 0) & -inside);
    slot = slot + 1 === length ? 0 : slot + 1;
  }
  let different = 0;
  const turn = (at - first) % length;
  for (let i = 0; i < length; i++)
    different |= (ring[(turn + i) % length] ?? 0) ^ (wanted[i] ?? 0);
  return different;
}
