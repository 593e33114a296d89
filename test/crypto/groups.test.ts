import { createECDH } from "node:crypto";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../src/bytes.ts";
import {
  mlKem1024,
  mlKem768,
} from "../../src/crypto/noble/post-quantum/mlkem.ts";
import { noble, x25519Ladder } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import {
  InvalidKeyShare,
  type CryptoProvider,
  type GroupName,
  type KeyExchangeGroup,
} from "../../src/crypto/provider.ts";
import { recordedRandom, scriptedRandom } from "./scripted-random.ts";

function group(provider: CryptoProvider, name: GroupName): KeyExchangeGroup {
  const row = provider.groups[name];
  if (row === undefined) throw new Error(`no row ${name}`);
  return row;
}

const providers = [noble, node];
const rows = providers.flatMap((provider) =>
  Object.values(provider.groups).map((row) => ({
    name: `${row.name} of ${provider.name}`,
    provider,
    row,
  })),
);

describe.each(rows)("$name", ({ provider, row }) => {
  it("gives both sides one secret, over shares of the stated lengths", () => {
    const pair = row.generate(noble.random);
    const answer = row.encapsulate(pair.share, noble.random);
    expect(pair.share.length).toBe(row.initiatorShareLength);
    expect(answer.share.length).toBe(row.responderShareLength);
    const secret = pair.decapsulate(answer.share).bytes.slice();
    expect(secret).toEqual(answer.secret.bytes);
    expect(secret.some((byte) => byte !== 0)).toBe(true);
    // The pair can be asked again: a forked connection does.
    expect(pair.decapsulate(answer.share).bytes).toEqual(secret);
  });

  it("draws all its randomness from the argument", () => {
    const first = recordedRandom(noble.random);
    const made = row.generate(first.random);
    const seen: Uint8Array[] = [];
    row.generate((length) => {
      const bytes = noble.random(length);
      seen.push(bytes.slice());
      return bytes;
    });
    expect(seen.map((bytes) => bytes.length)).toEqual(first.lengths);
    const again = row.generate(scriptedRandom(...seen));
    const same = row.generate(scriptedRandom(...seen));
    expect(again.share).toEqual(same.share);
    expect(made.share).not.toEqual(again.share);
  });

  it("wipes the random bytes that it need not keep", () => {
    const drawn: Uint8Array[] = [];
    const random = (length: number): Uint8Array => {
      const bytes = noble.random(length);
      drawn.push(bytes);
      return bytes;
    };
    const pair = row.generate(random);
    row.encapsulate(pair.share, random);
    // noble's X25519 and X448 keep their private keys as drawn; the others make numbers
    // or OpenSSL's keys of it.
    const kept: Partial<Record<GroupName, readonly number[]>> =
      provider === noble
        ? { x25519: [0, 1], x448: [0, 1], X25519MLKEM768: [1, 3] }
        : {};
    drawn.forEach((bytes, i) => {
      const wiped = bytes.every((byte) => byte === 0);
      expect(wiped).toBe(!(kept[row.name]?.includes(i) ?? false));
    });
  });

  it("refuses shares of a wrong length", () => {
    const pair = row.generate(noble.random);
    const { share } = row.encapsulate(pair.share, noble.random);
    for (const bad of [
      new Uint8Array(0),
      share.subarray(1),
      concat(share, Uint8Array.of(0)),
    ])
      expect(() => pair.decapsulate(bad)).toThrow(InvalidKeyShare);
    for (const bad of [
      new Uint8Array(0),
      pair.share.subarray(1),
      concat(pair.share, Uint8Array.of(0)),
    ])
      expect(() => row.encapsulate(bad, noble.random)).toThrow(InvalidKeyShare);
  });

  it("changes no input", () => {
    const pair = row.generate(noble.random);
    const initiator = pair.share.slice();
    const { share } = row.encapsulate(initiator, noble.random);
    expect(initiator).toEqual(pair.share);
    const responder = share.slice();
    pair.decapsulate(responder);
    expect(responder).toEqual(share);
  });
});

