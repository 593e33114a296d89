import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as ssl from "../../src/index.ts";

describe("constants", () => {
  it("C-19: PEM's header and footer", () => {
    expect(ssl.PEM_HEADER).toBe("-----BEGIN CERTIFICATE-----");
    expect(ssl.PEM_FOOTER).toBe("-----END CERTIFICATE-----");
  });

  it("N-05 N-81: names and numbers, both ways", () => {
    expect(ssl.VerifyMode).toEqual({
      CERT_NONE: 0,
      CERT_OPTIONAL: 1,
      CERT_REQUIRED: 2,
    });
    expect(ssl.AlertDescription.UNKNOWN_CA).toBe(48);
  });

  it("N-60 to N-63 N-69 N-70 L-14: what there is", () => {
    const { HAS_ALPN, HAS_NEVER_CHECK_COMMON_NAME, HAS_ECDH, HAS_SNI } = ssl;
    const { HAS_TLSv1_2, HAS_TLSv1_3, HAS_PSK, HAS_PSK_TLS13 } = ssl;
    expect([
      ...[HAS_ALPN, HAS_NEVER_CHECK_COMMON_NAME, HAS_ECDH, HAS_SNI],
      ...[HAS_TLSv1_2, HAS_TLSv1_3, HAS_PSK, HAS_PSK_TLS13],
    ]).toEqual(Array.from({ length: 8 }, () => true));
  });

  it("N-64 to N-68 N-24 N-25: what there is not", () => {
    const { HAS_NPN, HAS_SSLv2, HAS_SSLv3, HAS_TLSv1, HAS_TLSv1_1 } = ssl;
    expect([HAS_NPN, HAS_SSLv2, HAS_SSLv3, HAS_TLSv1, HAS_TLSv1_1]).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    expect(Object.keys(ssl.Protocol)).not.toContain("PROTOCOL_SSLv2");
    expect(Object.keys(ssl.Protocol)).not.toContain("PROTOCOL_SSLv3");
  });

  it("N-72 N-73 N-74 Q-14: the library's own version, no claim to be OpenSSL", () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    ) as { version: string };
    expect(ssl.LIBRARY_VERSION).toBe(`puretls ${version}`);
    expect(ssl.LIBRARY_VERSION_INFO.join(".")).toBe(version);
    expect(Object.keys(ssl).filter((name) => /OPENSSL/.test(name))).toEqual([]);
  });

  it("N-83 N-84: purposes with their OIDs", () => {
    expect(ssl.Purpose.SERVER_AUTH).toMatchObject({
      nid: 129,
      name: "serverAuth",
      oid: "1.3.6.1.5.5.7.3.1",
    });
    expect(ssl.Purpose.CLIENT_AUTH).toMatchObject({
      nid: 130,
      name: "clientAuth",
      oid: "1.3.6.1.5.5.7.3.2",
    });
  });

  it("L-06: nothing about old renegotiation or the kernel", () => {
    expect(Object.keys(ssl.Options)).not.toContain("OP_LEGACY_SERVER_CONNECT");
    expect(Object.keys(ssl.Options)).not.toContain("OP_ENABLE_KTLS");
  });

  it("Q-15: says what the runtime has", () => {
    expect(ssl.probe()).toEqual({
      random: true,
      timers: true,
      fileSystem: true,
      webCrypto: true,
    });
  });
});
