import { describe, expect, it } from "vitest";
import { concat, toHex } from "../../src/bytes.ts";
import { DEFAULT_LIMITS } from "../../src/engine/index.ts";
import type { TlsError } from "../../src/errors.ts";
import { type PlainRecord, sealedRecord } from "../../src/record/protection.ts";
import { ReadHalf } from "../../src/record/read-half.ts";
import { SequenceNumber } from "../../src/record/sequence-number.ts";
import { WriteHalf } from "../../src/record/write-half.ts";
import {
  cbcProtections,
  framed,
  protections,
  type Protection12,
} from "../support/records12.ts";
import { sampled } from "../support/thorough.ts";

const SIZES = [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 1000, 2 ** 14];

function text(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => i * 5 + 3);
}

/** Opens the records of a stream; the last line is the reason why it ended. */
function read(
  protection: Protection12,
  stream: Uint8Array,
  options: { cut?: number; limit?: number } = {},
): string[] {
  const half = new ReadHalf(DEFAULT_LIMITS);
  half.setOpener(protection.opener());
  if (options.limit !== undefined) half.setLimit(options.limit);
  const cut = options.cut ?? stream.length;
  const records: string[] = [];
  for (const part of [stream.slice(0, cut), stream.slice(cut)]) {
    half.push(part);
    try {
      for (let one = half.next(); one; one = half.next())
        records.push(`${one.type}:${toHex(one.content)}`);
    } catch (error) {
      return [...records, (error as TlsError).reason];
    }
    half.settle();
    part.fill(0xee);
  }
  return records;
}

