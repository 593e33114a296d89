/** HMAC whose work does not reveal the length of the content: hmac-key.ts. */
import { describe, expect, it } from "vitest";
import { concat } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type {
  HashAlgorithm,
  HashName,
  RunningHash,
} from "../../src/crypto/provider.ts";
import { HmacKey, MOST_SPARED } from "../../src/record/hmac-key.ts";
import { seededRandom } from "../support/seeded-random.ts";

const HASHES: readonly HashName[] = ["SHA-1", "SHA-256", "SHA-384"];
/** seq_num, type, version and length: RFC 5246 6.2.3.1. */
const PREFIX = 13;

describe.each(HASHES)("HMAC-%s over content of secret length", (name) => {
  const random = seededRandom(name);
  const key = random(noble.hashes[name].outputLength);
  const prefix = random(PREFIX);

  it.each([255, 299, 300, 511, 16_384])(
    // [5246-6.2.3.2-06]
    "is the same work for every length below %d",
    (most) => {
      const work = new Set<string>();
      for (let length = most - MOST_SPARED; length <= most; length++) {
        const counted = new CountedHash(noble.hashes[name]);
        const hmac = new HmacKey(counted.algorithm, key);
        counted.reset();
        hmac.macEvenly(new Uint8Array(PREFIX + length), PREFIX + most);
        work.add(counted.work);
      }
      expect([...work]).toHaveLength(1);
    },
  );

  it("is the HMAC of prefix and content", () => {
    const hmac = new HmacKey(noble.hashes[name], key);
    const content = random(100);
    const expected = noble.hashes[name].hmac(key, concat(prefix, content));
    expect(hmac.macEvenly(concat(prefix, content), 300)).toEqual(expected);
    expect(hmac.mac(prefix, content)).toEqual(expected);
  });
});

/** Counts what is asked of a hash: calls, bytes, compressed blocks, views. */
class CountedHash {
  readonly algorithm: HashAlgorithm;
  #calls: string[] = [];
  #bytes = 0;
  #blocks = 0;
  #setUps = 0;

  constructor(hash: HashAlgorithm) {
    const { blockLength } = hash;
    const count = (running: RunningHash, at: number): RunningHash => ({
      update: (data) => {
        this.#calls.push("update");
        this.#bytes += data.length;
        // noble's hashes make a view of what has a whole block in it.
        const rest = data.length - (at === 0 ? 0 : blockLength - at);
        if (rest >= blockLength) this.#setUps++;
        this.#blocks += Math.floor((at + data.length) / blockLength);
        at = (at + data.length) % blockLength;
        running.update(data);
      },
      digest: () => {
        this.#calls.push("digest");
        // FIPS 180-4 5.1: a one bit and the length, in a block more if need be.
        this.#blocks += at + 1 + blockLength / 8 > blockLength ? 2 : 1;
        return running.digest();
      },
      clone: () => {
        this.#calls.push("clone");
        return count(running.clone(), at);
      },
    });
    this.algorithm = { ...hash, create: () => count(hash.create(), 0) };
  }

  reset(): void {
    [this.#calls, this.#bytes, this.#blocks, this.#setUps] = [[], 0, 0, 0];
  }

  get work(): string {
    return `${this.#calls.join(" ")}, ${this.#bytes} bytes, ${this.#blocks} blocks, ${this.#setUps} set up`;
  }
}
