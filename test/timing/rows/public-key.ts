/** Operations with a private key. */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { Secret } from "../../../src/bytes.ts";
import type {
  GroupName,
  PrivateKey,
  SignatureName,
} from "../../../src/crypto/provider.ts";
import { secretPower } from "../../../src/crypto/noble/big-power.ts";
import { rsaPrivateKey } from "../../crypto/node-keys.ts";
import type { Random } from "../random.ts";
import {
  type Class,
  present,
  PROVIDER_NAMES,
  type ProviderName,
  PROVIDERS,
  type Row,
  type Subject,
} from "../row.ts";

/** FIPS 186-5, SP 800-186 3.2.1.3: the order of P-256. */
const P256_ORDER =
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const SPARSE = ["random private key", "sparse private key"] as const;
/** X25519 sets and clears bits of its own; both are within the order of P-256. */
const KEY_LENGTH = 32;

export const publicKeyRows: readonly Row[] = [
  ...PROVIDER_NAMES.flatMap((provider): Row[] => [
    {
      name: "RSA-2048, PSS signature",
      provider,
      classes: ["one message", "random messages"],
      samples: 1200,
      make: (random) => rsa(provider, "rsa-pss-sha256", random),
    },
    {
      name: "RSA-2048, PKCS #1 v1.5 signature",
      provider,
      classes: ["one message", "random messages"],
      samples: 1200,
      make: (random) => rsa(provider, "rsa-pkcs1-sha256", random),
    },
    {
      name: "ECDSA P-256, signature",
      provider,
      classes: ["nonce from 2^255", "nonce below 2^252"],
      samples: 12_000,
      make: (random) => ecdsaNonce(provider, random),
    },
    ...(["x25519", "secp256r1"] as const).flatMap((group): Row[] => [
      {
        name: `${group}, key pair`,
        provider,
        classes: SPARSE,
        samples: 3000,
        make: (random) => keyPair(provider, group, random),
      },
      {
        name: `${group}, shared secret`,
        provider,
        classes: SPARSE,
        samples: 3000,
        make: (random) => sharedSecret(provider, group, random),
      },
    ]),
    {
      name: "x25519, shared secret",
      provider,
      classes: ["share u = 9", "random shares"],
      samples: 3000,
      make: (random) => x25519Share(provider, random),
    },
  ]),
  power("sparse exponent", (exponent) => exponent.fill(0, 1)),
  power("25 leading zero bits", (exponent) => exponent.fill(0, 0, 4)),
];

/** secretPower of noble, 1024 bits. */
function power(says: string, change: (exponent: Uint8Array) => void): Row {
  return {
    name: "secretPower, 1024 bits",
    provider: "noble",
    classes: ["random exponent", says],
    samples: 2000,
    make(random) {
      const number = (bytes: Uint8Array): bigint =>
        BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
      const top = 1n << 1023n;
      const modulus = number(random.bytes(128)) | top | 1n;
      let base = 0n;
      let exponent = 0n;
      return {
        prepare(which) {
          base = number(random.bytes(128)) % modulus;
          const bytes = random.bytes(128);
          bytes[0] = 0x80 | (bytes[0] ?? 0);
          const other = bytes.slice();
          change(other);
          exponent = number(which === 0 ? bytes : other);
        },
        run() {
          secretPower(base, exponent, modulus, 1024);
        },
      };
    },
  };
}

/** The key is not of the seed: Node makes it. */
function rsa(
  provider: ProviderName,
  name: SignatureName,
  random: Random,
): Subject {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const key = rsaPrivateKey(
    createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" }),
  );
  const sign = present(PROVIDERS[provider].signers[name]);
  const [one, other] = [random.bytes(130), new Uint8Array(130)];
  const message = new Uint8Array(130);
  return {
    prepare(which) {
      random.fill(other);
      message.set(which === 0 ? one : other);
    },
    run: () => sign(key, message, random.bytes),
  };
}

/** The signature and the key give the nonce away, and so its class. */
function ecdsaNonce(provider: ProviderName, random: Random): Subject {
  const { signers, hashes } = PROVIDERS[provider];
  const sign = present(signers["ecdsa-sha256"]);
  const scalar = random.bytes(KEY_LENGTH);
  scalar[0] = 1;
  const d = numberOf(scalar);
  const key: PrivateKey = {
    type: "ec",
    curve: "secp256r1",
    scalar: new Secret(scalar),
  };
  const message = new Uint8Array(130);
  let signature: Uint8Array = message;
  return {
    prepare: () => random.fill(message),
    run() {
      signature = sign(key, message, random.bytes);
    },
    classOf() {
      const [r, s] = integersOf(signature);
      const z = numberOf(hashes["SHA-256"].hash(message));
      const nonce = (inverse(s) * (z + r * d)) % P256_ORDER;
      if (nonce >> 252n === 0n) return 1;
      return nonce >> 255n === 1n ? 0 : undefined;
    },
  };
}

function keyPair(
  provider: ProviderName,
  name: GroupName,
  random: Random,
): Subject {
  const group = present(PROVIDERS[provider].groups[name]);
  const key = new Uint8Array(KEY_LENGTH);
  return {
    prepare: (which) => drawKey(random, key, which),
    run: () => group.generate(() => key.slice()),
  };
}

function sharedSecret(
  provider: ProviderName,
  name: GroupName,
  random: Random,
): Subject {
  const group = present(PROVIDERS[provider].groups[name]);
  const { share } = group.generate(random.bytes);
  const key = new Uint8Array(KEY_LENGTH);
  let pair = group.generate(random.bytes);
  return {
    prepare(which) {
      drawKey(random, key, which);
      pair = group.generate(() => key.slice());
    },
    run: () => pair.decapsulate(share),
  };
}

/** Below the order of P-256; a sparse one has eight of its bits. */
function drawKey(random: Random, key: Uint8Array, which: Class): void {
  random.fill(key);
  key[0] = 0x40;
  if (which === 1) key.fill(0, 2);
}

function x25519Share(provider: ProviderName, random: Random): Subject {
  const group = present(PROVIDERS[provider].groups.x25519);
  const pair = group.generate(random.bytes);
  const [nine, drawn] = [new Uint8Array(32), new Uint8Array(32)];
  nine[0] = 9;
  const share = new Uint8Array(32);
  return {
    prepare(which) {
      random.fill(drawn);
      share.set(which === 0 ? nine : drawn);
    },
    run: () => pair.decapsulate(share),
  };
}

/** The INTEGERs of a DER signature that is shorter than 128 bytes. */
function integersOf(der: Uint8Array): [bigint, bigint] {
  const length = der[3] ?? 0;
  const at = 4 + length;
  return [
    numberOf(der.subarray(4, at)),
    numberOf(der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0))),
  ];
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** Modulo the order of P-256, which is a prime: by the extended Euclid. */
function inverse(number: bigint): bigint {
  let [a, b, x, y] = [number, P256_ORDER, 1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return ((x % P256_ORDER) + P256_ORDER) % P256_ORDER;
}
