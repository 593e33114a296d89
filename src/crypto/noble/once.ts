/**
 * Puts work off until its result is first asked for, and does it once. Curves
 * are made this way: importing the provider computes nothing.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
