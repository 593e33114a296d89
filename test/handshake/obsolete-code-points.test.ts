/** Code points of older versions and of broken algorithms, which stand in no table. */
import { describe, expect, it } from "vitest";
import {
  ALERTS,
  type AlertName,
  CIPHER_SUITES,
  type CipherSuite,
  GROUPS,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  TlsUsageError,
} from "../../src/engine/index.ts";
import type { Reason } from "../../src/errors.ts";
import * as REASONS from "../../src/reasons.ts";
import type { ReasonRow } from "../../src/reasons/row.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  type ClientHello,
  encodeClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import { readServerHello } from "../../src/handshake/messages/server-hello.ts";
import { ContentType } from "../../src/wire/code-points.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { type Edit, runMachines } from "../support/machines.ts";
import { SERVER_SUITES_12 } from "../support/tls12.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const TLS12 = { versions: ["TLSv1.2"] } as const;

/** The ClientHello with other fields. */
function clientHello(
  change: (hello: ClientHello) => Partial<ClientHello>,
): Edit {
  return (name, raw) => {
    if (name !== "client_hello") return [raw];
    const hello = readClientHello(whole(raw), EVERY_EXTENSION);
    return [encodeClientHello(EVERY_EXTENSION, { ...hello, ...change(hello) })];
  };
}

function whole(raw: Uint8Array) {
  return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
}

/** The hello of a client with every default, of that version. */
function helloOf(version: (typeof VERSIONS)[number]): ClientHello {
  let hello: ClientHello | undefined;
  runMachines(
    testClientConfig({ versions: [version], grease: false }),
    testServerConfig({ versions: [version] }),
    (name, raw) => {
      if (name === "client_hello")
        hello = readClientHello(whole(raw), EVERY_EXTENSION);
      return [raw];
    },
  );
  if (hello === undefined) throw new Error("no hello was sent");
  return hello;
}

// [9846-5-04] [5246-6-01]
it("the types of records are the four of TLS", () => {
  expect(Object.values(ContentType)).toEqual([20, 21, 22, 23]);
});

describe("alerts", () => {
  const sent = (reasons: Readonly<Record<Reason, ReasonRow>>) =>
    Object.values(reasons).flatMap(({ alert }) => alert ?? []);

  it.each<[string, AlertName]>([
    // [9846-B-01] [5246-7.2.2-08]
    ["decryption_failed, which RFC 5246 forbids", "decryption_failed"],
    // [5246-7.2.2-09]
    ["no_certificate, of SSL 3.0 alone", "no_certificate"],
    // [5246-7.2.2-10]
    ["export_restriction, of TLS 1.0 alone", "export_restriction"],
    [
      "decompression_failure, for there is no compression",
      "decompression_failure",
    ],
    [
      "certificate_unobtainable, for there are no URLs",
      "certificate_unobtainable",
    ],
    [
      "bad_certificate_hash_value, for there are none",
      "bad_certificate_hash_value",
    ],
  ])("no error sends %s", (_what, alert) => {
    expect(ALERTS[alert]).toBeDefined();
    expect(sent(REASONS)).not.toContain(alert);
  });
});

describe("cipher suites", () => {
  const rows: readonly CipherSuite[] = Object.values(CIPHER_SUITES);

  it.each([
    // [9846-E.5-02]
    ["with RC4", /RC4/, [0x0004, 0x0005, 0xc007, 0xc011]],
    // [5246-A.5-01]
    ["without encryption", /NULL/, [0x0000, 0x0001, 0x0002, 0x003b, 0xc010]],
    // [5246-A.5-02]
    ["of anonymous peers", /anon/i, [0x0018, 0x0034, 0x006c, 0xc018]],
    // [9846-E.5-03]
    ["of less than 112 bits", /EXPORT|DES/, [0x0003, 0x0008, 0x0009, 0x000a]],
  ])("%s are not there, and no server takes one", (_what, word, codes) => {
    expect(rows.map(({ name }) => name).filter((n) => word.test(n))).toEqual(
      [],
    );
    expect(rows.filter(({ code }) => codes.includes(code))).toEqual([]);
    const { failed } = runMachines(
      testClientConfig(TLS12),
      testServerConfig({
        ...TLS12,
        credentials: [testCredential("rsa"), testCredential()],
        cipherSuites: SERVER_SUITES_12.filter((n) => !n.includes("PSK")),
      }),
      clientHello(() => ({ cipherSuites: codes })),
    );
    expect(failed?.error.reason).toBe("no_shared_cipher");
  });

  // [9846-E.5-03]
  it("have keys of 128 bits at least", () => {
    expect(Math.min(...rows.map(({ bits }) => bits))).toBe(128);
  });

  it.each(["TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_NULL_SHA256"])(
    "a program cannot name %s",
    (name) => {
      const cipherSuites: never[] = [];
      Object.assign(cipherSuites, [name]);
      expect(() => testClientConfig({ cipherSuites })).toThrow(TlsUsageError);
    },
  );
});

