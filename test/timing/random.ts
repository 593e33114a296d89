/** Numbers that follow from a seed: inputs of a run can be made again. */
export class Random {
  #state: number;

  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (const character of seed)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    this.#state = hash;
  }

  /** 32 bits: Mulberry32 of Tommy Ettinger, in the public domain. */
  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return (x ^ (x >>> 14)) >>> 0;
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.u32() >>> 24;
  }

  /** As a `RandomSource`. */
  readonly bytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    this.fill(bytes);
    return bytes;
  };
}
