/** A provider without some of its rows: what needs them is not spoken. */
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";

const { finiteField, rsaEncrypt, publicKeyOf, ...rest } = noble;
const cipherSuites = [
  "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
] as const;

const suitesWith = (more: Partial<CryptoProvider>): readonly string[] =>
  testClientConfig({ provider: { ...rest, ...more }, cipherSuites })
    .cipherSuites;

describe("a client whose provider lacks", () => {
  it("nothing offers all that its options name", () => {
    expect(suitesWith({ finiteField, rsaEncrypt, publicKeyOf })).toEqual(
      cipherSuites,
    );
  });

  // [9846-9.3-04]
  it("finite fields offers no DHE", () => {
    expect(suitesWith({ rsaEncrypt })).toEqual(cipherSuites.slice(1));
  });

  // [9846-9.3-04]
  it("an AEAD offers no suite with it", () => {
    const { "AES-128-GCM": _none, ...aeads } = noble.aeads;
    const { cipherSuites: offered } = testClientConfig({
      provider: { ...noble, aeads },
    });
    expect(offered).toContain("TLS_AES_256_GCM_SHA384");
    expect(offered.filter((name) => name.includes("AES_128_GCM"))).toEqual([]);
  });

  it("RSA encryption offers no such key exchange", () => {
    expect(suitesWith({ finiteField })).toEqual([
      cipherSuites[0],
      cipherSuites[2],
    ]);
  });
});

it("a server cannot bring a field that its provider does not compute in", () => {
  const dhParameters = {
    prime: new Uint8Array(256),
    generator: Uint8Array.of(2),
  };
  expect(() => testServerConfig({ provider: rest, dhParameters })).toThrow(
    "dhParameters: the provider has no finiteField",
  );
});
