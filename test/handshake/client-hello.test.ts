/** The bytes of a ClientHello on the wire. */
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  GROUPS,
  TlsEngine,
  TlsUsageError,
} from "../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  type ClientHello,
  readClientHello,
} from "../../src/handshake/messages/client-hello.ts";
import { ExtensionType, isGrease } from "../../src/wire/code-points.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../support/engines.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { session13 } from "../support/sessions.ts";

const KEY = new Uint8Array(32).fill(9);

function helloOf(
  options: Partial<ClientOptions> = {},
  name: string | undefined = "localhost",
): ClientHello {
  const config = testClientConfig(options);
  const raw = TlsEngine.client(config, name).takeOutput().subarray(5);
  return readClientHello(
    { type: 1, body: raw.subarray(4), raw },
    EVERY_EXTENSION,
  );
}

describe("a ClientHello", () => {
  // [9846-4.5.1.2-06] [9846-9.2-01] [9846-9.2-02] [9846-9.2-09] [9846-9.2-13]
  it("offers what the config says, in its order", () => {
    const hello = helloOf({
      grease: false,
      cipherSuites: ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
      groups: ["secp384r1", "x25519"],
      keyShares: ["x25519"],
      alpnProtocols: ["h2", "caf\xe9"],
    });
    expect(hello.cipherSuites).toEqual([0x1302, 0x1301]);
    const { extensions } = hello;
    expect(extensions.supported_groups).toEqual([0x18, 0x1d]);
    expect(extensions.key_share?.map(({ group }) => group)).toEqual([0x1d]);
    expect(extensions.application_layer_protocol_negotiation).toEqual([
      "h2",
      "caf\xe9",
    ]);
    expect(extensions.supported_versions).toEqual([0x0304]);
    expect(extensions.server_name).toBe("localhost");
  });

  it("sends the hybrid and x25519 by default", () => {
    const shares = helloOf({ grease: false }).extensions.key_share ?? [];
    expect(shares.map(({ group, share }) => [group, share.length])).toEqual([
      [GROUPS.X25519MLKEM768, 1216],
      [GROUPS.x25519, 32],
    ]);
  });

  it.each([
    [["x25519", "secp256r1"], ["x25519"]],
    [
      ["secp256r1", "x25519", "X25519MLKEM768"],
      ["secp256r1", "X25519MLKEM768"],
    ],
    [
      ["X25519MLKEM768", "secp384r1", "x25519"],
      ["X25519MLKEM768", "secp384r1"],
    ],
  ] as const)(
    "of groups %s sends shares of the best of each kind",
    (groups, shares) => {
      const { key_share = [] } = helloOf({ grease: false, groups }).extensions;
      expect(key_share.map(({ group }) => group)).toEqual(
        shares.map((name) => GROUPS[name]),
      );
    },
  );

  it.each([
    ["10.0.0.1", undefined],
    ["::1", undefined],
    ["example.org.", "example.org"],
  ])("for %s the server_name is %s", (name, sent) => {
    expect(helloOf({}, name).extensions.server_name).toBe(sent);
  });

  it("prefers ChaCha20 only where AES is slow", () => {
    const first = (fastAes: boolean) =>
      helloOf({ grease: false, provider: { ...noble, fastAes } })
        .cipherSuites[0];
    expect(first(false)).toBe(0x1303);
    expect(first(true)).toBe(0x1301);
  });

  // [9846-4.2.2-09] [9846-4.2.2-11]
  it("looks like a resumed TLS 1.2 session, or not", () => {
    expect(helloOf().legacySessionId).toHaveLength(32);
    expect(helloOf({ compatibilityMode: false }).legacySessionId).toHaveLength(
      0,
    );
  });
});

