/** Reserved values (RFC 8701) that come back in an answer, in each message. */
import { describe, expect, it } from "vitest";
import { concat } from "../../src/bytes.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import { readCertificateRequest13 } from "../../src/handshake/messages/certificate-request13.ts";
import { readClientHello } from "../../src/handshake/messages/client-hello.ts";
import { isGrease } from "../../src/handshake/registries/grease.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { type Edit, runMachines, type SentName } from "../support/machines.ts";

const CERTIFICATE_REQUEST = 13;

function reservedTypes(raw: Uint8Array): readonly number[] {
  const [type = 0] = raw;
  const whole = { type, body: raw.subarray(4), raw };
  const types =
    type === CERTIFICATE_REQUEST
      ? typesOf(readCertificateRequest13(whole, EVERY_EXTENSION).raw)
      : readClientHello(whole, EVERY_EXTENSION).extensionTypes;
  return types.filter(isGrease);
}

/** The extension types of a CertificateRequest with an empty context. */
function typesOf(raw: Uint8Array): readonly number[] {
  const types: number[] = [];
  for (let at = 7; at < raw.length;) {
    const [a = 0, b = 0, c = 0, d = 0] = raw.subarray(at, at + 4);
    types.push((a << 8) | b);
    at += 4 + ((c << 8) | d);
  }
  return types;
}

/**
 * Adds an empty extension of the type to the list whose length stands at that
 * offset of the message, and to the lengths around it.
 */
function withExtension(
  raw: Uint8Array,
  type: number,
  list: number,
  around: readonly number[],
): Uint8Array {
  const end = list + 2 + u16(raw, list);
  const added = Uint8Array.of(type >> 8, type, 0, 0);
  const longer = concat(raw.subarray(0, end), added, raw.subarray(end));
  for (const at of [list, ...around]) {
    const length = u16(longer, at) + added.length;
    longer.set([length >> 8, length & 0xff], at);
  }
  return longer;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Behind version, random, session id, suite and compression. */
function helloList(raw: Uint8Array): number {
  return 4 + 2 + 32 + 1 + (raw[38] ?? 0) + 3;
}

interface Echo {
  readonly versions: readonly ["TLSv1.2"] | readonly ["TLSv1.3"];
  /** The message whose reserved types come back. */
  readonly offer: "client_hello" | "certificate_request";
  readonly answer: SentName;
  readonly from: "client" | "server";
  readonly retry?: boolean;
  add(raw: Uint8Array, type: number): Uint8Array;
}

const inHello = (raw: Uint8Array, type: number): Uint8Array =>
  withExtension(raw, type, helloList(raw), [2]);
/** Behind the context, two lengths of three bytes and the leaf. */
const inCertificate = (raw: Uint8Array, type: number): Uint8Array =>
  withExtension(raw, type, 4 + 1 + 3 + 3 + u16(raw, 9), [2, 6]);

const ECHOES: Readonly<Record<string, Echo>> = {
  "a ServerHello of TLS 1.2": {
    versions: ["TLSv1.2"],
    offer: "client_hello",
    answer: "server_hello",
    from: "server",
    add: inHello,
  },
  "a ServerHello of TLS 1.3": {
    versions: ["TLSv1.3"],
    offer: "client_hello",
    answer: "server_hello",
    from: "server",
    add: inHello,
  },
  "a HelloRetryRequest": {
    versions: ["TLSv1.3"],
    offer: "client_hello",
    answer: "server_hello",
    from: "server",
    retry: true,
    add: inHello,
  },
  EncryptedExtensions: {
    versions: ["TLSv1.3"],
    offer: "client_hello",
    answer: "encrypted_extensions",
    from: "server",
    add: (raw, type) => withExtension(raw, type, 4, [2]),
  },
  "a server's Certificate": {
    versions: ["TLSv1.3"],
    offer: "client_hello",
    answer: "certificate",
    from: "server",
    add: inCertificate,
  },
  "a client's Certificate": {
    versions: ["TLSv1.3"],
    offer: "certificate_request",
    answer: "certificate",
    from: "client",
    add: inCertificate,
  },
};

/** Sends the reserved types back, the n-th of them or any other. */
function run(echo: Echo, choose: (types: readonly number[]) => number) {
  let types: readonly number[] = [];
  let done = false;
  const edit: Edit = (name, raw, from) => {
    if (name === echo.offer && !done) types = reservedTypes(raw);
    if (name !== echo.answer || from !== echo.from || done) return [raw];
    done = true;
    return [echo.add(raw, choose(types))];
  };
  const { versions } = echo;
  const keyShares = echo.retry ? (["secp256r1"] as const) : undefined;
  const outcome = runMachines(
    testClientConfig({
      versions,
      grease: true,
      credentials: [testCredential("ec-p256", "client")],
      ...(keyShares && { keyShares }),
    }),
    testServerConfig({
      versions,
      grease: true,
      clientAuthentication: "required",
      groups: echo.retry ? ["x25519"] : ["x25519", "secp256r1"],
    }),
    edit,
  );
  return { ...outcome, types };
}

describe("a reserved extension", () => {
  for (const [name, echo] of Object.entries(ECHOES)) {
    it(`of this side's own is refused in ${name}`, () => {
      for (const index of [0, 1]) {
        const { failed, types } = run(
          echo,
          (list) => list[index] ?? list[0] ?? -1,
        );
        expect(types.length).toBeGreaterThan(0);
        expect(failed?.side).not.toBe(echo.from);
        expect(failed?.error.reason).toBe("unsolicited_extension");
        expect(failed?.error.alert).toBe("unsupported_extension");
      }
    });

    it(`of another value is refused in ${name}`, () => {
      const { failed } = run(
        echo,
        (list) => [0x1a1a, 0x2a2a, 0x3a3a].find((v) => !list.includes(v)) ?? 0,
      );
      expect(failed?.error.reason).toBe("unsolicited_extension");
    });
  }

  it("is one of sixteen values", () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => code);
    const reserved = all.filter(isGrease);
    expect(reserved).toHaveLength(16);
    expect(reserved.slice(0, 2)).toEqual([0x0a0a, 0x1a1a]);
    expect(isGrease(0x0a1a)).toBe(false);
  });
});
