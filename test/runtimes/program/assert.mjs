/** Checks of values, for engines that have nothing but the language. */
export function assert(holds, message) {
  if (!holds) throw new Error(message);
}

export function assertEqual(value, expected) {
  assert(
    value === expected,
    `expected ${String(expected)}, got ${String(value)}`,
  );
}

/** Bytes that differ from place to place, the same for each call. */
export function pattern(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (state * 75 + 74) % 65537;
    bytes[at] = state;
  }
  return bytes;
}

/** Throws unless the bytes are all of the pattern of that length. */
export function samePattern(bytes, length) {
  assertEqual(bytes.length, length);
  const expected = pattern(length);
  for (let at = 0; at < length; at++)
    if (bytes[at] !== expected[at])
      throw new Error(`byte ${String(at)} is another one`);
}
