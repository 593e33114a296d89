/**
 * ML-KEM of either provider against the other's: Node has its own from 24.7 on, and
 * noble's before.
 */
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import { InvalidKeyShare } from "../../src/crypto/provider.ts";
import { toHex } from "../../src/bytes.ts";

const GROUPS = [
  ...["MLKEM768", "MLKEM1024", "X25519MLKEM768"],
  ...["SecP256r1MLKEM768", "SecP384r1MLKEM1024"],
] as const;
const PAIRS = [
  [noble, node],
  [node, noble],
  [node, node],
] as const;

describe.each(GROUPS)("%s", (name) => {
  const group = (provider: typeof node) => {
    const found = provider.groups[name as keyof typeof provider.groups];
    if (found === undefined) throw new Error(name);
    return found;
  };

  it.each(PAIRS)("agrees, pair %#", (initiator, responder) => {
    const pair = group(initiator).generate(initiator.random);
    const answer = group(responder).encapsulate(pair.share, responder.random);
    const secret = pair.decapsulate(answer.share);
    expect(toHex(secret.bytes)).toBe(toHex(answer.secret.bytes));
    expect(secret.bytes.constructor).toBe(Uint8Array);
    expect(answer.share.constructor).toBe(Uint8Array);
    expect(pair.share.constructor).toBe(Uint8Array);
    expect(pair.share).toHaveLength(group(noble).initiatorShareLength);
    expect(answer.share).toHaveLength(group(noble).responderShareLength);
  });

  it("has the same key of the same random bytes", () => {
    const shares = [noble, node].map((provider) =>
      toHex(
        group(provider).generate((length) => new Uint8Array(length).fill(7))
          .share,
      ),
    );
    expect(shares[0]).toBe(shares[1]);
  });
});

describe.each(["MLKEM768", "MLKEM1024"] as const)("%s refuses", (name) => {
  it.each([
    ["node", node],
    ["noble", noble],
  ] as const)(
    "what is no share, by %s",
    (_name, { groups: { [name]: group }, random }) => {
      if (group === undefined) throw new Error(name);
      const { initiatorShareLength: length, responderShareLength } = group;
      const pair = group.generate(random);
      // Coefficients of 12 bits that are not below q (FIPS 203 7.2).
      const tooLarge = pair.share.slice();
      tooLarge.fill(255, 0, 30);
      for (const share of [
        tooLarge,
        new Uint8Array(length - 1),
        new Uint8Array(0),
      ])
        expect(() => group.encapsulate(share, random)).toThrow(InvalidKeyShare);
      expect(() =>
        pair.decapsulate(new Uint8Array(responderShareLength - 1)),
      ).toThrow(InvalidKeyShare);
      // Implicit rejection: a secret that nobody else has.
      const forged = pair.decapsulate(new Uint8Array(responderShareLength));
      expect(forged.bytes).toHaveLength(32);
    },
  );
});
