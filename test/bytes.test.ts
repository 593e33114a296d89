import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  asciiBytes,
  concat,
  equal,
  fromHex,
  latin1,
  latin1Bytes,
  printable,
  printableAgain,
  Secret,
  toHex,
  utf8Bytes,
  utf8Text,
  viewBytes,
} from "../src/bytes.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

describe("text", () => {
  it("is Latin-1 in an engine whose Uint8Array.from takes no string", () => {
    const from = Uint8Array.from.bind(Uint8Array);
    vi.spyOn(Uint8Array, "from").mockImplementation((items: unknown) => {
      if (typeof items === "string") throw new TypeError("not an object");
      return from(items as number[]);
    });
    try {
      expect(() => Uint8Array.from("12")).toThrow();
      expect(() => latin1Bytes("a\u00ff")).not.toThrow();
    } finally {
      vi.restoreAllMocks();
    }
    expect([...latin1Bytes("a\u00ff")]).toEqual([97, 255]);
  });

  it("is UTF-8 as TextEncoder has it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Bytes(text)).toEqual(encoder.encode(text));
      }),
    );
    expect(utf8Bytes("\ud800x")).toEqual(encoder.encode("\ud800x"));
  });

  it("is read as TextDecoder reads it, and refused where it refuses", () => {
    const check = (bytes: Uint8Array) => {
      let expected: string | undefined;
      try {
        expected = decoder.decode(bytes);
      } catch {
        expected = undefined;
      }
      expect(utf8Text(bytes)).toBe(expected);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 6 }), check), {
      numRuns: 3000,
    });
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            0xe0,
            0xed,
            0xef,
            0xf0,
            0xf4,
            0xf5,
            0xc0,
            0xc2,
            0x80,
            0x9f,
            0xa0,
            0xbf,
            0x41,
          ),
          { maxLength: 6 },
        ),
        (bytes) => {
          check(Uint8Array.from(bytes));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("of a peer is escaped before it is printed", () => {
    expect(printable("a\x1b[31m\u202e\\")).toBe("a\\x1b[31m\\u{202e}\\x5c");
    expect(printable("x".repeat(300))).toHaveLength(201);
    const once = printable("a\x1b[31m\u202e\\é");
    expect(printableAgain(`${once}\x1b\u009b`)).toBe(`${once}\\x1b\\x9b`);
    expect(printableAgain("x".repeat(300))).toHaveLength(201);
    const long = Uint8Array.from({ length: 10_000 }, (_, i) => i);
    expect(latin1(long)).toBe(Buffer.from(long).toString("latin1"));
    expect(() => asciiBytes("é")).toThrow(TypeError);
  });
});

describe("bytes", () => {
  it("go to hexadecimal and back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      }),
    );
    expect(fromHex("0A:ff 00")).toEqual(Uint8Array.of(10, 255, 0));
    for (const wrong of ["0", "0g", "0x00"])
      expect(() => fromHex(wrong)).toThrow(TypeError);
  });

  it("are equal or not", () => {
    expect(equal(fromHex("0102"), fromHex("0102"))).toBe(true);
    expect(equal(fromHex("0102"), fromHex("0103"))).toBe(false);
    expect(equal(fromHex("0102"), fromHex("010200"))).toBe(false);
  });

  it("are joined into something new", () => {
    const part = fromHex("01");
    const joined = concat(part);
    joined[0] = 9;
    expect(part[0]).toBe(1);
    expect(concat(fromHex("01"), fromHex(""), fromHex("0203"))).toEqual(
      fromHex("010203"),
    );
  });

  it("are seen through any view, and never through a string", () => {
    const buffer = Uint8Array.of(1, 2, 3, 4).buffer;
    expect(viewBytes(new DataView(buffer, 1, 2))).toEqual(fromHex("0203"));
    expect(viewBytes(buffer)).toHaveLength(4);
    // A Buffer's own slice() is a view: what is cut off would be the program's.
    const own = Buffer.from([1, 2, 3]);
    viewBytes(own).slice(1).fill(0);
    expect([...own]).toEqual([1, 2, 3]);
    for (const wrong of ["bytes", null, 7, undefined, [1]])
      expect(() => viewBytes(wrong as unknown as Uint8Array)).toThrow(
        TypeError,
      );
  });
});

describe("a secret", () => {
  it("does not print, copies and is wiped", () => {
    const bytes = fromHex("010203");
    const secret = new Secret(bytes);
    const copy = secret.clone();
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).toBe(
      '[secret] {"secret":"[secret]"}',
    );
    secret.wipe();
    secret.wipe();
    expect(bytes).toEqual(new Uint8Array(3));
    expect(() => secret.bytes).toThrow(/wiped/);
    expect(copy.bytes).toEqual(fromHex("010203"));
  });
});
