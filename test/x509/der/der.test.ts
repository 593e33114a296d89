import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiBytes, fromHex, toHex } from "../../../src/bytes.ts";
import type { DerElement } from "../../../src/x509/der/der.ts";
import {
  bitStringBytes,
  booleanValue,
  DerError,
  DerReader,
  integerBytes,
  namedBits,
  objectIdentifier,
  readSingle,
  smallInteger,
  stringText,
  timeValue,
  unsignedBytes,
} from "../../../src/x509/der/der.ts";
import * as TAG from "../../../src/x509/der/tags.ts";
import { OID } from "../../../src/x509/index.ts";
import { oid, tlv } from "../../support/der-builder.ts";

const element = (hex: string): DerElement => {
  const reader = new DerReader(fromHex(hex));
  const found = reader.readAny("element");
  reader.end("element");
  return found;
};

describe("DerReader", () => {
  it("walks down and along", () => {
    const reader = new DerReader(fromHex("3006 020101 0401aa"));
    const inner = reader.read(TAG.sequence, "outer").reader();
    expect(inner.nextTag).toBe(TAG.integer);
    expect(smallInteger(inner.read(TAG.integer, "number"), "number")).toBe(1);
    expect(inner.optional(5, "null")).toBeUndefined();
    const bytes = inner.read(TAG.octetString, "bytes");
    expect([toHex(bytes.content), toHex(bytes.der), bytes.length]).toEqual([
      "aa",
      "0401aa",
      1,
    ]);
    expect(inner.done).toBe(true);
    expect(inner.nextTag).toBe(-1);
    inner.end("inner");
    reader.end("outer");
  });

  it("reads lengths of one to three bytes", () => {
    for (const length of [0, 127, 128, 255, 256, 65_536]) {
      const whole = tlv(4, new Uint8Array(length).fill(7));
      expect(readSingle(whole, 4, "bytes").length).toBe(length);
    }
  });

  it.each([
    ["an indefinite length", "3080020101 0000"],
    ["a long form for a short length", "04817f".padEnd(6 + 2 * 127, "0")],
    ["a length with a leading zero", "0482007f".padEnd(8 + 2 * 127, "0")],
    ["two bytes for a length of one", "048200ff".padEnd(8 + 2 * 255, "0")],
    ["a length of five bytes", "048500000000 0100"],
    ["a tag of two bytes", "1f8101 00"],
    ["a length beyond the end", "0405aabb"],
    ["no length", "04"],
    ["a length cut short", "0482 01"],
    ["nothing", ""],
  ])("refuses %s", (_, hex) => {
    expect(() => element(hex)).toThrow(DerError);
  });

  it("refuses another tag, and bytes after the end", () => {
    expect(() => readSingle(fromHex("020101"), TAG.octetString, "x")).toThrow(
      "x has tag 0x2 instead of 0x4",
    );
    expect(() => readSingle(fromHex("02010100"), TAG.integer, "x")).toThrow(
      "x has trailing bytes",
    );
    expect(() => new DerReader(fromHex("")).read(2, "x")).toThrow(
      "x is missing",
    );
  });

  it("keeps a child inside its parent", () => {
    const outer = element("3003 0405aa".replace(/ /g, ""));
    expect(() => outer.reader().readAny("inner")).toThrow(DerError);
  });
});

