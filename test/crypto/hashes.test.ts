import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiBytes, fromHex, NO_BYTES, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";

const providers = [noble, node];

describe.each(providers)("hash rows of $name", ({ hashes }) => {
  const rows = Object.values(hashes);

  // FIPS 180-4's example message "abc".
  it.each([
    ["SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    [
      "SHA-256",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ],
    [
      "SHA-384",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    ],
    [
      "SHA-512",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ],
  ] as const)("%s hashes abc", (name, digest) => {
    const hash = hashes[name];
    expect(hash.name).toBe(name);
    expect(hash.outputLength).toBe(digest.length / 2);
    expect(toHex(hash.hash(asciiBytes("abc")))).toBe(digest);
  });

  it.each(rows)("$name: a running hash sees the parts as one", (hash) => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        (parts) => {
          const running = hash.create();
          for (const part of parts) running.update(part);
          const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
          expect(running.digest()).toEqual(hash.hash(whole));
        },
      ),
    );
  });

  it.each(rows)("$name: a digest does not end the hash", (hash) => {
    const running = hash.create();
    running.update(asciiBytes("a"));
    const first = running.digest();
    first.fill(0);
    running.update(asciiBytes("bc"));
    expect(running.digest()).toEqual(hash.hash(asciiBytes("abc")));
    expect(running.digest()).toEqual(hash.hash(asciiBytes("abc")));
  });

  it.each(rows)("$name: a clone goes its own way", (hash) => {
    const running = hash.create();
    running.update(asciiBytes("a"));
    const clone = running.clone();
    clone.update(asciiBytes("x"));
    running.update(asciiBytes("b"));
    expect(clone.digest()).toEqual(hash.hash(asciiBytes("ax")));
    expect(running.digest()).toEqual(hash.hash(asciiBytes("ab")));
  });

  it.each(rows)("$name: running hashes do not disturb each other", (hash) => {
    const running = Array.from({ length: 8 }, () => hash.create());
    running.forEach((one, i) => one.update(Uint8Array.of(i)));
    hash.hmac(new Uint8Array(300), NO_BYTES);
    running.forEach((one, i) => {
      expect(one.digest()).toEqual(hash.hash(Uint8Array.of(i)));
    });
  });

  it.each(rows)("$name: update keeps no array", (hash) => {
    const running = hash.create();
    const part = asciiBytes("abc");
    running.update(part);
    part.fill(0);
    expect(running.digest()).toEqual(hash.hash(asciiBytes("abc")));
  });
});

describe.each(providers)("HMAC and HKDF of $name", ({ hashes }) => {
  const rows = Object.values(hashes);

  it("agrees with RFC 4231 4.3 (test case 2)", () => {
    const mac = hashes["SHA-256"].hmac(
      asciiBytes("Jefe"),
      asciiBytes("what do ya want for nothing?"),
    );
    expect(toHex(mac)).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  it("agrees with RFC 5869 A.1", () => {
    const hash = hashes["SHA-256"];
    const key = hash.hkdfExtract(
      fromHex("000102030405060708090a0b0c"),
      new Uint8Array(22).fill(0x0b),
    );
    expect(toHex(key)).toBe(
      "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
    );
    const info = fromHex("f0f1f2f3f4f5f6f7f8f9");
    expect(toHex(hash.hkdfExpand(key, info, 42))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it.each(rows)("$name: a key longer than a block is its hash", (hash) => {
    const key = new Uint8Array(hash.blockLength + 1).fill(7);
    const data = asciiBytes("data");
    expect(hash.hmac(key, data)).toEqual(hash.hmac(hash.hash(key), data));
  });

  it.each(rows)("$name: an empty salt stands for zeros", (hash) => {
    const key = asciiBytes("input key");
    const zeros = new Uint8Array(hash.outputLength);
    expect(hash.hkdfExtract(NO_BYTES, key)).toEqual(
      hash.hkdfExtract(zeros, key),
    );
  });

  it.each(rows)("$name: expanding by one block is one HMAC", (hash) => {
    const key = new Uint8Array(hash.outputLength).fill(3);
    const wanted = hash.hmac(key, Uint8Array.of(5, 1));
    const info = Uint8Array.of(5);
    for (const length of [0, 1, 12, hash.outputLength])
      expect(hash.hkdfExpand(key, info, length)).toEqual(
        wanted.slice(0, length),
      );
    expect(key).toEqual(new Uint8Array(hash.outputLength).fill(3));
  });
});
