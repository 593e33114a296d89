/** ECHConfig, its lists and where they come from: RFC 9849 4, RFC 9848. */
import { describe, expect, it } from "vitest";
import { asciiBytes, concat, fromHex, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchClient,
  echConfigListOfRecord,
  createEchServer,
  encodeEchConfig,
  encodeEchConfigList,
  parseEchConfigList,
} from "../../src/ech/index.ts";
import { TlsUsageError } from "../../src/errors.ts";

const key = createEchKey({
  provider: noble,
  publicName: "front.example",
  configId: 9,
  privateKey: new Uint8Array(32).fill(3),
});
const [config] = parseEchConfigList(encodeEchConfigList([key.config]));
if (config === undefined) throw new Error("no config");

describe("a config", () => {
  it("is what RFC 9849 4 draws", () => {
    expect(toHex(key.config)).toBe(
      [
        "fe0d0044", // version, length
        "090020", // config_id, DHKEM(X25519, HKDF-SHA256)
        "0020",
        toHex(config.publicKey),
        "000c000100010001000200010003", // cipher_suites
        "40", // maximum_name_length
        "0d",
        toHex(asciiBytes("front.example")),
        "0000", // extensions
      ].join(""),
    );
    expect(config.raw).toEqual(key.config);
    expect(encodeEchConfig(config)).toEqual(key.config);
  });

  it("of another version is passed over", () => {
    const unknown = fromHex("fe0c0003010203");
    const list = encodeEchConfigList([unknown, key.config]);
    expect(parseEchConfigList(list)).toEqual([config]);
  });

  it.each([
    "", // no list
    "0000", // an empty one
    "0004fe0d0001", // cut off
    "0005fe0d000100", // a config that ends too early
    toHex(encodeEchConfigList([key.config])) + "00",
  ])("%j does not parse", (hex) => {
    expect(() => parseEchConfigList(fromHex(hex))).toThrow(/ECHConfig/);
  });
});

describe("what a client passes over", () => {
  const usable = (change: object): (() => unknown) => {
    const raw = encodeEchConfig({ ...config, ...change });
    return () => createEchClient(encodeEchConfigList([raw]));
  };
  it("nothing, where all is known", () => {
    expect(usable({})).not.toThrow();
    expect(
      usable({ extensions: [{ type: 0x1234, body: new Uint8Array() }] }),
    ).not.toThrow();
  });
  it.each<readonly [string, object]>([
    ["another KEM", { kem: 0x0010 }],
    ["a key of another length", { publicKey: new Uint8Array(31) }],
    [
      "an extension that must be known",
      { extensions: [{ type: 0x8001, body: new Uint8Array() }] },
    ],
    ...[
      "127.0.0.1",
      "1.2.3.0x4",
      "a..b",
      "-a.example",
      "a_b.example",
      "example.",
      "x".repeat(64),
    ].map((publicName) => [publicName, { publicName }] as const),
  ])("%s", (_what, change) => {
    expect(usable(change)).toThrow(TlsUsageError);
  });
  it("suites that the provider does not have, when it connects", () => {
    const raw = encodeEchConfig({ ...config, suites: [{ kdf: 1, aead: 9 }] });
    const client = createEchClient(encodeEchConfigList([raw]));
    expect(() => client.begin({ provider: noble })).toThrow(TlsUsageError);
  });
});

describe("an HTTPS record", () => {
  const list = encodeEchConfigList([key.config]);
  const param = (number: number, value: Uint8Array): Uint8Array =>
    concat(Uint8Array.of(0, number, value.length >> 8, value.length), value);
  const target = concat(Uint8Array.of(3), asciiBytes("www"), Uint8Array.of(0));
  it("has the list as its fifth parameter", () => {
    const alpn = param(1, concat(Uint8Array.of(2), asciiBytes("h2")));
    const rdata = concat(Uint8Array.of(0, 1), target, alpn, param(5, list));
    expect(echConfigListOfRecord(rdata)).toEqual(list);
  });
  it("may have none", () => {
    const alias = concat(Uint8Array.of(0, 0), target);
    expect(echConfigListOfRecord(alias)).toBeUndefined();
  });
  it("that is cut off does not parse", () => {
    const rdata = concat(Uint8Array.of(0, 1), target, param(5, list));
    expect(() => echConfigListOfRecord(rdata.subarray(0, -1))).toThrow(/HTTPS/);
  });
});

describe("a server's key", () => {
  it("fits its config", () => {
    const keys = [{ ...key, privateKey: new Uint8Array(32).fill(4) }];
    expect(() => createEchServer({ provider: noble, keys })).toThrow(
      TlsUsageError,
    );
    const torn = [{ ...key, config: key.config.subarray(0, -1) }];
    expect(() => createEchServer({ provider: noble, keys: torn })).toThrow(
      TlsUsageError,
    );
  });
  it("is made of what is right", () => {
    const make = (options: object) => () =>
      createEchKey({ provider: noble, publicName: "a.example", ...options });
    expect(make({ publicName: "10.0.0.1" })).toThrow(TlsUsageError);
    expect(make({ configId: 256 })).toThrow(TlsUsageError);
    expect(make({ maximumNameLength: -1 })).toThrow(TlsUsageError);
    expect(make({ suites: [] })).toThrow(TlsUsageError);
  });
});
