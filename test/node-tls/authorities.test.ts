import { X509Certificate } from "node:crypto";
import * as nodeTls from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import * as ours from "../../src/node-tls/index.ts";

const before = ours.getCACertificates();
const { pem } = createCertificateAuthority({ provider, name: "Mine" });

afterEach(() => {
  ours.setDefaultCACertificates(before);
});

function codeOf(call: () => unknown): unknown {
  try {
    call();
    return "none";
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

/** The certificates, each once, however their text is laid out. */
function kinds(pems: readonly string[]): ReadonlySet<string> {
  return new Set(pems.map((one) => new X509Certificate(one).fingerprint256));
}

describe("authorities", () => {
  it("are Node's", () => {
    expect(ours.rootCertificates).toEqual(nodeTls.rootCertificates);
    expect(ours.getCACertificates("bundled")).toEqual(nodeTls.rootCertificates);
  });

  it("are those that Node says, of each type, where it does", () => {
    const theirs: unknown = Reflect.get(nodeTls, "getCACertificates");
    for (const type of ["default", "bundled", "system", "extra"] as const) {
      const own = ours.getCACertificates(type);
      expect(own.every((one) => one.startsWith("-----BEGIN"))).toBe(true);
      if (typeof theirs === "function")
        // Node's have some twice, where NODE_EXTRA_CA_CERTS adds the same ones.
        expect(kinds(own)).toEqual(
          kinds(Reflect.apply(theirs, nodeTls, [type]) as readonly string[]),
        );
    }
  });

  it("are those that a program chose, once it did", () => {
    ours.setDefaultCACertificates([pem, Buffer.from(pem)]);
    expect(ours.getCACertificates()).toEqual([pem]);
    expect(ours.getCACertificates("bundled")).not.toEqual([pem]);
  });

  it("refuse what is none", () => {
    const known = ours.getCACertificates();
    const wrong = (value: unknown) => (): unknown =>
      Reflect.apply(ours.setDefaultCACertificates, undefined, [value]);
    expect(codeOf(wrong(pem))).toBe("ERR_INVALID_ARG_TYPE");
    expect(codeOf(wrong([1]))).toBe("ERR_INVALID_ARG_TYPE");
    expect(codeOf(wrong(["x"]))).toBe("ERR_CRYPTO_OPERATION_FAILED");
    const type = (value: unknown) => (): unknown =>
      Reflect.apply(ours.getCACertificates, undefined, [value]);
    expect(codeOf(type(1))).toBe("ERR_INVALID_ARG_TYPE");
    expect(codeOf(type("x"))).toBe("ERR_INVALID_ARG_VALUE");
    expect(ours.getCACertificates()).toBe(known);
  });
});

describe("getCiphers", () => {
  it("lists suites by Node's names, in order", () => {
    // Node does not list what OpenSSL's default leaves out.
    const isOff = (name: string) => /ccm|ecdhe-psk.*gcm/.test(name);
    const suites = ours.getCiphers();
    expect(suites).toEqual([...suites].sort());
    const theirs = nodeTls.getCiphers();
    expect(
      suites.filter((name) => !theirs.includes(name) && !isOff(name)),
    ).toEqual([]);
  });
});