describe("GREASE", () => {
  // [9846-4.3-09a]
  it("stands in every list that may grow, and never twice as an extension", () => {
    for (let seed = 0; seed < 64; seed++) {
      const random = seededRandom(`grease ${seed}`);
      const hello = helloOf({ provider: { ...noble, random } });
      const { extensions, extensionTypes } = hello;
      expect(isGrease(hello.cipherSuites[0] ?? 0)).toBe(true);
      expect(isGrease(extensions.supported_groups?.[0] ?? 0)).toBe(true);
      expect(isGrease(extensions.supported_versions?.[0] ?? 0)).toBe(true);
      expect(isGrease(extensions.key_share?.[0]?.group ?? 0)).toBe(true);
      expect(isGrease(extensions.signature_algorithms?.[0] ?? 0)).toBe(true);
      expect(isGrease(extensionTypes[0] ?? 0)).toBe(true);
      expect(isGrease(extensionTypes.at(-1) ?? 0)).toBe(true);
      expect(new Set(extensionTypes).size).toBe(extensionTypes.length);
    }
  });

  it("stands around an order that a shape wants", () => {
    const order = [ExtensionType.key_share, ExtensionType.server_name];
    const hello = helloOf({ shapes: { client_hello: { order } } });
    const { extensionTypes } = hello;
    expect(extensionTypes.slice(1, 3)).toEqual(order);
    expect(isGrease(extensionTypes[0] ?? 0)).toBe(true);
    expect(isGrease(extensionTypes.at(-1) ?? 0)).toBe(true);
  });
});

describe("a shape", () => {
  it("replaces, adds and orders extensions", () => {
    const hello = helloOf({
      grease: false,
      shapes: {
        client_hello: {
          verbatim: [
            { type: 0x1234, body: Uint8Array.of(1, 2, 3) },
            {
              type: ExtensionType.psk_key_exchange_modes,
              body: Uint8Array.of(1, 0),
            },
          ],
          order: [ExtensionType.key_share, 0x1234],
        },
      },
    });
    expect(hello.extensionTypes.slice(0, 2)).toEqual([
      ExtensionType.key_share,
      0x1234,
    ]);
    expect(hello.extensions.psk_key_exchange_modes).toEqual([0]);
    expect(new Set(hello.extensionTypes).size).toBe(
      hello.extensionTypes.length,
    );
  });

  it("leaves pre_shared_key at the end, whatever its order names", () => {
    const { pre_shared_key, key_share, server_name } = ExtensionType;
    for (const order of [
      [key_share],
      [server_name, pre_shared_key],
      [pre_shared_key],
    ])
      for (const grease of [false, true]) {
        const psk = () => ({ identity: Uint8Array.of(1), key: KEY });
        const shapes = { client_hello: { order } };
        const client = testClientConfig({ grease, psk, shapes });
        const server = testServerConfig({ psk });
        const pair = shuttle(newPair(client, server));
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        expect(pair.server.info?.pskIdentity).toEqual(Uint8Array.of(1));
      }
  });

  it.each<[string, Partial<ClientOptions>, string]>([
    [
      "an order with pre_shared_key before another",
      { shapes: { client_hello: { order: [51, 41, 0] } } },
      "shapes.client_hello.order: pre_shared_key (41) is entry 2 of 3; it comes last",
    ],
    [
      "pre_shared_key left out, beside a session",
      { session: session13(), shapes: { client_hello: { omit: [41] } } },
      "shapes.client_hello.omit: pre_shared_key (41) beside session or psk",
    ],
    [
      "pre_shared_key of the program's, beside psk",
      {
        psk: () => undefined,
        shapes: { client_hello: { verbatim: [{ type: 41, body: KEY }] } },
      },
      "shapes.client_hello.verbatim: pre_shared_key (41) beside session or psk",
    ],
  ])("is refused: %s", (_what, options, message) => {
    expect(() => testClientConfig(options)).toThrow(TlsUsageError);
    expect(() => testClientConfig(options)).toThrow(message);
  });

  // [5746-3.6-05] [9846-4.2.2-17] [9846-9.3-05]
  it("does not keep a server from connecting", () => {
    const pair = shuttle(
      newPair(
        testClientConfig({
          shapes: {
            client_hello: {
              verbatim: [{ type: 0x1234, body: new Uint8Array(300) }],
            },
          },
        }),
      ),
    );
    expect(pair.server.state).toBe("CONNECTED");
  });
});