const ladder = {
  ...noble,
  name: "noble, by the ladder",
  groups: { ...noble.groups, x25519: x25519Ladder },
};

describe.each([...providers, ladder])("x25519 of $name", (provider) => {
  const x25519 = group(provider, "x25519");

  // [9846-9.1-03]
  it("agrees with RFC 8448 3", () => {
    const clientKey = fromHex(
      "49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005",
    );
    const serverKey = fromHex(
      "b1580eeadf6dd589b8ef4f2d5652578cc810e9980191ec8d058308cea216a21e",
    );
    const client = x25519.generate(scriptedRandom(clientKey));
    expect(toHex(client.share)).toBe(
      "99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c",
    );
    const server = x25519.encapsulate(client.share, scriptedRandom(serverKey));
    expect(toHex(server.share)).toBe(
      "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f",
    );
    const secret =
      "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";
    expect(toHex(server.secret.bytes)).toBe(secret);
    expect(toHex(client.decapsulate(server.share).bytes)).toBe(secret);
  });

  it("gives the same share before and after noble builds its table", () => {
    const key = new Uint8Array(32).fill(0x77);
    const shares = new Set<string>();
    for (let i = 0; i < 20; i++)
      shares.add(toHex(x25519.generate(scriptedRandom(key)).share));
    expect(shares.size).toBe(1);
  });

  // 0, 1, an element of order 8, p - 1, p and p + 1.
  it.each([
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    // [8422-5.10-02] [8422-5.11-03]
  ])("refuses %s, which gives an all-zero secret", (hex) => {
    const share = fromHex(hex);
    const pair = x25519.generate(noble.random);
    expect(() => pair.decapsulate(share)).toThrow(InvalidKeyShare);
    expect(() => x25519.encapsulate(share, noble.random)).toThrow(
      InvalidKeyShare,
    );
  });
});

const curves = [
  ["secp256r1", "prime256v1", 32],
  ["secp384r1", "secp384r1", 48],
  ["secp521r1", "secp521r1", 66],
] as const;

describe.each(
  providers.flatMap((provider) =>
    curves.map((curve) => [provider.name, ...curve, provider] as const),
  ),
)("%s: %s", (_provider, name, nodeName, scalarLength, provider) => {
  const row = group(provider, name);
  const scalar = new Uint8Array(scalarLength).fill(0x5a);
  scalar[0] = 0;

  // [9846-9.1-03]
  it("agrees with OpenSSL, the drawn bytes being the private key", () => {
    const openSsl = createECDH(nodeName);
    openSsl.setPrivateKey(scalar);
    const pair = row.generate(scriptedRandom(scalar));
    expect(toHex(pair.share)).toBe(openSsl.getPublicKey("hex"));
    const peer = createECDH(nodeName);
    const share = new Uint8Array(peer.generateKeys());
    const secret = new Uint8Array(openSsl.computeSecret(share));
    expect(secret.length).toBe(scalarLength);
    expect(pair.decapsulate(share).bytes).toEqual(secret);
  });

  it("gives the same share before and after noble builds its table", () => {
    const shares = new Set<string>();
    for (let i = 0; i < 20; i++)
      shares.add(toHex(row.generate(scriptedRandom(scalar)).share));
    expect(shares.size).toBe(1);
  });

  it("draws again for zero and for what is not below the order", () => {
    const tooBig = new Uint8Array(scalarLength).fill(0xff);
    const zero = new Uint8Array(scalarLength);
    const pair = row.generate(scriptedRandom(zero, tooBig, scalar));
    expect(pair.share).toEqual(row.generate(scriptedRandom(scalar)).share);
    expect(() => row.generate((length) => new Uint8Array(length))).toThrow(
      /no usable .* in 64 draws/,
    );
  });

  // [9846-7.4.2-01] [8422-5.10-01]
  it("keeps the leading zeros of the secret", () => {
    const peer = createECDH(nodeName);
    peer.setPrivateKey(scalar);
    const share = new Uint8Array(peer.getPublicKey());
    const own = createECDH(nodeName);
    const key = scalar.slice();
    const tail = new DataView(key.buffer, scalarLength - 4);
    // One key in 256 gives such a secret; OpenSSL finds one quickly.
    let secret: Uint8Array;
    let count = 0;
    do {
      tail.setUint32(0, ++count);
      own.setPrivateKey(key);
      secret = own.computeSecret(share);
    } while (secret[0] !== 0 && count < 10_000);
    expect(secret[0]).toBe(0);
    const pair = row.generate(scriptedRandom(key.slice()));
    expect(toHex(pair.decapsulate(share).bytes)).toBe(toHex(secret));
    const answer = row.encapsulate(share, scriptedRandom(key.slice()));
    expect(toHex(answer.secret.bytes)).toBe(toHex(secret));
  });

  // [8422-5.1.2-01] [8422-5.11-01] [8422-5.11-02] [9846-4.3.8.2-01]
  it("refuses points that are not uncompressed or not on the curve", () => {
    const pair = row.generate(noble.random);
    const { share } = row.encapsulate(pair.share, noble.random);
    const offCurve = share.slice();
    offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
    const hybridForm = share.slice();
    hybridForm[0] = 6 + ((share.at(-1) ?? 0) & 1);
    const compressed = share.slice(0, 1 + scalarLength);
    compressed[0] = 2 + ((share.at(-1) ?? 0) & 1);
    for (const bad of [
      offCurve,
      hybridForm,
      compressed,
      Uint8Array.of(0),
      new Uint8Array(share.length),
    ])
      expect(() => pair.decapsulate(bad)).toThrow(InvalidKeyShare);
  });
});

