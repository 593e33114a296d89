import { createPrivateKey } from "node:crypto";
import * as nodeTls from "node:tls";
import { describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import {
  createSecureContext,
  createServer,
  type SecureContextOptions,
} from "../../src/node-tls/index.ts";
import { contextFacts } from "../../src/node-tls/context/secure-context.ts";

const authority = createCertificateAuthority({ provider, name: "CA" });
const { chainPem: cert, key: made } = authority.issueServer({
  hosts: ["a.test"],
});
const key = made.toPem();
const encrypted = createPrivateKey(key)
  .export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  })
  .toString();
const other = authority.issueServer({ hosts: ["b.test"] }).key.toPem();

function codeOf(call: () => unknown): unknown {
  try {
    call();
    return "none";
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

/** Options of JavaScript programs, which the types forbid. */
function any(options: Record<string, unknown>): SecureContextOptions {
  return options;
}

describe("createSecureContext", () => {
  const refused: readonly (readonly [string, Record<string, unknown>])[] = [
    ["a number for ca", { ca: 1 }],
    ["an object in ca", { ca: [{}] }],
    ["a number for cert", { cert: 1 }],
    ["no certificate in cert", { cert: "x" }],
    ["true for key", { key: true }],
    ["another key", { cert, key: other }],
    ["a wrong passphrase", { cert, key: encrypted, passphrase: "wrong" }],
    ["a number for passphrase", { cert, key, passphrase: 1 }],
    ["an unknown suite", { ciphers: "FOO" }],
    ["an unknown suite of TLS 1.3", { ciphers: "TLS_FOO" }],
    ["a number for ciphers", { ciphers: 1 }],
    ["ciphers without a name", { ciphers: ":" }],
    ["an unknown curve", { ecdhCurve: "x" }],
    ["a number for ecdhCurve", { ecdhCurve: 1 }],
    ["empty sigalgs", { sigalgs: "" }],
    ["a number for sigalgs", { sigalgs: 1 }],
    ["a crl that is none", { crl: "x" }],
    ["a number for crl", { crl: 1 }],
    ["short ticketKeys", { ticketKeys: Buffer.alloc(3) }],
    ["a text for ticketKeys", { ticketKeys: "x" }],
    ["a negative sessionTimeout", { sessionTimeout: -1 }],
    ["a text for sessionTimeout", { sessionTimeout: "1" }],
    ["a number for sessionIdContext", { sessionIdContext: 1 }],
    ["a text for secureOptions", { secureOptions: "x" }],
    ["an unknown method", { secureProtocol: "x" }],
    ["SSLv2", { secureProtocol: "SSLv2_method" }],
    [
      "a method and a version",
      { secureProtocol: "TLS_method", minVersion: "TLSv1.2" },
    ],
    ["an unknown minVersion", { minVersion: "x" }],
    ["an unknown maxVersion", { maxVersion: "x" }],
    ["a key identifier without an engine", { privateKeyIdentifier: "x" }],
    ["a number for clientCertEngine", { clientCertEngine: 1 }],
  ];

  it.each(refused)("refuses %s with Node's code", (_what, options) => {
    const theirs = codeOf(() => nodeTls.createSecureContext(any(options)));
    expect(theirs).not.toBe("none");
    expect(codeOf(() => createSecureContext(any(options)))).toBe(theirs);
  });

  const unsupported: readonly (readonly [
    string,
    Record<string, unknown>,
    string,
  ])[] = [
    [
      "TLS 1.1 at most",
      { minVersion: "TLSv1", maxVersion: "TLSv1.1" },
      "ERR_TLS_INVALID_PROTOCOL_VERSION",
    ],
    [
      "the method of TLS 1.0",
      { secureProtocol: "TLSv1_method" },
      "ERR_TLS_INVALID_PROTOCOL_METHOD",
    ],
    [
      "a curve that puretls lacks",
      { ecdhCurve: "secp256k1" },
      "ERR_CRYPTO_OPERATION_FAILED",
    ],
    [
      "servers without RFC 5746",
      { secureOptions: 4 },
      "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    ],
    [
      "an engine",
      { clientCertEngine: "x" },
      "ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED",
    ],
  ];

  it.each(unsupported)("refuses %s by name", (_what, options, code) => {
    expect(codeOf(() => createSecureContext(any(options)))).toBe(code);
  });

  const accepted: readonly (readonly [string, Record<string, unknown>])[] = [
    ["nothing", {}],
    ["a certificate alone", { cert }],
    ["a key alone", { key }],
    ["a chain and its key", { cert, key }],
    ["lists of them", { cert: [cert], key: [key] }],
    ["an encrypted key", { cert, key: encrypted, passphrase: "secret" }],
    [
      "a key as an object",
      { cert, key: [{ pem: encrypted, passphrase: "secret" }] },
    ],
    ["a ca that is none", { ca: "x" }],
    ["an old minVersion", { minVersion: "TLSv1" }],
    [
      "suites of both versions",
      { ciphers: "TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256" },
    ],
    ["curves, some of which puretls lacks", { ecdhCurve: "secp256k1:P-256" }],
    ["parameters of DHE that are none", { dhparam: "x" }],
    ["curves", { ecdhCurve: "P-256:X25519" }],
    ["signature algorithms", { sigalgs: "RSA-PSS+SHA256:ECDSA+SHA256" }],
    ["keys of tickets", { ticketKeys: Buffer.alloc(48, 1) }],
    ["a method of one version", { secureProtocol: "TLSv1_2_method" }],
  ];

  it.each(accepted)("accepts %s, as Node does", (_what, options) => {
    expect(codeOf(() => nodeTls.createSecureContext(any(options)))).toBe(
      "none",
    );
    expect(codeOf(() => createSecureContext(any(options)))).toBe("none");
  });

  it("is one of Node's, with its inside", () => {
    const ours = createSecureContext({ cert, key });
    const theirs = nodeTls.createSecureContext({ cert, key });
    expect(Object.getPrototypeOf(ours)).toBe(Object.getPrototypeOf(theirs));
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    const [inside, known] = [ours, theirs].map(
      (context) => context.context as object,
    );
    expect(inside?.constructor).toBe(known?.constructor);
    expect(ours.context).toBe(inside);
  });

  it("bounds the versions as the options say", () => {
    const { base } = contextFacts(
      createSecureContext({ minVersion: "TLSv1.3", maxVersion: "TLSv1.3" }),
    );
    expect([base.minimumVersion, base.maximumVersion]).toEqual([0x304, 0x304]);
    const only13 = createSecureContext({ ciphers: "TLS_AES_128_GCM_SHA256" });
    expect(contextFacts(only13).base.minimumVersion).toBe(0x304);
    const without = createSecureContext({
      ciphers: "!TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256",
    });
    const names = contextFacts(without)
      .base.getCiphers()
      .map(({ name }) => name);
    expect(names).toEqual([
      "TLS_AES_256_GCM_SHA384",
      "TLS_CHACHA20_POLY1305_SHA256",
      "ECDHE-RSA-AES128-GCM-SHA256",
    ]);
  });

  it("is refused for a server whose suites are a client's alone", () => {
    const ciphers = "AES256-SHA";
    const maxVersion = "TLSv1.2";
    const options = { cert, key, ciphers, maxVersion } as const;
    expect(codeOf(() => createSecureContext(options))).toBe("none");
    expect(codeOf(() => createServer(options))).toBe("ERR_SSL_NO_CIPHER_MATCH");
    const server = createServer({ cert, key });
    expect(
      codeOf(() => {
        server.setSecureContext(options);
      }),
    ).toBe("ERR_SSL_NO_CIPHER_MATCH");
  });

  it("names what Node's own context lacks", () => {
    expect(codeOf(() => contextFacts(nodeTls.createSecureContext()))).toBe(
      "ERR_TLS_INVALID_CONTEXT",
    );
  });
});
