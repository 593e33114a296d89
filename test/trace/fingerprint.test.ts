/**
 * JA3 and JA4 against the values that their authors published: the README of
 * salesforce/ja3, and technical_details/JA4.md and the test results of
 * FoxIO-LLC/ja4. The hellos are made of the lists that are published there.
 */
import { RAISE_NEED } from "../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { asciiBytes, toHex } from "../../src/bytes.ts";

import { noble } from "../../src/crypto/noble/index.ts";
import { TlsError } from "../../src/errors.ts";
import { ja3, ja3Text, ja4, ja4Text } from "../../src/trace/index.ts";
import { Writer } from "../../src/wire/writer.ts";
import {
  newPair,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";

interface Lists {
  readonly version: number;
  readonly suites: readonly number[];
  /** Undefined: no extensions block at all. */
  readonly extensions?: readonly (readonly [number, Uint8Array])[];
}

function helloOf({ version, suites, extensions }: Lists): Uint8Array {
  const writer = new Writer();
  writer.u8(1).vector24((body) => {
    body
      .u16(version)
      .bytes(new Uint8Array(32))
      .vector8(() => undefined)
      .vector16((w) => {
        for (const suite of suites) w.u16(suite);
      })
      .vector8((w) => w.u8(0));
    if (extensions)
      body.vector16((w) => {
        for (const [type, bytes] of extensions)
          w.u16(type).vector16((v) => v.bytes(bytes));
      });
  });
  return writer.finish();
}

const numbers = (list: string, radix: number): number[] =>
  list === ""
    ? []
    : list.split(radix === 10 ? "-" : ",").map((n) => parseInt(n, radix));

const list16 = (codes: readonly number[]): Uint8Array =>
  new Writer()
    .vector16((w) => {
      for (const code of codes) w.u16(code);
    })
    .finish();

const names = (...list: (string | Uint8Array)[]): Uint8Array =>
  new Writer()
    .vector16((w) => {
      for (const name of list)
        w.vector8((v) =>
          v.bytes(typeof name === "string" ? asciiBytes(name) : name),
        );
    })
    .finish();

/** A hello with the JA3 string given. */
function ofJa3(text: string): Uint8Array {
  const [version = "", suites = "", types = "", groups = "", formats = ""] =
    text.split(",");
  const extensions = numbers(types, 10).map((type) => {
    if (type === 10) return [type, list16(numbers(groups, 10))] as const;
    const body =
      type === 11
        ? new Writer()
            .vector8((w) => w.bytes(Uint8Array.from(numbers(formats, 10))))
            .finish()
        : new Uint8Array();
    return [type, body] as const;
  });
  return helloOf({
    version: Number(version),
    suites: numbers(suites, 10),
    ...(types !== "" && { extensions }),
  });
}

/** A hello with the JA4_ro string given, with GREASE in each of its lists. */
function ofJa4(text: string, protocol: string | Uint8Array): Uint8Array {
  const [, suites = "", types = "", schemes = ""] = text.split("_");
  const bodies = new Map([
    [0x000a, list16([0x3a3a, 29, 23])],
    [0x000b, Uint8Array.of(1, 0)],
    [0x000d, list16([0x2a2a, ...numbers(schemes, 16)])],
    [0x0010, names(protocol, "other")],
    [0x002b, Uint8Array.of(6, 0x1a, 0x1a, 3, 4, 3, 3)],
  ]);
  const extensions = numbers(types, 16).map(
    (type) => [type, bodies.get(type) ?? new Uint8Array()] as const,
  );
  return helloOf({
    version: 0x0303,
    suites: [0x5a5a, ...numbers(suites, 16)],
    extensions: [
      [0x6a6a, new Uint8Array()],
      ...extensions,
      [0xfafa, Uint8Array.of(0)],
    ],
  });
}

describe("JA3", () => {
  it.each([
    [
      "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
      "ada70206e40642a3e4461f35503241d5",
    ],
    ["769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6"],
  ])("%s", (text, hash) => {
    expect(ja3Text(ofJa3(text))).toBe(text);
    expect(ja3(ofJa3(text))).toBe(hash);
  });
});

const CHROME =
  "t13d1516h2_1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035_001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015_0403,0804,0401,0503,0805,0501,0806,0601";

describe("JA4", () => {
  it("of the specification's example", () => {
    const hello = ofJa4(CHROME, "h2");
    expect(ja4(hello)).toBe("t13d1516h2_8daaf6152771_e5627efa2ab1");
    expect(ja4Text(hello)).toBe(
      "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
    );
  });

  it("without signature algorithms", () => {
    // The specification hashes the example's extensions alone to this.
    const hello = ofJa4(CHROME.replace(/_[^_]*$/, ""), "h2");
    expect(ja4(hello)).toBe("t13d1516h2_8daaf6152771_6d807ffa2a79");
  });

  it.each([
    ["http/1.1", "h1"],
    ["x", "xx"],
    ["", "00"],
    // The specification's examples of names that are no letters.
    [[0xab], "ab"],
    [[0x20], "20"],
    [[0xab, 0xcd], "ad"],
    [[0x20, 0x61], "21"],
    [[0x30, 0xab], "3b"],
    [[0x61, 0x20], "60"],
    [[0x30, 0x31, 0xab, 0xcd], "3d"],
    [[0x30, 0xab, 0xcd, 0x31], "01"],
  ])("with the protocol %j", (name, shown) => {
    const protocol = typeof name === "string" ? name : Uint8Array.from(name);
    expect(ja4(ofJa4(CHROME, protocol)).slice(0, 10)).toBe(`t13d1516${shown}`);
  });

  it("of a hello with nothing in it, and with more than is counted", () => {
    const suites = Array.from({ length: 120 }, (_, i) => i);
    expect(ja4(helloOf({ version: 0x0301, suites: [] }))).toBe(
      "t10i000000_000000000000_000000000000",
    );
    expect(ja4(helloOf({ version: 0x0300, suites })).slice(0, 10)).toBe(
      "ts3i990000",
    );
    expect(ja4(helloOf({ version: 0x7f1c, suites: [0x0a0a] }))).toBe(
      "t00i000000_000000000000_000000000000",
    );
  });
});

describe("of puretls' own hellos", () => {
  it("a server reads both off the hello that it chooses a certificate by", () => {
    const pair = newPair(
      undefined,
      testServerConfig({ credentials: RAISE_NEED }),
    );
    const sent = pair.client.takeOutput();
    pair.server.receive(sent);
    const { need } = pair.server;
    if (need?.type !== "certificate" || !need.clientHello) throw new Error();
    expect(toHex(need.clientHello.raw)).toBe(toHex(sent.subarray(5)));
    expect(ja3(need.clientHello.raw)).toBe(ja3(sent.subarray(5)));
    expect(ja4(need.clientHello.raw)).toMatch(
      /^t13d\d{4}00_[0-9a-f]{12}_[0-9a-f]{12}$/,
    );
  });

  it("GREASE changes nothing, the order of extensions not JA4", () => {
    const prints = ["one", "two"].map(() => {
      const { client } = newPair(testClientConfig({ provider: noble }));
      return ja4(client.takeOutput().subarray(5));
    });
    expect(prints[0]).toBe(prints[1]);
    const [a, b, c, d] = CHROME.split("_");
    const turned = [a, b, c?.split(",").reverse().join(), d].join("_");
    expect(ja4(ofJa4(turned, "h2"))).toBe(ja4(ofJa4(CHROME, "h2")));
    expect(ja3(ofJa4(turned, "h2"))).not.toBe(ja3(ofJa4(CHROME, "h2")));
  });

  it("what is no ClientHello, cut at any byte", () => {
    const hello = ofJa4(CHROME, "h2");
    for (let length = 0; length < hello.length; length++)
      expect(() => ja4(hello.subarray(0, length))).toThrow(TlsError);
    expect(() => ja3(Uint8Array.of(2, ...hello.subarray(1)))).toThrow(TlsError);
    expect(() => ja3(Uint8Array.of(...hello, 0))).toThrow(TlsError);
  });
});
