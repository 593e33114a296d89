import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeBase64,
  encodeBase64,
  encodePem,
  parsePem,
  X509Error,
} from "../../../src/x509/index.ts";

describe("base64", () => {
  it("is Buffer's, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(encodeBase64(bytes)).toBe(text);
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  it.each([
    "A",
    "AA",
    "AAA",
    "AA=",
    "A===",
    "AA==A",
    "AA*A",
    "AB==",
    "AAB=",
    "AA==AA==",
    "é",
  ])("refuses %s", (text) => {
    expect(() => decodeBase64(text)).toThrow(X509Error);
  });

  it("skips white space", () => {
    expect(decodeBase64(" A Q\r\nI\tD ")).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("base64 with white space anywhere", () => {
  const chunk = fc.tuple(
    fc.uint8Array({ maxLength: 30 }),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom(" ", "\n", "\r\n"),
  );

  it("is the same bytes, and one odd character spoils it", () => {
    fc.assert(
      fc.property(chunk, fc.nat(), ([bytes, width, space], at) => {
        const plain = Buffer.from(bytes).toString("base64");
        const lines = plain.match(new RegExp(`.{1,${width.toString()}}`, "g"));
        const text = (lines ?? []).join(space);
        expect(decodeBase64(text)).toEqual(bytes);
        const i = at % (text.length + 1);
        for (const odd of ["*", "-", "\u0141", "\u0000"])
          expect(() =>
            decodeBase64(text.slice(0, i) + odd + text.slice(i)),
          ).toThrow(X509Error);
      }),
    );
  });
});

describe("PEM", () => {
  const der = new Uint8Array(100).map((_, i) => i);

  it("writes 64 columns and a newline at the end", () => {
    const lines = encodePem("CERTIFICATE", der).split("\n");
    expect(lines[0]).toBe("-----BEGIN CERTIFICATE-----");
    expect(lines.slice(1, 4).map((line) => line.length)).toEqual([64, 64, 8]);
    expect(lines.slice(4)).toEqual(["-----END CERTIFICATE-----", ""]);
    expect(() => encodePem("A\nB", der)).toThrow(TypeError);
  });

  it("finds blocks between any text, in order", () => {
    const text = `subject=x\n${encodePem("CERTIFICATE", der)}\n# -----BEGIN-----\n${encodePem("X509 CRL", der.slice(3))}tail`;
    expect(parsePem(text)).toEqual([
      { label: "CERTIFICATE", headers: {}, der },
      { label: "X509 CRL", headers: {}, der: der.slice(3) },
    ]);
    expect(parsePem("nothing here")).toEqual([]);
    expect(parsePem("-----BEGIN X")).toEqual([]);
  });

  it("accepts any line end, and RFC 1421 headers", () => {
    const text =
      "-----BEGIN K-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-256-CBC,\r\n 00FF\r\n\r\nAQID\r\n-----END K-----";
    expect(parsePem(text)).toEqual([
      {
        label: "K",
        headers: {
          "Proc-Type": "4,ENCRYPTED",
          "DEK-Info": "AES-256-CBC, 00FF",
        },
        der: Uint8Array.of(1, 2, 3),
      },
    ]);
  });

  it.each([
    ["no end", "-----BEGIN A-----\nAQID\n"],
    ["another end", "-----BEGIN A-----\nAQID\n-----END B-----\n"],
    ["damaged base64", "-----BEGIN A-----\nAQI\n-----END A-----\n"],
    [
      "a header that is none",
      "-----BEGIN A-----\na: b\nnone\n\nAQID\n-----END A-----\n",
    ],
  ])("refuses %s", (_, text) => {
    expect(() => parsePem(text)).toThrow(X509Error);
  });

  it("throws nothing else, whatever the text", () => {
    const piece = fc.constantFrom(
      "-----BEGIN ",
      "-----END ",
      "-----",
      "A",
      "AQID",
      ":",
      "\n",
      "=",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          parsePem(pieces.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(X509Error);
        }
      }),
    );
  });
});
