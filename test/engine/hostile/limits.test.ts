/** The budgets of the work and the memory that a peer can cause, by counting. */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createClientConfig,
  DEFAULT_LIMITS,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { SSLContext } from "../../../src/index.ts";
import { generateKey } from "../../../src/pki/index.ts";
import { Deframer } from "../../../src/record/deframer.ts";
import { HandshakeJoiner } from "../../../src/record/handshake-joiner.ts";
import {
  createVerifier,
  requireTimestamps,
  TrustStore,
} from "../../../src/x509/index.ts";
import { allocated, countingProvider } from "../../support/counting.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";

const ANY = { maxFragment: () => 2 ** 14 + 256 };

describe("memory follows the bytes that came", () => {
  it("a record's header alone allocates no buffer for the record", () => {
    const header = Uint8Array.of(23, 3, 3, 0x41, 0);
    const bytes = allocated(() => {
      const deframer = new Deframer();
      deframer.push(header);
      expect(deframer.next(ANY)).toBeUndefined();
      deframer.settle();
    });
    expect(bytes).toBeLessThan(4096);
  });

  it("nor a message's header for the message", () => {
    const header = Uint8Array.of(11, 0, 0xff, 0xff);
    const bytes = allocated(() => {
      const joiner = new HandshakeJoiner(() => 2 ** 24);
      joiner.push(header);
      expect(joiner.next()).toBeUndefined();
    });
    expect(bytes).toBeLessThan(4096);
  });

  it("one byte at a time, both are complete in the end and copied little", () => {
    const record = new Uint8Array(5 + 2 ** 14).map((_, i) => i);
    record.set([23, 3, 3, 0x40, 0]);
    const made = allocated(() => {
      const deframer = new Deframer();
      let got;
      for (const byte of record) {
        deframer.push(Uint8Array.of(byte));
        got = deframer.next(ANY);
        deframer.settle();
      }
      expect(got?.fragment).toEqual(record.subarray(5));
    });
    expect(made).toBeLessThan(3 * record.length);
    const message = new Uint8Array(4 + 60_000).map((_, i) => i);
    message.set([11, 0, 60_000 >> 8, 60_000 & 255]);
    const joined = allocated(() => {
      const joiner = new HandshakeJoiner(() => 2 ** 24);
      let got;
      for (let at = 0; at < message.length; at += 10) {
        joiner.push(message.subarray(at, at + 10));
        got = joiner.next();
      }
      expect(got?.raw).toEqual(message);
    });
    expect(joined).toBeLessThan(4 * message.length);
  });
});

describe("signatures", () => {
  it("for requests after the handshake end with the limit", () => {
    const { provider, work } = countingProvider();
    const limits = { certificateRequests: 3 };
    const pair = shuttle(
      newPair(
        testClientConfig({
          provider,
          limits,
          postHandshakeAuth: true,
          credentials: [testCredential("ec-p256", "client")],
        }),
        testServerConfig({
          clientAuthentication: "optional",
          postHandshakeAuth: true,
        }),
      ),
    );
    const before = work.signatures;
    for (let i = 0; i < 3; i++) {
      pair.server.requestCertificate();
      shuttle(pair);
    }
    expect(pair.client.error).toBeUndefined();
    expect(work.signatures - before).toBe(3);
    pair.server.requestCertificate();
    shuttle(pair);
    expect(work.signatures - before).toBe(3);
    expect(pair.client.error).toMatchObject({
      reason: "too_many_certificate_requests",
      alert: "unexpected_message",
    });
  });

  it("of wrong timestamps spend the budget of the path", () => {
    const { provider, work } = countingProvider();
    const log = generateKey({ provider: noble, type: "ec-p256" });
    const id = noble.hashes["SHA-256"].hash(log.publicKeyInfo());
    const scts = Array.from({ length: 480 }, (_, i) =>
      concat(
        Uint8Array.of(0),
        id,
        new Uint8Array(8),
        Uint8Array.of(0, 0, 4, 3, 0, 8, 0x30, 6, 2, 1, 1, 2, 1, i & 127),
      ),
    );
    const verifier = createVerifier({
      provider,
      trustStore: TrustStore.of(testAuthority().der),
      transparency: requireTimestamps({
        provider,
        logs: [{ key: log.publicKeyInfo() }],
        minimum: 1,
      }),
    });
    expect(() =>
      verifier.verify(
        { certificates: testServer().chain, scts },
        { purpose: "serverAuth", serverName: "localhost", now: Date.now() },
      ),
    ).toThrow(/signature/);
    expect(work.signatures).toBeLessThan(40);
  });
});

describe("limits", () => {
  it("are whole numbers with known names", () => {
    const make = (limits: object): unknown =>
      createClientConfig({ provider: noble, verifier: testVerifier(), limits });
    expect(() => make({ ticket: 1 })).toThrow(
      "limits: ticket (a number) is no option; it is tickets here",
    );
    expect(() => make({ toString: 1 })).toThrow(
      /^limits: toString \(a number\) is no option; allowed are certificateMessage, clientHello/,
    );
    for (const value of [-1, 0.5, NaN, "9"])
      expect(() => make({ tickets: value })).toThrow(TlsUsageError);
    for (const [name, value] of [
      ["recordsPerKey", 0],
      ["finiteFieldBits", 2047],
      ["finiteFieldBits", 8193],
      ["handshakeMessage", 2 ** 24],
    ] as const)
      expect(() => make({ [name]: value })).toThrow(
        new RegExp(
          `limits.${name}: ${value}; a whole number from \\d+ to \\d+ is allowed`,
        ),
      );
    expect(make({ tickets: 1 })).toMatchObject({
      limits: { ...DEFAULT_LIMITS, tickets: 1 },
    });
  });

  it("of a context are those of its connections", () => {
    expect(() => new SSLContext({ limits: { ticket: 1 } as object })).toThrow(
      RangeError,
    );
    const context = new SSLContext({ limits: { tickets: 2 } });
    expect(context.extend().limits).toEqual({ tickets: 2 });
    expect(Object.isFrozen(context.limits)).toBe(true);
  });

  it("a server's field of fewer bits than the client's least is refused", () => {
    const cipherSuites = ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] as const;
    const pair = shuttle(
      newPair(
        testClientConfig({ cipherSuites, minimumDhBits: 3072 }),
        testServerConfig({
          cipherSuites,
          groups: ["ffdhe2048"],
          credentials: [testCredential("rsa")],
        }),
      ),
    );
    expect(pair.client.error).toMatchObject({
      reason: "dh_key_too_small",
      message: expect.stringMatching(/2048 bits, at least 3072/),
    });
    for (const minimumDhBits of [2047, 8193, Number.NaN])
      expect(() => testClientConfig({ minimumDhBits })).toThrow(
        "minimumDhBits",
      );
  });

  it("a server's field of more bits than the limit is refused", () => {
    const cipherSuites = ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] as const;
    const pair = shuttle(
      newPair(
        testClientConfig({ cipherSuites, limits: { finiteFieldBits: 2048 } }),
        testServerConfig({
          cipherSuites,
          groups: ["ffdhe3072"],
          credentials: [testCredential("rsa")],
        }),
      ),
    );
    expect(pair.client.error).toMatchObject({
      reason: "dh_key_too_large",
      message: expect.stringMatching(/3072 bits, at most 2048/),
    });
  });
});
