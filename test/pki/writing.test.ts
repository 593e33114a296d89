import * as asn1js from "asn1js";
import fc from "fast-check";
import { isIPv4, isIPv6 } from "node:net";
import { describe, expect, it } from "vitest";
import { concat, toHex } from "../../src/bytes.ts";
import * as asn1 from "../../src/pki/der/asn1.ts";
import { mergeExtensions } from "../../src/pki/der/extensions.ts";
import { ipAddressBytes, ipAddressText } from "../../src/pki/der/ip-address.ts";
import type { NameAttributes } from "../../src/pki/der/names.ts";
import { encodeAlternativeNames, encodeName } from "../../src/pki/der/names.ts";
import { attributeName } from "../../src/x509/names/attribute-names.ts";
import * as der from "../../src/x509/der/der.ts";
import * as TAG from "../../src/x509/der/tags.ts";
import { Name } from "../../src/x509/names/name.ts";

/** The only element of the bytes, by our strict reader. */
const read = (bytes: Uint8Array, tag: number) =>
  der.readSingle(bytes, tag, "it");

describe("DER that our strict reader accepts", () => {
  it("INTEGER", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const element = read(asn1.unsignedInteger(value), TAG.integer);
        const bytes = der.unsignedBytes(element, "it");
        expect(Number(`0x${toHex(bytes) || "0"}`)).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
        const element = read(asn1.unsignedInteger(value), TAG.integer);
        expect(BigInt(`0x0${toHex(der.unsignedBytes(element, "it"))}`)).toBe(
          BigInt(`0x0${toHex(value)}`),
        );
      }),
    );
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => asn1.unsignedInteger(wrong)).toThrow(TypeError);
  });

  it("OBJECT IDENTIFIER", () => {
    for (const dotted of [
      "0.9.2342",
      "1.2.840.113549.1.1.11",
      "2.999.1",
      "2.5.29.0",
    ])
      expect(
        der.objectIdentifier(
          read(asn1.objectIdentifier(dotted), TAG.objectIdentifier),
          "it",
        ),
      ).toBe(dotted);
    for (const wrong of ["", "1", "3.1", "1.2.", "1.02", "1.2x"])
      expect(() => asn1.objectIdentifier(wrong)).toThrow(TypeError);
  });

  it("named bits, with no zero bit too many", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 8 })), (bits) => {
        const element = read(asn1.namedBits(bits), TAG.bitString);
        expect(der.namedBits(element, "it")).toBe(
          bits.reduce((all, bit) => all | (1 << bit), 0),
        );
      }),
    );
  });

  it("SET OF, in order", () => {
    const [a, b, c] = [1, 2, 300].map(asn1.unsignedInteger);
    if (a === undefined || b === undefined || c === undefined) throw Error();
    const sorted = concat(a, b, c);
    expect(toHex(asn1.setOf(c, b, a).subarray(2))).toBe(toHex(sorted));
    expect(toHex(asn1.setOf(b, a, c).subarray(2))).toBe(toHex(sorted));
  });

  it("elements of any length", () => {
    for (const length of [0, 127, 128, 255, 256, 65535, 65536]) {
      const content = new Uint8Array(length).fill(5);
      const element = read(asn1.octetString(content), TAG.octetString);
      expect(element.content).toEqual(content);
    }
  });

  it("times, to the second and in the form that the year asks for", () => {
    const seconds = fc.integer({ min: -62135596800, max: 253402300799 });
    fc.assert(
      fc.property(seconds, fc.nat({ max: 999 }), (second, more) => {
        const bytes = asn1.time(1000 * second + more);
        const year = new Date(1000 * second).getUTCFullYear();
        const { utcTime, generalizedTime } = TAG;
        const tag = year >= 1950 && year <= 2049 ? utcTime : generalizedTime;
        expect(der.timeValue(read(bytes, tag), "it")).toBe(1000 * second);
        const long = asn1.generalizedTime(1000 * second);
        expect(der.timeValue(read(long, generalizedTime), "it")).toBe(
          1000 * second,
        );
      }),
    );
    for (const wrong of [Number.NaN, Infinity, 253402300800000])
      expect(() => asn1.time(wrong)).toThrow(TypeError);
  });
});

