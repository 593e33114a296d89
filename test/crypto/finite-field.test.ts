import { createDiffieHellman, createDiffieHellmanGroup } from "node:crypto";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../src/bytes.ts";
import { FFDHE_NAMES, ffdheGroup } from "../../src/crypto/ffdhe.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import { InvalidKeyShare } from "../../src/crypto/provider.ts";
import { scriptedRandom } from "./scripted-random.ts";

const TWO = Uint8Array.of(2);

function bytesOf(number: bigint): Uint8Array {
  const hex = number.toString(16);
  return fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
}

describe("RFC 7919", () => {
  // The ends of the 64-bit groups that appendix A prints.
  it.each([
    ["ffdhe2048", "886b423861285c97ffffffffffffffff"],
    ["ffdhe3072", "25e41d2b66c62e37ffffffffffffffff"],
    ["ffdhe4096", "c68a007e5e655f6affffffffffffffff"],
    ["ffdhe6144", "a40e329cd0e40e65ffffffffffffffff"],
    ["ffdhe8192", "d68c8bb7c5c6424cffffffffffffffff"],
  ] as const)("%s has the prime that it should have", (name, end) => {
    const { prime, bits } = ffdheGroup(name);
    const hex = prime.toString(16);
    expect(hex).toHaveLength(bits / 4);
    expect(hex.slice(0, 48)).toBe(
      "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1",
    );
    expect(hex.slice(-32)).toBe(end);
    // OpenSSL's DH_check finds nothing wrong with it.
    expect(createDiffieHellman(bytesOf(prime), TWO).verifyError).toBe(0);
  });
});

describe.each([noble, node])("finite fields of $name", (provider) => {
  it.each(FFDHE_NAMES)("%s agrees with OpenSSL", (name) => {
    const row = provider.groups[name];
    const { prime, bits } = ffdheGroup(name);
    const openssl = createDiffieHellman(bytesOf(prime), TWO);
    const share = new Uint8Array(bits / 8);
    const made = openssl.generateKeys();
    share.set(made, share.length - made.length);
    const answer = row?.encapsulate(share, provider.random);
    const secret = openssl.computeSecret(answer?.share ?? TWO);
    expect(answer?.secret.bytes).toEqual(new Uint8Array(secret));
    expect(answer?.secret.length).toBe(bits / 8);
  });

  it.each([
    ["ffdhe2048", 29, 0x01],
    ["ffdhe3072", 35, 0x04],
    ["ffdhe4096", 41, 0x10],
    ["ffdhe6144", 47, 0x40],
    ["ffdhe8192", 50, 0x80],
  ] as const)(
    "%s draws an exponent of RFC 7919's size",
    (name, length, top) => {
      const { prime } = ffdheGroup(name);
      const openssl = createDiffieHellman(bytesOf(prime), TWO);
      const exponent = new Uint8Array(length);
      exponent[0] = top;
      openssl.setPrivateKey(exponent);
      const pair = provider.groups[name]?.generate(
        scriptedRandom(new Uint8Array(length)),
      );
      expect(toHex(pair?.share ?? TWO)).toBe(
        openssl.generateKeys("hex").padStart(ffdheGroup(name).bits / 4, "0"),
      );
    },
  );

  it("accepts a server's own field, with secrets that have no leading zeros", () => {
    const openssl = createDiffieHellmanGroup("modp14");
    const prime = new Uint8Array(openssl.getPrime());
    const field = provider.finiteField({ prime, generator: TWO });
    openssl.generateKeys();
    const share = new Uint8Array(openssl.getPublicKey());
    const answer = field.encapsulate(share, provider.random);
    expect(answer.share).toHaveLength(256);
    const secret = toHex(new Uint8Array(openssl.computeSecret(answer.share)));
    expect(toHex(answer.secret.bytes)).toBe(secret.replace(/^(00)+/, ""));
    const pair = field.generate(provider.random);
    expect(toHex(pair.decapsulate(share).bytes).padStart(512, "0")).toBe(
      toHex(new Uint8Array(openssl.computeSecret(pair.share))),
    );
  });

  it("strips in TLS 1.2 what it pads in TLS 1.3", () => {
    const { prime } = ffdheGroup("ffdhe2048");
    const old = provider.finiteField({
      prime: bytesOf(prime),
      generator: TWO,
    });
    // 2^(2x) for growing x, until a secret begins with a zero.
    const row = provider.groups.ffdhe2048;
    const peer = old.generate(scriptedRandom(new Uint8Array(29).fill(3)));
    let stripped = 0;
    for (let i = 0; i < 5000 && stripped === 0; i++) {
      const drawn = new Uint8Array(29).fill(i % 251);
      drawn[28] = i >> 8;
      drawn[27] = i;
      const [one, two] = [old, row].map((field) =>
        field?.encapsulate(peer.share, scriptedRandom(drawn)),
      );
      expect(one?.share).toEqual(two?.share);
      const padded = toHex(two?.secret.bytes ?? TWO);
      expect(padded).toHaveLength(512);
      expect(toHex(one?.secret.bytes ?? TWO)).toBe(
        padded.replace(/^(00)+/, ""),
      );
      if (padded.startsWith("00")) stripped++;
      if (provider === noble && i > 40) break;
    }
    if (provider === node) expect(stripped).toBe(1);
  }, 60_000);

  // [9846-4.3.8.1-01]
  it("accepts short shares in TLS 1.2, and none that gives the secret away", () => {
    const { prime } = ffdheGroup("ffdhe2048");
    const field = provider.finiteField({
      prime: bytesOf(prime),
      generator: TWO,
    });
    const pair = field.generate(provider.random);
    expect(pair.decapsulate(Uint8Array.of(4)).length).toBeGreaterThan(200);
    for (const bad of [0n, 1n, prime - 1n, prime, prime + 1n]) {
      expect(() => pair.decapsulate(bytesOf(bad))).toThrow(InvalidKeyShare);
      expect(() => field.encapsulate(bytesOf(bad), provider.random)).toThrow(
        InvalidKeyShare,
      );
    }
    const long = concat(Uint8Array.of(0), pair.share);
    expect(() => pair.decapsulate(long)).toThrow(InvalidKeyShare);
    const row = provider.groups.ffdhe2048?.generate(provider.random);
    for (const bad of [1n, prime - 1n, prime]) {
      const share = new Uint8Array(256);
      share.set(bytesOf(bad), 256 - bytesOf(bad).length);
      expect(() => row?.decapsulate(share)).toThrow(InvalidKeyShare);
    }
    expect(() => row?.decapsulate(Uint8Array.of(4))).toThrow(InvalidKeyShare);
  });

  it("refuses fields that are no good", () => {
    const { prime } = ffdheGroup("ffdhe2048");
    const good = bytesOf(prime);
    for (const [p, g] of [
      [bytesOf(prime >> 1n), TWO],
      [new Uint8Array(1025).fill(0xff), TWO],
      [new Uint8Array(100_000).fill(0xff), TWO],
      [bytesOf(prime - 1n), TWO],
      [good, Uint8Array.of(0)],
      [good, Uint8Array.of(1)],
      [good, bytesOf(prime - 1n)],
      [good, good],
      [good, new Uint8Array(0)],
      [new Uint8Array(0), TWO],
    ] as const)
      expect(() => provider.finiteField({ prime: p, generator: g })).toThrow(
        InvalidKeyShare,
      );
    // A leading zero does no harm.
    const padded = concat(Uint8Array.of(0), good);
    expect(
      provider.finiteField({ prime: padded, generator: TWO })
        .responderShareLength,
    ).toBe(256);
  });
});
