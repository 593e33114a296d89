import type { MemoryBIO } from "./memory-bio.ts";

/** RFC 9846 5.1: type, version, length. */
const HEADER_LENGTH = 5;

/**
 * Takes bytes out of a BIO as OpenSSL does: never more than the record under
 * way. So what was not read stays in the BIO, and what follows a close_notify
 * is still there for whoever goes on in plain.
 */
export class RecordFeeder {
  /** The header under way. */
  #header: number[] = [];
  /** Bytes of the record's fragment that are still to come. */
  #left = 0;

  /** Bytes of one record, perhaps not all of them; none when there are none. */
  take(bio: MemoryBIO): Uint8Array {
    if (this.#left === 0 && this.#header.length === 0) {
      const length = wholeRecord(bio);
      if (length !== undefined) return bio.view(length);
    }
    if (this.#left > 0) return this.#takeFragment(bio);
    const part = bio.view(HEADER_LENGTH - this.#header.length);
    this.#header.push(...part);
    if (this.#header.length === HEADER_LENGTH) {
      const [, , , high = 0, low = 0] = this.#header;
      this.#left = (high << 8) | low;
      this.#header = [];
    }
    return part;
  }

  #takeFragment(bio: MemoryBIO): Uint8Array {
    const part = bio.view(this.#left);
    this.#left -= part.length;
    return part;
  }
}

/** The length of the record that a BIO begins with, if all of it is there. */
function wholeRecord(bio: MemoryBIO): number | undefined {
  const high = bio.peek(HEADER_LENGTH - 2);
  const low = bio.peek(HEADER_LENGTH - 1);
  if (high === undefined || low === undefined) return undefined;
  const length = HEADER_LENGTH + ((high << 8) | low);
  return length <= bio.pending ? length : undefined;
}
