import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes.ts";
import { TlsError } from "../../src/errors.ts";
import { isGrease } from "../../src/wire/code-points.ts";
import { Reader } from "../../src/wire/reader.ts";
import { Writer } from "../../src/wire/writer.ts";

describe("Writer and Reader", () => {
  it("agree on numbers and vectors", () => {
    fc.assert(
      fc.property(
        fc.nat(0xff),
        fc.nat(0xffff),
        fc.nat(0xffffff),
        fc.nat(0xffffffff),
        fc.uint8Array({ maxLength: 255 }),
        fc.array(fc.nat(0xffff), { maxLength: 100 }),
        (a, b, c, d, bytes, list) => {
          const written = new Writer(1)
            .u8(a)
            .u16(b)
            .u24(c)
            .u32(d)
            .vector8((w) => w.bytes(bytes))
            .vector24((w) =>
              w.vector16((inner) => {
                for (const item of list) inner.u16(item);
              }),
            )
            .finish();
          Reader.all(written, "test", (r) => {
            expect([r.u8(), r.u16(), r.u24(), r.u32()]).toEqual([a, b, c, d]);
            expect(r.opaque8()).toEqual(bytes);
            const inner = new Reader(r.opaque24(), "inner");
            expect(inner.list16((item) => item.u16())).toEqual(list);
          });
        },
      ),
    );
  });

  it("a vector that does not fit its length is an error of ours", () => {
    expect(() =>
      new Writer().vector8((w) => w.bytes(new Uint8Array(256))),
    ).toThrow(RangeError);
    expect(() => new Writer().opaque8(new Uint8Array(256))).toThrow(RangeError);
  });

  it("bytes as a vector are the vector of these bytes", () => {
    const bytes = fromHex("0a0b0c");
    const written = new Writer(1).opaque8(bytes).opaque16(bytes);
    expect(toHex(written.opaque24(bytes).finish())).toBe(
      "030a0b0c00030a0b0c0000030a0b0c",
    );
  });

  it("a writer's buffer is reused without its old content", () => {
    const first = new Writer(64).bytes(fromHex("c0ffee")).finish();
    const outer = new Writer(64);
    const inner = new Writer(64).u8(1);
    outer.u8(2);
    expect(toHex(inner.finish())).toBe("01");
    expect(toHex(outer.u8(3).finish())).toBe("0203");
    expect(toHex(first)).toBe("c0ffee");
    // Room for the length of a vector is taken before it is written.
    new Writer(64).vector24((w) => {
      expect(toHex(w.finish())).toBe("000000");
    });
  });
});

describe("Reader", () => {
  const malformed = (hex: string, parse: (r: Reader) => unknown) => {
    let error: unknown;
    try {
      Reader.all(fromHex(hex), "Thing", parse);
    } catch (caught) {
      error = caught;
    }
    if (!(error instanceof TlsError)) throw new Error("no TlsError");
    expect(error.alert).toBe("decode_error");
    expect(error.message).toContain("Thing");
  };

  it("refuses what ends too early or too late, or is too short", () => {
    malformed("", (r) => r.u8());
    malformed("0001", (r) => r.u24());
    malformed("0203", (r) => r.opaque8());
    malformed("000000", (r) => r.u16());
    malformed("00", (r) => r.opaque8(1));
    malformed("0000", (r) => r.list16((i) => i.u8(), 1));
    malformed("03000102", (r) => r.list8((i) => i.u16()));
  });

  it("hands out views", () => {
    const bytes = fromHex("02abcd");
    const view = Reader.all(bytes, "x", (r) => r.opaque8());
    bytes[1] = 0;
    expect(toHex(view)).toBe("00cd");
  });
});

describe("GREASE", () => {
  it("is the sixteen values of RFC 8701", () => {
    const values = Array.from({ length: 0x10000 }, (_, i) => i);
    expect(values.filter((value) => isGrease(value))).toEqual(
      Array.from({ length: 16 }, (_, i) => ((i << 4) | 0xa) * 0x101),
    );
  });
});
