/** One of the reserved values of RFC 8701 2, 0x0a0a to 0xfafa, by a byte. */
export function greaseValue(byte: number): number {
  const half = (byte & 0xf0) | 0x0a;
  return (half << 8) | half;
}

/**
 * Tells whether a code point of two bytes is one of the reserved values of RFC
 * 8701 2.
 */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);
}