describe.each(protections)("$name", (protection) => {
  // [5246-6.1-01] [5246-6.1-02] [5246-6.1-03] [5246-6.2.1-06] [5246-6.2.3.2-01]
  // [5246-6.2.3.2-03] [5246-6.2.3.2-05] [9846-E-03]
  it("seals what node:crypto seals, in sequence", () => {
    const sealer = protection.sealer();
    SIZES.forEach((size, number) => {
      const type = 21 + (number % 3);
      const content = text(size);
      const record = sealedRecord(sealer, type, content);
      expect(record).toEqual(protection.judge({ number, type, content }));
      expect((record.byteOffset + 5) % 8).toBe(0);
      expect(content).toEqual(text(size));
    });
    expect(sealer.count).toBe(SIZES.length);
  });

  it("opens what node:crypto sealed, at any alignment", () => {
    const opener = protection.opener();
    SIZES.forEach((size, number) => {
      const content = text(size);
      const made = protection.judge({ number, type: 23, content });
      const whole = new Uint8Array(made.length + 8);
      const record = whole.subarray(number % 8, (number % 8) + made.length);
      record.set(made);
      const raw = {
        type: 23,
        header: record.subarray(0, 5),
        fragment: record.subarray(5),
      };
      const opened = opener.open(raw, 2 ** 14 + 1);
      expect(opened).toEqual({ type: 23, content } satisfies PlainRecord);
      expect(record).toEqual(made);
    });
  });

  // [9846-5.3-02]
  it("counts far, and not beyond what a number counts", () => {
    const number = 2 ** 40 + 5;
    const content = text(3);
    const made = protection.judge({ number, type: 23, content });
    expect(sealedRecord(protection.sealer(number), 23, content)).toEqual(made);
    const worn = protection.sealer(Number.MAX_SAFE_INTEGER);
    expect(() => sealedRecord(worn, 23, content)).toThrow(
      expect.objectContaining({ reason: "sequence_number_overflow" }),
    );
  });

  it("accepts any nonce or IV that the peer chose", () => {
    const explicit = text(protection.name.includes("CBC") ? 16 : 8);
    const content = text(20);
    const judge = { number: 0, type: 22, content, explicit };
    expect(read(protection, protection.judge(judge))).toEqual([
      `22:${toHex(content)}`,
    ]);
  });

  it("gives the same records in every cut", () => {
    const stream = concat(
      ...[5, 0, 40].map((size, number) =>
        protection.judge({ number, type: 23, content: text(size) }),
      ),
    );
    const wanted = [`23:${toHex(text(5))}`, `23:${toHex(text(40))}`];
    for (let cut = 0; cut <= stream.length; cut++)
      expect(read(protection, stream, { cut })).toEqual(wanted);
  });

  // [5246-6.2.3.3-04]
  it("refuses a record with any bit changed, and one under another number", () => {
    const record = protection.judge({ number: 0, type: 23, content: text(9) });
    for (let i = 5; i < record.length; i++) {
      const forged = record.slice();
      forged[i] = (forged[i] ?? 0) ^ (1 << (i % 8));
      expect(read(protection, forged)).toEqual(["bad_record_mac"]);
    }
    const asHandshake = concat(Uint8Array.of(22), record.subarray(1));
    expect(read(protection, asHandshake)).toEqual(["bad_record_mac"]);
    const later = protection.judge({ number: 1, type: 23, content: text(9) });
    expect(read(protection, later)).toEqual(["bad_record_mac"]);
    expect(read(protection, concat(record, record)).at(-1)).toBe(
      "bad_record_mac",
    );
  });

  // [5246-7.2.2-07]
  it("refuses what is cut short, with one alert for all lengths", () => {
    const record = protection.judge({ number: 0, type: 23, content: text(70) });
    for (let length = 0; length < record.length - 5; length++)
      expect(read(protection, framed(23, record.slice(5, 5 + length)))).toEqual(
        ["bad_record_mac"],
      );
  });

  it("refuses another version", () => {
    const record = protection.judge({ number: 0, type: 23, content: text(9) });
    record[2] = 2;
    expect(read(protection, record)).toEqual(["wrong_version_number"]);
  });

  // [5246-6.2.1-02] [5246-6.2.3-01]
  it("holds the bounds on plaintext and ciphertext", () => {
    const judge = (size: number): Uint8Array =>
      protection.judge({ number: 0, type: 23, content: text(size) });
    expect(read(protection, judge(2 ** 14))).toHaveLength(1);
    expect(read(protection, judge(2 ** 14 + 1))).toEqual(["record_overflow"]);
    const long = framed(23, new Uint8Array(2 ** 14 + 2049)).subarray(0, 5);
    expect(read(protection, long)).toEqual(["record_overflow"]);
    expect(read(protection, judge(512), { limit: 512 })).toHaveLength(1);
    expect(read(protection, judge(513), { limit: 512 })).toEqual([
      "record_overflow",
    ]);
  });

  it("forks: both continue with the same number", () => {
    const sealer = protection.sealer();
    sealedRecord(sealer, 23, text(1));
    const fork = sealer.clone();
    const next = protection.judge({ number: 1, type: 23, content: text(2) });
    expect(sealedRecord(sealer, 23, text(2))).toEqual(next);
    expect(sealedRecord(fork, 23, text(2))).toEqual(next);
    expect(fork.count).toBe(2);
  });

  it("cuts what is written by the limits of the peer", () => {
    const half = new WriteHalf(() => 7);
    half.setSealer(protection.sealer());
    half.setLimit(512);
    half.write(23, text(1100));
    expect(read(protection, half.takeOutput(), { limit: 512 })).toEqual(
      [
        [0, 512],
        [512, 1024],
        [1024, 1100],
      ].map(([from, to]) => `23:${toHex(text(1100).subarray(from, to))}`),
    );
  });

  it("ends a flood of empty records, and any empty handshake record", () => {
    const empty = (type: number, count: number): Uint8Array =>
      concat(
        ...Array.from({ length: count }, (_, number) =>
          protection.judge({ number, type, content: text(0) }),
        ),
      );
    expect(read(protection, empty(23, 32))).toEqual([]);
    expect(read(protection, empty(23, 33))).toEqual(["too_many_empty_records"]);
    expect(read(protection, empty(22, 1))).toEqual(["empty_handshake_record"]);
  });

  it("has nothing in the clear once there is a key", () => {
    expect(read(protection, framed(21, Uint8Array.of(2, 40)))).toEqual([
      "bad_record_mac",
    ]);
    expect(read(protection, framed(20, Uint8Array.of(1)))).toEqual([
      "bad_record_mac",
    ]);
    const sealed = { number: 0, type: 20, content: Uint8Array.of(1) };
    expect(read(protection, protection.judge(sealed))).toEqual([
      "unexpected_change_cipher_spec",
    ]);
  });
});

