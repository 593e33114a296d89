import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";

/** Bytes of a sequence number on the wire, whatever the version. */
export const SEQUENCE_LENGTH = 8;

/**
 * Counts the records under one key: RFC 5246 6.1, RFC 9846 5.3. It ends long
 * before its 64 bits do, where a JavaScript number ceases to count.
 */
export class SequenceNumber {
  #next: number;

  // [5246-6.1-02] [5246-6.1-03] [9846-5.3-01]
  constructor(next = 0) {
    this.#next = next;
  }

  get count(): number {
    return this.#next;
  }

  /**
   * Writes the number to the end of `target`, XORed with the end of `mask`
   * where there is one.
   *
   * @throws TlsError when the numbers are used up
   */
  write(target: Uint8Array, mask?: Uint8Array): void {
    if (this.#next >= Number.MAX_SAFE_INTEGER)
      // [9846-5.3-02]
      throw new TlsError(reason.sequence_number_overflow);
    const end = target.length;
    let left = this.#next;
    for (let i = end - 1; i >= end - SEQUENCE_LENGTH; i--) {
      target[i] = (mask?.[i] ?? 0) ^ (left & 0xff);
      left = left > 0xff ? Math.floor(left / 256) : 0;
    }
  }

  // [5246-6.1-01]
  advance(): void {
    this.#next++;
  }

  clone(): SequenceNumber {
    return new SequenceNumber(this.#next);
  }
}
