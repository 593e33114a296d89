import { concat, equal, fromHex } from "../../../src/bytes.ts";
import {
  InvalidKeyShare,
  type CryptoProvider,
  type GroupName,
  type KeyExchangeGroup,
} from "../../../src/crypto/provider.ts";
import { scriptedRandom } from "../../crypto/scripted-random.ts";
import { wycheproof, type Case, type Outcome } from "../vectors.ts";

interface EcdhCase extends Case {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

interface KemCase extends Case {
  readonly seed: string;
  readonly m: string;
  readonly ek: string;
  readonly c: string;
  readonly K: string;
}

export function keyExchangeSuites(provider: CryptoProvider): void {
  montgomerySuite("x25519_test.json", group(provider, "x25519"));
  montgomerySuite("x448_test.json", group(provider, "x448"));
  ecdhSuite(
    "ecdh_secp256r1_ecpoint_test.json",
    group(provider, "secp256r1"),
    32,
  );
  ecdhSuite(
    "ecdh_secp384r1_ecpoint_test.json",
    group(provider, "secp384r1"),
    48,
  );
  ecdhSuite(
    "ecdh_secp521r1_ecpoint_test.json",
    group(provider, "secp521r1"),
    66,
  );
}

/** ML-KEM-768, seen through the hybrid group that carries it. */
export function mlKemSuites(provider: CryptoProvider): void {
  const hybrid = group(provider, "X25519MLKEM768");
  const x25519 = group(provider, "x25519");
  const x25519Key = new Uint8Array(32).fill(7);
  const point = x25519.generate(scriptedRandom(x25519Key)).share;
  wycheproof<object, KemCase>("mlkem_768_test.json", {
    judge: (test) => {
      const seed = fromHex(test.seed);
      if (seed.length !== 64)
        return { notApplicable: "the seed of a key pair is ours to draw" };
      const pair = hybrid.generate(scriptedRandom(seed, x25519Key));
      if (!equal(pair.share.subarray(0, 1184), fromHex(test.ek)))
        return "rejected";
      return compare(
        () => pair.decapsulate(concat(fromHex(test.c), point)).bytes,
        fromHex(test.K),
      );
    },
  });
  wycheproof<object, KemCase>("mlkem_768_encaps_test.json", {
    judge: (test) => {
      const random = scriptedRandom(fromHex(test.m), x25519Key);
      return compare(
        () => {
          const share = concat(fromHex(test.ek), point);
          const made = hybrid.encapsulate(share, random);
          return concat(made.share.subarray(0, 1088), made.secret.bytes);
        },
        concat(fromHex(test.c), fromHex(test.K)),
      );
    },
  });
}

function montgomerySuite(file: string, row: KeyExchangeGroup): void {
  wycheproof<object, EcdhCase>(file, {
    judge: (test) => {
      const random = scriptedRandom(fromHex(test.private));
      const pair = row.generate(random);
      return compare(
        () => pair.decapsulate(fromHex(test.public)).bytes,
        fromHex(test.shared),
      );
    },
    expectation: (test) => {
      if (test.flags?.includes("ZeroSharedSecret"))
        return {
          outcome: "rejected",
          reason: "RFC 9846 7.4.2: an all-zero secret must abort",
        };
      if (test.result === "acceptable")
        return {
          outcome: "accepted",
          reason:
            "RFC 7748 5: twist points and non-canonical values are processed",
        };
      return undefined;
    },
  });
}

function ecdhSuite(
  file: string,
  row: KeyExchangeGroup,
  scalarLength: number,
): void {
  wycheproof<object, EcdhCase>(file, {
    judge: (test) => {
      const random = scriptedRandom(
        leftPadded(fromHex(evenDigits(test.private)), scalarLength),
      );
      const pair = row.generate(random);
      return compare(
        () => pair.decapsulate(fromHex(test.public)).bytes,
        fromHex(test.shared),
      );
    },
    expectation: (test) =>
      test.flags?.includes("CompressedPublic") ||
      test.flags?.includes("CompressedPoint")
        ? {
            outcome: "rejected",
            reason: "RFC 9846 4.3.8.2: uncompressed points only",
          }
        : undefined,
  });
}

/** Wrong shares must give `InvalidKeyShare` and nothing else. */
function compare(make: () => Uint8Array, wanted: Uint8Array): Outcome {
  try {
    const made = make();
    return equal(made.subarray(0, wanted.length), wanted)
      ? "accepted"
      : "rejected";
  } catch (error) {
    if (error instanceof InvalidKeyShare) return "rejected";
    throw error;
  }
}

function group(provider: CryptoProvider, name: GroupName): KeyExchangeGroup {
  const row = provider.groups[name];
  if (row === undefined)
    throw new Error(`the provider ${provider.name} has no ${name}`);
  return row;
}

function evenDigits(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

function leftPadded(bytes: Uint8Array, length: number): Uint8Array {
  const padded = new Uint8Array(length);
  padded.set(
    bytes.subarray(Math.max(0, bytes.length - length)),
    length - Math.min(length, bytes.length),
  );
  return padded;
}
