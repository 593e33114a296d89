/** Texts of errors that are matched on, beside those that the oracle compares. */
import { describe, expect, it } from "vitest";
import { SSLError } from "../../../src/index.ts";
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