describe.each(providers)("X25519MLKEM768 of $name", (provider) => {
  const hybrid = group(provider, "X25519MLKEM768");
  const x25519 = group(provider, "x25519");

  it("draws for ML-KEM first, then for X25519", () => {
    const initiator = recordedRandom(noble.random);
    const pair = hybrid.generate(initiator.random);
    expect(initiator.lengths).toEqual([64, 32]);
    const responder = recordedRandom(noble.random);
    hybrid.encapsulate(pair.share, responder.random);
    expect(responder.lengths).toEqual([32, 32]);
  });

  it("concatenates plainly, ML-KEM first", () => {
    const key = new Uint8Array(32).fill(9);
    const seed = new Uint8Array(64).fill(1);
    const message = new Uint8Array(32).fill(2);
    const peerKey = new Uint8Array(32).fill(3);
    const pair = hybrid.generate(scriptedRandom(seed, key));
    const answer = hybrid.encapsulate(
      pair.share,
      scriptedRandom(message, peerKey),
    );
    const x = x25519.generate(scriptedRandom(key));
    const kem = mlKem768.encapsulate(
      pair.share.subarray(0, 1184),
      scriptedRandom(message),
    );
    expect(pair.share.subarray(1184)).toEqual(x.share);
    expect(answer.share.subarray(0, 1088)).toEqual(kem.ciphertext);
    expect(answer.secret.bytes).toEqual(
      concat(kem.secret, x.decapsulate(answer.share.subarray(1088)).bytes),
    );
  });

  it("checks the modulus of the encapsulation key, FIPS 203 7.2", () => {
    const { share } = hybrid.generate(noble.random);
    // The first coefficient, twelve bits: q itself, and the greatest number.
    for (const [low, high] of [
      [0x01, 0x0d],
      [0xff, 0x0f],
    ] as const) {
      const bad = share.slice();
      bad[0] = low;
      bad[1] = ((bad[1] ?? 0) & 0xf0) | high;
      expect(() => hybrid.encapsulate(bad, noble.random)).toThrow(
        InvalidKeyShare,
      );
    }
  });

  it("refuses a bad X25519 part", () => {
    const pair = hybrid.generate(noble.random);
    const answer = hybrid.encapsulate(pair.share, noble.random);
    expect(() => pair.decapsulate(answer.share.slice().fill(0, 1088))).toThrow(
      InvalidKeyShare,
    );
    expect(() =>
      hybrid.encapsulate(pair.share.slice().fill(0, 1184), noble.random),
    ).toThrow(InvalidKeyShare);
  });

  it("rejects a spoilt ciphertext implicitly: another secret, no error", () => {
    const pair = hybrid.generate(noble.random);
    const answer = hybrid.encapsulate(pair.share, noble.random);
    const bad = answer.share.slice();
    bad[5] = (bad[5] ?? 0) ^ 1;
    const secret = pair.decapsulate(bad).bytes;
    expect(secret.subarray(0, 32)).not.toEqual(
      answer.secret.bytes.subarray(0, 32),
    );
    expect(secret.subarray(32)).toEqual(answer.secret.bytes.subarray(32));
    expect(pair.decapsulate(bad).bytes).toEqual(secret);
  });
});

