import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { setDefaultCACertificates } from "../../src/node-tls/index.ts";
import { getCACertificates } from "../../src/node-tls/index.ts";
import { contextFor } from "../../src/node-tls/context/context-cache.ts";
import { setDefault } from "../../src/node-tls/base/defaults.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";

const { pem } = createCertificateAuthority({ provider, name: "Mine" });
const make = (): object => ({});

function areSame(first: object, second: object): boolean {
  return contextFor(first, make) === contextFor(second, make);
}

describe("the contexts of clients", () => {
  it("are the same for the same options", () => {
    expect(areSame({}, { port: 1 })).toBe(true);
    expect(areSame({ ca: pem }, { ca: pem })).toBe(true);
    expect(areSame({ ca: [pem] }, { ca: [pem] })).toBe(true);
    expect(areSame({ ca: Buffer.from(pem) }, { ca: Buffer.from(pem) })).toBe(
      true,
    );
  });

  it.each([
    [{ ca: pem }, {}],
    [{ ca: pem }, { ca: [pem] }],
    [{ ca: [pem] }, { ca: [pem, pem] }],
    [{ ca: pem }, { ca: pem, minVersion: "TLSv1.3" }],
    [{ ca: pem }, { ca: pem, ciphers: "TLS_AES_128_GCM_SHA256" }],
    [{ ca: pem }, { ca: pem, crl: "x" }],
    [{ ca: pem }, { ca: pem, allowPartialTrustChain: true }],
    [
      { ca: pem, sigalgs: "x" },
      { ca: pem, sigalgs: "y" },
    ],
    [{ ca: {} }, { ca: {} }],
    [{ key: "x" }, { key: "x" }],
    [{ pfx: "x" }, { pfx: "x" }],
  ])("are others for %j and %j", (first, second) => {
    expect(areSame(first, second)).toBe(false);
  });

  it("are others once a buffer, a default or the authorities were changed", () => {
    const ca = Buffer.from(pem);
    const before = contextFor({ ca }, make);
    ca[100] = (ca[100] ?? 0) ^ 1;
    expect(contextFor({ ca }, make)).not.toBe(before);
    const list = [pem];
    const listed = contextFor({ ca: list }, make);
    list.push(pem);
    expect(contextFor({ ca: list }, make)).not.toBe(listed);

    const plain = contextFor({}, make);
    setDefault("DEFAULT_MIN_VERSION", "TLSv1.3");
    expect(contextFor({}, make)).not.toBe(plain);
    setDefault("DEFAULT_MIN_VERSION", "TLSv1.2");
    expect(contextFor({}, make)).toBe(plain);

    const known = getCACertificates();
    setDefaultCACertificates([pem]);
    expect(contextFor({}, make)).not.toBe(plain);
    setDefaultCACertificates(known);
  });
});
