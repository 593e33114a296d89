/** Texts of errors that are matched on, beside those that the oracle compares. */
import { describe, expect, it } from "vitest";
import { TlsError } from "../../../src/errors.ts";
import { SSLError } from "../../../src/index.ts";
import { no_shared_cipher, truncated } from "../../../src/reasons.ts";
import { sslErrorOf } from "../../../src/ssl/errors/reasons.ts";
import { BioPair, clientContext, serverContext } from "../support.ts";

const reachedFor = (host: string) => () =>
  new BioPair(clientContext(), serverContext(), host).handshake();

describe("texts of errors", () => {
  it.each(["other.test", "192.0.2.7"])(
    "C-13 E-14: a mismatch says which names the certificate has: %s",
    (host) => {
      expect(reachedFor(host)).toThrow(
        `certificate is not valid for '${host}'.`,
      );
      expect(reachedFor(host)).toThrow(
        /; the certificate is for localhost, 127\.0\.0\.1, 0:.*:1, server\.test/,
      );
    },
  );

  it("E-11: an end without close_notify says what may have led to it", () => {
    const detail = "it asked to renegotiate before";
    const { message } = sslErrorOf(
      new TlsError(truncated, { detail }),
      undefined,
    );
    expect(message).toBe(
      `[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol: ${detail}`,
    );
  });

  it.each([
    ["cipherSuites", ["TLS_RSA_PSK"], 'setCiphersuites("TLS_RSA_PSK")'],
    [
      "cipherSuites",
      ["TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256"],
      'setCiphers("DHE-RSA-AES128-SHA")',
    ],
    ["groups", ["x448"], 'setGroups(["x448"])'],
    ["signatureSchemes", ["ed448"], 'signatureAlgorithms = ["ed448"]'],
    [
      "versions",
      ["TLSv1.2"],
      "minimumVersion and maximumVersion that take in TLSv1.2",
    ],
    ["cipherSuites", [], 'setCiphers("ALL")'],
  ] as const)(
    "E-05: what would help is a call of the context: %s, %s",
    (option, names, call) => {
      const error = new TlsError(no_shared_cipher, {
        remedy: { option, names },
      });
      expect(sslErrorOf(error, undefined).message).toContain(`; ${call}`);
    },
  );

  it("E-05: OpenSSL's text stands once, and first", () => {
    const options = { library: "SSL", reason: "NOT_SERVER" };
    expect(new SSLError("more", options).message).toBe(
      "[SSL: NOT_SERVER] not server: more",
    );
    expect(new SSLError("not server, you know", options).message).toBe(
      "[SSL: NOT_SERVER] not server, you know",
    );
    const text = "PEM lib";
    expect(new SSLError("more", { ...options, text }).message).toBe(
      "[SSL: NOT_SERVER] PEM lib: more",
    );
    expect(new SSLError("more").message).toBe("more");
  });
});