const ecHybrids = [
  ["SecP256r1MLKEM768", "secp256r1", mlKem768, 65, 32],
  ["SecP384r1MLKEM1024", "secp384r1", mlKem1024, 97, 48],
] as const;

describe.each(
  providers.flatMap((provider) =>
    ecHybrids.map((row) => [provider.name, ...row, provider] as const),
  ),
)("%s: %s", (_provider, name, curve, kem, point, scalar, provider) => {
  const hybrid = group(provider, name);

  it("concatenates plainly, the curve first", () => {
    const key = new Uint8Array(scalar).fill(9);
    const seed = new Uint8Array(64).fill(1);
    const message = new Uint8Array(32).fill(2);
    const peerKey = new Uint8Array(scalar).fill(3);
    const pair = hybrid.generate(scriptedRandom(key, seed));
    const answer = hybrid.encapsulate(
      pair.share,
      scriptedRandom(peerKey, message),
    );
    const ec = group(provider, curve).generate(scriptedRandom(key));
    const wanted = kem.encapsulate(
      kem.keyPair(scriptedRandom(seed)).encapsulationKey,
      scriptedRandom(message),
    );
    expect(pair.share.subarray(0, point)).toEqual(ec.share);
    expect(answer.share.subarray(point)).toEqual(wanted.ciphertext);
    expect(answer.secret.bytes).toEqual(
      concat(
        ec.decapsulate(answer.share.subarray(0, point)).bytes,
        wanted.secret,
      ),
    );
  });

  it("refuses a bad point and a bad encapsulation key", () => {
    const pair = hybrid.generate(noble.random);
    const answer = hybrid.encapsulate(pair.share, noble.random);
    const spoilt = (share: Uint8Array, at: number): Uint8Array => {
      const bad = share.slice();
      bad.fill(0xff, at, at + 3);
      return bad;
    };
    expect(() => pair.decapsulate(spoilt(answer.share, 1))).toThrow(
      InvalidKeyShare,
    );
    for (const at of [1, point])
      expect(() =>
        hybrid.encapsulate(spoilt(pair.share, at), noble.random),
      ).toThrow(InvalidKeyShare);
  });
});

describe.each(providers)("x448 of $name", (provider) => {
  const x448 = group(provider, "x448");

  // [9846-7.4.2-02]
  it("agrees with RFC 7748 6.2", () => {
    const a = fromHex(
      "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
    );
    const b = fromHex(
      "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
    );
    const one = x448.generate(scriptedRandom(a));
    const two = x448.encapsulate(one.share, scriptedRandom(b));
    expect(toHex(one.share)).toBe(
      "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
    );
    expect(toHex(two.share)).toBe(
      "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
    );
    const secret =
      "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d";
    expect(toHex(two.secret.bytes)).toBe(secret);
    expect(toHex(one.decapsulate(two.share).bytes)).toBe(secret);
  });

  // [8422-5.10-02] [8422-5.11-03]
  it("refuses shares that give an all-zero secret", () => {
    for (const first of [0, 1]) {
      const share = new Uint8Array(56);
      share[0] = first;
      expect(() => x448.encapsulate(share, noble.random)).toThrow(
        InvalidKeyShare,
      );
    }
  });
});