describe("names", () => {
  it("are read back as they were given, from the country down", () => {
    const given: NameAttributes = {
      email: "a@b.test",
      serialNumber: "12 (3)",
      commonName: "Ünï 😀",
      organizationalUnit: "Unit",
      organization: "Org",
      locality: "Town",
      state: "State",
      country: "de",
    };
    const name = Name.over(encodeName(given));
    expect(
      name.relativeDistinguishedNames.map((rdn) =>
        rdn
          .map(({ type, value }) => `${attributeName(type)}=${value}`)
          .join("+"),
      ),
    ).toEqual([
      "countryName=DE",
      "stateOrProvinceName=State",
      "localityName=Town",
      "organizationName=Org",
      "organizationalUnitName=Unit",
      "commonName=Ünï 😀",
      "serialNumber=12 (3)",
      "emailAddress=a@b.test",
    ]);
    expect(encodeName("x")).toEqual(encodeName({ commonName: "x" }));
    expect(encodeName({})).toEqual(Uint8Array.of(0x30, 0));
  });

  it.each([
    [{ commonName: "" }, "1 to 64"],
    [{ commonName: "x".repeat(65) }, "1 to 64"],
    [{ organization: "😀".repeat(65) }, "1 to 64"],
    [{ country: "DEU" }, "1 to 2"],
    [{ country: "D1" }, "two-letter country"],
    [{ serialNumber: "a*b" }, "PrintableString"],
    [{ email: "no address" }, "ASCII mail address"],
    [{ email: "ä@b.test" }, "ASCII mail address"],
  ])("%j is refused", (name, message) => {
    expect(() => encodeName(name)).toThrow(TypeError);
    expect(() => encodeName(name)).toThrow(message);
  });

  it("64 characters outside the first plane are 64 characters", () => {
    const commonName = "😀".repeat(64);
    expect(Name.over(encodeName({ commonName })).commonNames).toEqual([
      commonName,
    ]);
  });

  it.each([
    { uris: ["no uri"] },
    { uris: ["https://a.test/ü"] },
    { emails: ["a.test"] },
    { emails: ["a@b@c"] },
  ])("%j is refused", (names) => {
    expect(() => encodeAlternativeNames(names)).toThrow(TypeError);
  });
});

describe("IP addresses", () => {
  it("there and back", () => {
    for (const address of [fc.ipV4(), fc.ipV6()])
      fc.assert(
        fc.property(address, (text) => {
          const bytes = ipAddressBytes(text);
          if (bytes === undefined) throw new Error(`${text} was not read`);
          const again = ipAddressText(bytes) ?? "";
          expect(isIPv4(text) ? isIPv4(again) : isIPv6(again)).toBe(true);
          expect(ipAddressBytes(again)).toEqual(bytes);
        }),
      );
    expect(ipAddressBytes("[::1]")).toEqual(ipAddressBytes("::1"));
    expect(ipAddressBytes("[127.0.0.1]")).toBeUndefined();
    expect(ipAddressText(new Uint8Array(5))).toBeUndefined();
  });
});

describe("mergeExtensions", () => {
  it("puts what is wanted in the place of what is usual", () => {
    const value = (n: number) => Uint8Array.of(5, n);
    expect(
      mergeExtensions(
        [
          { oid: "1.1", value: value(1) },
          { oid: "1.2", value: value(2) },
          { oid: "1.3", value: value(3) },
        ],
        [
          { oid: "1.2", value: value(9) },
          { oid: "1.1", value: undefined },
          { oid: "1.4", value: value(4) },
        ],
      ).map(({ oid, value: put }) => `${oid}:${String(put?.[1])}`),
    ).toEqual(["1.2:9", "1.3:3", "1.4:4"]);
  });
});

describe("DER as asn1js writes it", () => {
  const theirs = (block: { toBER(): ArrayBuffer }): string =>
    toHex(new Uint8Array(block.toBER()));
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(127, 128, 255, 256, 65_535, 65_536).map((length) => {
      return new Uint8Array(length).fill(length);
    }),
  );
  const arcs = fc.array(fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat()), {
    maxLength: 5,
  });

  it("elements, BIT STRINGs and strings of every length", () => {
    fc.assert(
      fc.property(contents, (content) => {
        const block = new asn1js.OctetString({ valueHex: content });
        expect(toHex(asn1.octetString(content))).toBe(theirs(block));
        const bits = new asn1js.BitString({ valueHex: content });
        expect(toHex(asn1.bitString(content))).toBe(theirs(bits));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const block = new asn1js.Utf8String({ value });
        expect(toHex(asn1.utf8String(value))).toBe(theirs(block));
      }),
    );
  });

  it("OBJECT IDENTIFIERs", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), fc.nat({ max: 39 }), arcs, (...parts) => {
        const value = parts.flat().join(".");
        const block = new asn1js.ObjectIdentifier({ value });
        expect(toHex(asn1.objectIdentifier(value))).toBe(theirs(block));
      }),
    );
    expect(() => asn1.objectIdentifier("1.40")).toThrow(TypeError);
  });

  it("times", () => {
    const years = { min: new Date("0001-01-01"), max: new Date("9999-12-31") };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        const valueDate = new Date(1000 * Math.floor(date.getTime() / 1000));
        const block = new asn1js.GeneralizedTime({ valueDate });
        expect(toHex(asn1.generalizedTime(date.getTime()))).toBe(theirs(block));
        const year = date.getUTCFullYear();
        if (year < 1950 || year >= 2050) return;
        const utc = new asn1js.UTCTime({ valueDate });
        expect(toHex(asn1.time(date.getTime()))).toBe(theirs(utc));
      }),
    );
  });
});
