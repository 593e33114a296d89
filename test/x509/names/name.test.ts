import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes.ts";
import {
  attributeName,
  Name,
  OID,
  X509Error,
} from "../../../src/x509/index.ts";
import { foldText } from "../../../src/x509/names/name.ts";
import {
  bytes,
  ia5,
  int,
  name,
  oid,
  printableString,
  rdn,
  seq,
  set,
  tlv,
  utf8,
} from "../../support/der-builder.ts";

const cn = (value: Uint8Array): Name =>
  Name.over(seq(rdn(OID.commonName, value)));

describe("foldText", () => {
  it("folds ASCII letters and blanks, and nothing else (RFC 5280 7.1)", () => {
    const character = fc.constantFrom(...Array.from("aZ  \t\n\u00c9\u212a~"));
    const text = fc.array(character, { maxLength: 12 });
    fc.assert(
      fc.property(text, (characters) => {
        const words = characters
          .map((one) => (one === "Z" ? "z" : one))
          .join("")
          .split(/[ \t\n]+/);
        const wanted = words.filter((word) => word !== "").join(" ");
        expect(foldText(characters.join(""))).toBe(wanted);
      }),
      { numRuns: 500 },
    );
  });
});

describe("Name", () => {
  it("gives RDNs in order, with OpenSSL's long names", () => {
    const both = Name.over(
      seq(
        rdn("2.5.4.6", printableString("DE")),
        set(
          seq(oid("2.5.4.97"), utf8("VATDE-1")),
          seq(oid("0.9.2342.19200300.100.1.25"), ia5("example")),
        ),
        rdn("1.3.6.1.4.1.311.60.2.1.3", printableString("DE")),
        rdn("1.2.3.4", utf8("x\0y")),
        rdn("1.2.3.5", int(7)),
      ),
    );
    expect(
      both.relativeDistinguishedNames.map((one) =>
        one.map(({ type, value }) => [attributeName(type), value]),
      ),
    ).toEqual([
      [["countryName", "DE"]],
      [
        ["organizationIdentifier", "VATDE-1"],
        ["domainComponent", "example"],
      ],
      [["jurisdictionCountryName", "DE"]],
      [["1.2.3.4", "x\0y"]],
      [["1.2.3.5", "#020107"]],
    ]);
    expect(both.toString()).toBe(
      "countryName=DE, 2.5.4.97=VATDE-1+domainComponent=example, 1.3.6.1.4.1.311.60.2.1.3=DE, 1.2.3.4=x\\x5cx00y, 1.2.3.5=#020107",
    );
  });

  it("compares without case, outer blanks and string type (RFC 5280 7.1)", () => {
    const plain = cn(utf8("example inc"));
    expect(plain.equals(cn(printableString("  Example \t INC ")))).toBe(true);
    expect(
      plain.equals(
        cn(
          tlv(
            0x1e,
            fromHex("00650078 0061006d 0070006c 0065002000 49006e0063"),
          ),
        ),
      ),
    ).toBe(true);
    expect(plain.equals(cn(utf8("exampleinc")))).toBe(false);
    expect(plain.equals(cn(utf8("éxample inc")))).toBe(false);
    // Only ASCII folds, as in OpenSSL.
    expect(cn(utf8("É")).equals(cn(utf8("é")))).toBe(false);
    // A value that is no string is compared as bytes.
    expect(cn(int(1)).equals(cn(int(2)))).toBe(false);
  });

  it("treats a multi-valued RDN as a set, and the order of RDNs as significant", () => {
    const [a, b] = [
      seq(oid("2.5.4.3"), utf8("a")),
      seq(oid("2.5.4.10"), utf8("b")),
    ];
    expect(Name.over(seq(set(a, b))).equals(Name.over(seq(set(b, a))))).toBe(
      true,
    );
    expect(
      Name.over(seq(set(a), set(b))).equals(Name.over(seq(set(b), set(a)))),
    ).toBe(false);
    expect(
      Name.over(seq(set(a), set(b))).equals(Name.over(seq(set(a, b)))),
    ).toBe(false);
  });

  it("does not let a value pass for two attributes", () => {
    const one = Name.over(seq(rdn("2.5.4.3", utf8("a2.5.4.10=1:b"))));
    const two = Name.over(
      seq(set(seq(oid("2.5.4.3"), utf8("a")), seq(oid("2.5.4.10"), utf8("b")))),
    );
    expect(one.equals(two)).toBe(false);
  });

  it("knows the empty name", () => {
    expect(Name.over(seq()).isEmpty).toBe(true);
    expect(Name.over(name("x")).isEmpty).toBe(false);
    expect(Name.over(name("x")).commonNames).toEqual(["x"]);
  });

  it.each([
    ["an empty RDN", seq(set())],
    ["an attribute without a value", seq(set(seq(oid("2.5.4.3"))))],
    [
      "an attribute with two values",
      seq(set(seq(oid("2.5.4.3"), utf8("a"), utf8("b")))),
    ],
    ["broken UTF-8", seq(rdn("2.5.4.3", tlv(12, bytes(0xc3))))],
    ["a sequence instead of a set", seq(seq(seq(oid("2.5.4.3"), utf8("a"))))],
  ])("refuses %s", (_, der) => {
    expect(() => Name.over(der).key).toThrow(X509Error);
  });
});
