/** PKCS#12 files of an attacker: the cost of reading one, and the errors. */
import { createCipheriv, pbkdf2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { concat } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { generateKey, Pkcs12Error, readPkcs12 } from "../../src/pki/index.ts";
import { OID } from "../../src/x509/index.ts";
import {
  explicit,
  implicit,
  int,
  octets,
  oid,
  seq,
} from "../support/der-encode.ts";

const PASSWORD = "secret";
const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED = "1.2.840.113549.1.7.6";
const BAG = "1.2.840.113549.1.12.10.1.";

/** Rows of cryptography that count what is asked of them. */
function counting() {
  const counts = { hashed: 0, pbkdf2: 0, keys: 0 };
  const { keyDecryption, hashes, publicKeyOf } = noble;
  const provider = {
    ...noble,
    publicKeyOf: (key: Parameters<typeof publicKeyOf>[0]) => {
      counts.keys++;
      return publicKeyOf(key);
    },
    hashes: {
      ...hashes,
      "SHA-1": {
        ...hashes["SHA-1"],
        hash: (data: Uint8Array) => {
          counts.hashed += data.length;
          return hashes["SHA-1"].hash(data);
        },
      },
    },
    keyDecryption: {
      ...keyDecryption,
      pbkdf2: (...args: Parameters<typeof keyDecryption.pbkdf2>) => {
        counts.pbkdf2++;
        return keyDecryption.pbkdf2(...args);
      },
    },
  };
  return { counts, provider };
}

function reasonOf(data: Uint8Array, provider = noble): string {
  try {
    readPkcs12(data, { provider, password: PASSWORD });
  } catch (error) {
    if (error instanceof Pkcs12Error) return error.reason;
    throw error;
  }
  return "read";
}

const pfx = (...infos: readonly Uint8Array[]): Uint8Array =>
  seq(int(3), seq(oid(DATA), explicit(0, octets(seq(...infos)))));
const plainInfo = (...bags: readonly Uint8Array[]): Uint8Array =>
  seq(oid(DATA), explicit(0, octets(seq(...bags))));
const bag = (type: number, value: Uint8Array): Uint8Array =>
  seq(oid(`${BAG}${type.toString()}`), explicit(0, value));

interface Kdf {
  readonly salt?: Uint8Array;
  readonly iterations?: number;
}

const SALT = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const IV = new Uint8Array(16).fill(7);

const pbes2 = ({ salt = SALT, iterations = 1 }: Kdf): Uint8Array =>
  seq(
    oid(OID.PBES2),
    seq(
      seq(
        oid(OID.PBKDF2),
        seq(octets(salt), int(iterations), seq(oid(OID.hmacWithSHA256))),
      ),
      seq(oid(OID.aes256Cbc), octets(IV)),
    ),
  );

/** Encrypted by Node, with right padding whatever the plaintext is. */
function encrypted(plain: Uint8Array): Uint8Array {
  const key = pbkdf2Sync(PASSWORD, SALT, 1, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, IV);
  return concat(cipher.update(plain), cipher.final());
}

const encryptedInfo = (data: Uint8Array, kdf: Kdf = {}): Uint8Array =>
  seq(
    oid(ENCRYPTED),
    explicit(0, seq(int(0), seq(oid(DATA), pbes2(kdf), implicit(0, data)))),
  );
const shrouded = (data: Uint8Array, kdf: Kdf = {}): Uint8Array =>
  bag(2, seq(pbes2(kdf), octets(data)));

const NOISE: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  zeros: new Uint8Array(40),
  "no element": Uint8Array.of(0x1f, 0xff, 0x03),
  "an element of another type": octets(SALT),
  "an element cut short": seq(SALT).subarray(0, 5),
  "a sequence of nonsense": seq(octets(SALT), int(5)),
  "indefinite lengths without an end": new Uint8Array(48)
    .fill(0x80)
    .fill(0x30, 0, 1),
};

describe("without a MAC", () => {
  it.each(Object.entries(NOISE))(
    "contents that decrypt to %s are a wrong password",
    (_what, noise) => {
      expect(reasonOf(pfx(encryptedInfo(encrypted(noise))))).toBe(
        "wrong_password",
      );
    },
  );

  it.each(Object.entries(NOISE))(
    "a key that decrypts to %s is a wrong password",
    (_what, noise) => {
      const file = pfx(plainInfo(shrouded(encrypted(noise))));
      expect(reasonOf(file)).toBe("wrong_password");
    },
  );

  it("contents that were never encrypted are malformed", () => {
    for (const noise of Object.values(NOISE).slice(1))
      expect(reasonOf(pfx(seq(oid(DATA), explicit(0, octets(noise)))))).toBe(
        "malformed",
      );
  });
});

