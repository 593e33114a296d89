/** The state that a server keeps of a HelloRetryRequest, RFC 9846 4.3.2. */

/** Enough to go on from the second hello alone. */
export interface RetryMemory {
  /** Code points that were chosen. */
  readonly suite: number;
  readonly group: number;
  /** True when early data is to be skipped. */
  readonly earlyData: boolean;
  /** The transcript hash of the first hello. */
  readonly digest: Uint8Array;
  /** A digest of what the second hello must not change. */
  readonly fixed: Uint8Array;
}

/** Keeps the memory with the client; made by `createRetryCookies`. */
export interface RetryCookies {
  /** @param now milliseconds since the epoch */
  seal(memory: RetryMemory, now: number): Uint8Array;
  /**
   * Undefined for what was not sealed here, or too long ago.
   *
   * @param now milliseconds since the epoch
   */
  open(cookie: Uint8Array, now: number): RetryMemory | undefined;
}