describe.each(cbcProtections)("padding of $name", (protection) => {
  const { macLength, encryptThenMac } = protection;
  const content = text(40);
  const inside = content.length + (encryptThenMac ? 0 : macLength);

  /** Every length of padding that fills the last block. */
  const lengths = Array.from({ length: 256 }, (_, i) => i).filter(
    (length) => (inside + length + 1) % 16 === 0,
  );

  function padded(length: number): Uint8Array {
    return new Uint8Array(length + 1).fill(length);
  }

  function readPadded(padding: Uint8Array, bytes = content): string[] {
    const judge = { number: 0, type: 23, content: bytes, padding };
    return read(protection, protection.judge(judge));
  }

  it("accepts every length up to 255", () => {
    expect(lengths).toHaveLength(16);
    for (const length of lengths)
      expect(readPadded(padded(length))).toEqual([`23:${toHex(content)}`]);
  });

  // [5246-6.2.3.2-04]
  it("refuses a wrong byte anywhere in it", () => {
    for (const length of lengths)
      for (const i of sampled([...padded(length).keys()], 5)) {
        const padding = padded(length);
        padding[i] = length ^ (i === length ? 16 : 1);
        expect(readPadded(padding)).toEqual(["bad_record_mac"]);
      }
  });

  it("refuses padding that is longer than the record", () => {
    const [least = 0] = lengths;
    for (const claimed of [inside + least + 1, 200, 255]) {
      const padding = new Uint8Array(least + 1).fill(claimed);
      expect(readPadded(padding)).toEqual(["bad_record_mac"]);
    }
  });

  it("accepts a record that is nothing but padding, and no less", () => {
    const empty = text(0);
    for (let length = 0; length < 256; length++) {
      const base = encryptThenMac ? 0 : macLength;
      if ((base + length + 1) % 16 !== 0) continue;
      expect(readPadded(padded(length), empty)).toEqual([]);
    }
    expect(read(protection, framed(23, new Uint8Array(16)))).toEqual([
      "bad_record_mac",
    ]);
  });
});

describe("SequenceNumber", () => {
  it("writes eight bytes, XORed with a mask", () => {
    const number = new SequenceNumber(0x0102030405);
    const target = new Uint8Array(12).fill(7);
    number.write(target);
    expect(toHex(target)).toBe("070707070000000102030405");
    number.write(target, new Uint8Array(12).fill(0xff));
    expect(toHex(target)).toBe("07070707fffffffefdfcfbfa");
  });
});

describe("change_cipher_spec", () => {
  function reads(policy: "dropped" | "delivered", hex: number[]): string {
    const half = new ReadHalf(DEFAULT_LIMITS);
    half.changeCipherSpec = policy;
    half.push(framed(20, Uint8Array.from(hex)));
    try {
      return half.next() === undefined ? "dropped" : "delivered";
    } catch (error) {
      return (error as TlsError).reason;
    }
  }

  it("is dropped or delivered, and always one byte", () => {
    for (const policy of ["dropped", "delivered"] as const) {
      expect(reads(policy, [1])).toBe(policy);
      for (const wrong of [[], [0], [2], [1, 1]])
        expect(reads(policy, wrong)).toBe("unexpected_change_cipher_spec");
    }
  });

  it("a limit on clear records holds before encryption", () => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    half.setClearLimit(512);
    half.push(framed(22, text(512)));
    expect(half.next()?.content).toHaveLength(512);
    half.push(framed(22, text(513)));
    expect(() => half.next()).toThrow(
      expect.objectContaining({ reason: "record_overflow" }),
    );
  });
});