describe("values", () => {
  it("BOOLEAN is 00 or FF", () => {
    expect(booleanValue(element("0101ff"), "b")).toBe(true);
    expect(booleanValue(element("010100"), "b")).toBe(false);
    for (const hex of ["010101", "0100", "0102ffff"])
      expect(() => booleanValue(element(hex), "b")).toThrow(DerError);
  });

  it("INTEGER is minimal", () => {
    expect(toHex(integerBytes(element("0202ff7f"), "i"))).toBe("ff7f");
    expect(toHex(unsignedBytes(element("02020080"), "i"))).toBe("80");
    expect(unsignedBytes(element("020100"), "i").length).toBe(0);
    expect(
      smallInteger(element("02050 0ffffffff".replace(/ /g, "")), "i"),
    ).toBe(0xffffffff);
    for (const hex of ["0200", "02020001", "0202ff80"])
      expect(() => integerBytes(element(hex), "i")).toThrow(DerError);
    expect(() => unsignedBytes(element("020180"), "i")).toThrow("negative");
    expect(() => smallInteger(element("0205 0100000000"), "i")).toThrow(
      "too big",
    );
  });

  it("BIT STRING of whole bytes, and of named bits", () => {
    expect(toHex(bitStringBytes(element("030200aa"), "k"))).toBe("aa");
    for (const hex of ["0300", "030201aa"])
      expect(() => bitStringBytes(element(hex), "k")).toThrow(DerError);
    // Bit 0 and bit 8.
    expect(namedBits(element("0303078080"), "u")).toBe(0b1_0000_0001);
    expect(namedBits(element("030100"), "u")).toBe(0);
    // Two roots of the web have a trailing zero byte.
    expect(namedBits(element("0303070600"), "u")).toBe(0b110_0000);
    for (const hex of [
      "030106", // unused bits of nothing
      "03020781", // an unused bit that is set
      "03020880", // eight unused bits
      "0305000000 0001", // more bits than any list has
    ])
      expect(() => namedBits(element(hex), "u")).toThrow(DerError);
  });

  it("any number of OBJECT IDENTIFIERs, seen before or not", () => {
    const all = Array.from(
      { length: 1000 },
      (_, i) => `1.3.6.1.4.1.${i.toString()}`,
    );
    for (const dotted of [...all, ...all])
      expect(objectIdentifier(readSingle(oid(dotted), 6, "o"), "o")).toBe(
        dotted,
      );
  });

  it("OBJECT IDENTIFIER", () => {
    for (const dotted of [
      "0.9.2342.19200300.100.1.25",
      "1.2.840.113549.1.1.11",
      "2.5.29.17",
      "2.999.3",
    ])
      expect(objectIdentifier(readSingle(oid(dotted), 6, "o"), "o")).toBe(
        dotted,
      );
    for (const dotted of Object.values(OID))
      expect(objectIdentifier(readSingle(oid(dotted), 6, "o"), "o")).toBe(
        dotted,
      );
    // A UUID arc (X.667) is wider than a JavaScript number.
    expect(
      objectIdentifier(
        element("0614 69 83f09da7ebcfdee0c7a1a7b2c0948cc8f9d776"),
        "o",
      ),
    ).toBe("2.25.329800735698586629295641978511506172918");
    for (const hex of [
      "0600",
      "060180",
      "06028001",
      "060255 80".replace(" ", ""),
      "0616 69" + "81".repeat(20) + "01",
    ])
      expect(() => objectIdentifier(element(hex), "o")).toThrow(DerError);
  });

  const at = (tag: number, text: string): number =>
    timeValue(readSingle(tlv(tag, asciiBytes(text)), tag, "t"), "t");

  it("times", () => {
    expect(at(23, "491231235959Z")).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    expect(at(23, "500101000000Z")).toBe(Date.UTC(1950, 0, 1));
    expect(at(24, "99991231235959Z")).toBe(Date.UTC(9999, 11, 31, 23, 59, 59));
    expect(at(24, "00500228000000Z")).toBe(Date.parse("0050-02-28T00:00:00Z"));
    expect(at(24, "20240229000000Z")).toBe(Date.UTC(2024, 1, 29));
  });

  it("times, every day from the year 0 to 9999 that exists", () => {
    const field = fc.record({
      year: fc.nat(9999),
      month: fc.nat(13),
      day: fc.nat(32),
    });
    fc.assert(
      fc.property(field, ({ year, month, day }) => {
        const two = (n: number): string => n.toString().padStart(2, "0");
        const date = `${year.toString().padStart(4, "0")}-${two(month)}-${two(day)}`;
        const text = `${date.replaceAll("-", "")}102030Z`;
        // Date.parse takes the 31st of any month for a day of the next.
        const parsed = Date.parse(`${date}T10:20:30Z`);
        const exists =
          !Number.isNaN(parsed) && new Date(parsed).getUTCDate() === day;
        if (exists) expect(at(24, text)).toBe(parsed);
        else expect(() => at(24, text)).toThrow(DerError);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [23, "2401010000Z"], // no seconds
    [23, "24010100000/Z"],
    [23, "24010100000:Z"],
    [23, ""],
    [24, "Z"],
    [23, "240101000000+0000"],
    [23, "240101000000"],
    [23, "20240101000000Z"],
    [24, "20240101000000.5Z"],
    [24, "20230229000000Z"],
    [24, "20241301000000Z"],
    [24, "20240100000000Z"],
    [24, "20240101240000Z"],
    [24, "20240101006000Z"],
    [24, "20240101000060Z"],
    [12, "20240101000000Z"],
  ])("refuses the time %i %s", (tag, text) => {
    expect(() => at(tag, text)).toThrow(DerError);
  });

  it("text of every string type", () => {
    const text = (tag: number, hex: string): string | undefined =>
      stringText(readSingle(tlv(tag, fromHex(hex)), tag, "s"), "s");
    expect(text(TAG.utf8String, "c3a9")).toBe("é");
    expect(text(TAG.teletexString, "e9")).toBe("é");
    expect(text(TAG.bmpString, "00e9")).toBe("é");
    expect(text(TAG.universalString, "0001f600")).toBe("😀");
    expect(text(TAG.printableString, "4100")).toBe("A\0");
    expect(text(TAG.integer, "01")).toBeUndefined();
    for (const [tag, hex] of [
      [TAG.utf8String, "c3"],
      [TAG.bmpString, "00"],
      [TAG.universalString, "00110000"],
    ] as const)
      expect(() => text(tag, hex)).toThrow(DerError);
  });
});
