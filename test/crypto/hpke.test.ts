/** HPKE against the values of RFC 9180 A.1 and A.2, on both providers. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes.ts";
import type { HpkeContext } from "../../src/crypto/hpke.ts";
import {
  hasHpkeSuite,
  hpkeDerivePrivateKey,
  hpkeKeyPair,
  hpkeRecipient,
  hpkeSender,
  InvalidKeyShare,
} from "../../src/crypto/hpke.ts";
import { node } from "../../src/crypto/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";

interface Case {
  readonly mode: number;
  readonly kdf_id: number;
  readonly aead_id: number;
  readonly info: string;
  readonly ikmE: string;
  readonly skEm: string;
  readonly ikmR: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly skSm?: string;
  readonly pkSm?: string;
  readonly psk?: string;
  readonly psk_id?: string;
  readonly enc: string;
  readonly encryptions: readonly {
    readonly sequence: number;
    readonly pt: string;
    readonly aad: string;
    readonly ct: string;
  }[];
  readonly exports: readonly {
    readonly context: string;
    readonly length: number;
    readonly value: string;
  }[];
}

const file = new URL("../../vectors/rfc9180.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as readonly Case[];

describe.each([
  ["noble", noble],
  ["node", node],
] as const)("%s", (_name, provider) => {
  it.each(cases)("mode $mode, AEAD $aead_id", (one) => {
    const suite = { kdf: one.kdf_id, aead: one.aead_id };
    const info = fromHex(one.info);
    const psk =
      one.psk !== undefined && one.psk_id !== undefined
        ? { psk: { key: fromHex(one.psk), id: fromHex(one.psk_id) } }
        : {};
    expect(toHex(hpkeDerivePrivateKey(provider, fromHex(one.ikmE)))).toBe(
      one.skEm,
    );
    const recipient = hpkeKeyPair(provider, fromHex(one.skRm));
    expect(toHex(recipient.share)).toBe(one.pkRm);
    const { enc, context: sealing } = hpkeSender({
      provider: { ...provider, random: () => fromHex(one.skEm) },
      ...{ suite, info, ...psk },
      recipient: recipient.share,
      ...(one.skSm && { sender: hpkeKeyPair(provider, fromHex(one.skSm)) }),
    });
    expect(toHex(enc)).toBe(one.enc);
    const opening = hpkeRecipient({
      ...{ provider, suite, info, recipient, enc, ...psk },
      ...(one.pkSm && { sender: fromHex(one.pkSm) }),
    });
    const wanted = new Map(one.encryptions.map((e) => [e.sequence, e]));
    for (let sequence = 0; sequence <= 256; sequence++) {
      const e = wanted.get(sequence);
      const aad = fromHex(e?.aad ?? "");
      const pt = fromHex(e?.pt ?? "");
      const sealed = sealing.seal(aad, pt);
      if (e) expect(toHex(sealed)).toBe(e.ct);
      expect(toHex(opening.open(aad, sealed) ?? new Uint8Array(1))).toBe(
        toHex(pt),
      );
    }
    for (const { context, length, value } of one.exports)
      for (const side of [sealing, opening])
        expect(toHex(side.export(fromHex(context), length))).toBe(value);
  });
});

describe("what is wrong", () => {
  const suite = { kdf: 1, aead: 3 };
  const info = new Uint8Array();
  const pair = hpkeKeyPair(noble, new Uint8Array(32).fill(7));
  const setup = (): [HpkeContext, HpkeContext] => {
    const { enc, context } = hpkeSender({
      ...{ provider: noble, suite, info, recipient: pair.share },
    });
    return [
      context,
      hpkeRecipient({ provider: noble, suite, info, recipient: pair, enc }),
    ];
  };

  it("does not open, and does not count", () => {
    const [sealing, opening] = setup();
    const sealed = sealing.seal(info, Uint8Array.of(1));
    expect(opening.open(Uint8Array.of(0), sealed)).toBeUndefined();
    expect(opening.open(info, sealed.subarray(1))).toBeUndefined();
    expect(opening.open(info, info)).toBeUndefined();
    expect(opening.open(info, sealed)).toEqual(Uint8Array.of(1));
  });

  it("a clone counts by itself", () => {
    const [sealing, opening] = setup();
    const sealed = sealing.seal(info, Uint8Array.of(1));
    expect(opening.clone().open(info, sealed)).toEqual(Uint8Array.of(1));
    expect(opening.open(info, sealed)).toEqual(Uint8Array.of(1));
  });

  it("keys that give no secret, and unknown suites", () => {
    const recipient = new Uint8Array(32);
    const options = { provider: noble, suite, info, recipient };
    expect(() => hpkeSender(options)).toThrow(InvalidKeyShare);
    expect(() => hpkeKeyPair(noble, new Uint8Array(31))).toThrow(TypeError);
    expect(hasHpkeSuite(noble, suite)).toBe(true);
    expect(hasHpkeSuite(noble, { kdf: 9, aead: 1 })).toBe(false);
    expect(hasHpkeSuite(noble, { kdf: 1, aead: 0xffff })).toBe(false);
    const unknown = { ...options, recipient: pair.share };
    expect(() =>
      hpkeSender({ ...unknown, suite: { kdf: 9, aead: 1 } }),
    ).toThrow(TypeError);
  });
});
