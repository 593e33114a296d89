/** When noble may build its table of a curve's base point. */

/** The part of noble's points that is needed: `CurvePoint.precompute`. */
interface BasePoint {
  precompute(windowSize: number): unknown;
}

/** noble's word for "no table". */
const NO_TABLE = 1;
/** noble's own choice for base points. */
const TABLE_WINDOW = 6;
const USES_WITHOUT_TABLE = 16;

/**
 * Puts the table of the base point off until the seventeenth use. Call the
 * function that is returned before each use; it answers whether the table is
 * in use from now on.
 *
 * noble builds the table at the first multiplication, which takes as long as
 * 10 to 45 multiplications without it. A process that opens a few connections
 * never gets that back. First use in a fresh process, then each, in
 * milliseconds, with the table and without (Node 20, one run):
 *
 * | | table | none |
 * |---|---|---|
 * | X25519 key | 26, then 0.3 | 2.2, then 0.8 |
 * | P-256 key | 26, then 0.4 | 4.7, then 2.0 |
 * | P-384 key | 38, then 0.7 | 7.1, then 4.2 |
 * | P-521 key | 67, then 1.3 | 12, then 7.9 |
 * | P-256 signature | 27, then 0.4 | 7.0, then 2.1 |
 * | Ed25519 signature | 22, then 0.4 | 9.9, then 2.3 |
 */
export function deferredTable(base: BasePoint): () => boolean {
  base.precompute(NO_TABLE);
  let left = USES_WITHOUT_TABLE;
  return () => {
    if (left < 0) return true;
    if (left-- > 0) return false;
    base.precompute(TABLE_WINDOW);
    return true;
  };
}