describe("the work that a file asks for", () => {
  it("many small derivations spend one budget", () => {
    const { counts, provider } = counting();
    const one = shrouded(encrypted(SALT), { iterations: 2_000_000 });
    // Each is a wrong password by itself: the first that is too dear counts.
    const file = pfx(encryptedInfo(encrypted(seq()), {}), plainInfo(one));
    expect(() =>
      readPkcs12(file, {
        provider,
        password: PASSWORD,
        maximumIterations: 1_000,
      }),
    ).toThrow(/raise maximumIterations/);
    expect(counts.pbkdf2).toBe(1);
  });

  it("a long salt costs what it takes to hash it", () => {
    const salt = new Uint8Array(640_000);
    const { counts, provider } = counting();
    const file = pfx(encryptedInfo(encrypted(seq()), { salt, iterations: 1 }));
    const options = { provider, password: PASSWORD };
    expect(() =>
      readPkcs12(file, { ...options, maximumIterations: 9_000 }),
    ).toThrow(/raise maximumIterations/);
    expect(counts.pbkdf2).toBe(0);
  });

  it.each([0, -1, Number.NaN])("a budget of %s is none", (most) => {
    const options = { provider: noble, password: PASSWORD };
    expect(() =>
      readPkcs12(pfx(), { ...options, maximumIterations: most }),
    ).toThrow(RangeError);
  });

  it("scrypt spends the budget, and has a bound of memory", () => {
    const scrypt = (N: number, p: number): Uint8Array =>
      seq(
        oid(ENCRYPTED),
        explicit(
          0,
          seq(
            int(0),
            seq(
              oid(DATA),
              seq(
                oid(OID.PBES2),
                seq(
                  seq(
                    oid(OID.scrypt),
                    seq(octets(SALT), int(N), int(8), int(p)),
                  ),
                  seq(oid(OID.aes256Cbc), octets(IV)),
                ),
              ),
              implicit(0, encrypted(seq())),
            ),
          ),
        ),
      );
    expect(reasonOf(pfx(scrypt(2 ** 17, 64)))).toBe("too_expensive");
    expect(reasonOf(pfx(scrypt(2 ** 24, 1)))).toBe("unsupported");
    expect(reasonOf(pfx(scrypt(3, 1)))).toBe("malformed");
  });

  it("keys without end are refused before their halves are made", () => {
    const { counts, provider } = counting();
    const key = bag(
      1,
      generateKey({ provider: noble, type: "ed25519" }).toDer(),
    );
    const many = Array.from({ length: 257 }, () => key);
    expect(reasonOf(pfx(plainInfo(...many)), provider)).toBe("too_expensive");
    expect(counts.keys).toBe(0);
    expect(reasonOf(pfx(plainInfo(...many.slice(1))), provider)).toBe("read");
    expect(counts.keys).toBeLessThanOrEqual(2 * 256);
  });

  it("entries without end are refused, of whatever kind", () => {
    const other = bag(5, octets());
    const many = Array.from({ length: 2049 }, () => other);
    expect(reasonOf(pfx(plainInfo(...many)))).toBe("too_expensive");
    const halves = [many.slice(0, 1024), many.slice(0, 1024)];
    const nested = halves.map((half) => bag(6, seq(...half)));
    expect(reasonOf(pfx(plainInfo(...nested)))).toBe("too_expensive");
    expect(reasonOf(pfx(plainInfo(...many.slice(1))))).toBe("read");
  });

  it("bags in bags end at a depth", () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0 ? bag(5, octets()) : bag(6, seq(nested(depth - 1)));
    expect(reasonOf(pfx(plainInfo(nested(4))))).toBe("read");
    expect(reasonOf(pfx(plainInfo(nested(5))))).toBe("malformed");
  });
});

describe("truncated and broken BER", () => {
  const whole = pfx(
    encryptedInfo(encrypted(seq(bag(5, octets())))),
    plainInfo(bag(5, octets(SALT))),
  );

  it("is malformed wherever it is cut", () => {
    expect(reasonOf(whole)).toBe("read");
    for (let end = 0; end < whole.length; end++)
      expect(reasonOf(whole.subarray(0, end))).toBe("malformed");
  });

  it("is malformed with bytes behind it", () => {
    expect(reasonOf(concat(whole, Uint8Array.of(0)))).toBe("malformed");
  });

  it.each<[string, readonly number[]]>([
    ["a length of five bytes", [0x30, 0x85, 0, 0, 0, 0, 1, 0]],
    ["a length beyond what is there", [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]],
    ["a primitive without a length", [0x30, 0x80, 0x02, 0x80, 0, 0, 0, 0]],
    ["no end of the contents", [0x30, 0x80, 0x02, 0x01, 0x03]],
    ["an end of the contents alone", [0, 0]],
    ["a tag of several bytes", [0x3f, 0x81, 0x01, 0x00]],
    ["a string in pieces of another type", [0x30, 0x05, 0x24, 0x03, 2, 1, 3]],
  ])("%s", (_what, bytes) => {
    expect(reasonOf(Uint8Array.from(bytes))).toBe("malformed");
  });
});