describe("signature schemes", () => {
  const rows: readonly SignatureScheme[] = Object.values(SIGNATURE_SCHEMES);

  // [5246-7.4.1.4.1-01]
  it("have no anonymous signature among them, and no missing hash", () => {
    for (const { code, name } of rows) {
      expect(code & 0xff, name).not.toBe(0);
      expect(code >> 8, name).not.toBe(0);
    }
    for (const version of VERSIONS)
      for (const code of helloOf(version).extensions.signature_algorithms ?? [])
        expect(rows.map((row) => row.code)).toContain(code);
  });

  it("of a handshake of TLS 1.3 are none that it made obsolete", () => {
    const codes = rows
      .filter(({ handshake }) => handshake.includes("TLSv1.3"))
      .map(({ code }) => code);
    // RFC 9846 B.3.1.3: 0x0000 to 0x0400 are reserved but for two of SHA-1.
    expect(codes.filter((code) => code < 0x0403)).toEqual([]);
  });
});

describe("groups", () => {
  const obsolete = (code: number): boolean =>
    (code >= 0x0001 && code <= 0x0016) ||
    (code >= 0x001a && code <= 0x001c) ||
    (code >= 0xff01 && code <= 0xff02);
  const OBSOLETE = [0x0001, 0x0013, 0x0016, 0x001a, 0x001c, 0xff01];

  // [9846-B.3.1.4-01]
  it("that RFC 9846 made obsolete are neither offered nor chosen", () => {
    expect(OBSOLETE.every(obsolete)).toBe(true);
    expect(Object.values<number>(GROUPS).filter(obsolete)).toEqual([]);
    for (const version of VERSIONS) {
      const { supported_groups: groups = [] } = helloOf(version).extensions;
      expect(groups.length).toBeGreaterThan(0);
      expect(groups.filter(obsolete)).toEqual([]);
      const { failed } = runMachines(
        testClientConfig({ versions: [version] }),
        testServerConfig({ versions: [version] }),
        clientHello(({ extensions }) => ({
          extensions: {
            ...extensions,
            supported_groups: OBSOLETE,
            ...(version === "TLSv1.3" && { key_share: [] }),
          },
        })),
      );
      expect(failed?.error.alert).toBe("handshake_failure");
    }
  });
});

// [9846-E.5-12]
it("truncated_hmac is neither offered nor answered", () => {
  const type = 4;
  expect(EVERY_EXTENSION.rowOf(type)).toBeUndefined();
  for (const version of VERSIONS) {
    expect(helloOf(version).extensionTypes).not.toContain(type);
    const verbatim = [{ type, body: new Uint8Array() }];
    let answered: readonly number[] | undefined;
    runMachines(
      testClientConfig({
        versions: [version],
        shapes: { client_hello: { verbatim } },
      }),
      testServerConfig({ versions: [version] }),
      (name, raw) => {
        if (name === "server_hello")
          answered = readServerHello(
            whole(raw),
            EVERY_EXTENSION,
          ).extensionTypes;
        return [raw];
      },
    );
    expect(answered?.length).toBeGreaterThan(0);
    expect(answered).not.toContain(type);
  }
});
