/** Encrypted Client Hello between two engines: RFC 9849 6 and 7. */
import { RAISE_NEED } from "../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { fromHex, latin1, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchClient,
  createEchGrease,
  createEchServer,
  encodeEchConfigList,
} from "../../src/ech/index.ts";
import {
  type ClientOptions,
  MemoryStrikeRegister,
  type ServerOptions,
  TicketKeys,
  TlsEngine,
  TlsUsageError,
} from "../../src/engine/index.ts";
import { dangerouslyAcceptAnyCertificate } from "../../src/x509/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  DELIVERIES,
  type Delivery,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { message, runMachines } from "../support/machines.ts";
import { firstSession } from "../support/sessions.ts";

const key = createEchKey({
  provider: noble,
  publicName: "server.test",
  configId: 7,
});
const other = createEchKey({
  provider: noble,
  publicName: "server.test",
  configId: 7,
});
const list = encodeEchConfigList([key.config]);
const HIDDEN = "hidden.wild.test";

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly delivery?: Delivery;
  readonly name?: string;
}

function connect({ client, server, delivery, name = HIDDEN }: Options): Pair {
  return shuttle(
    newPair(
      testClientConfig({
        encryptedClientHello: createEchClient(list),
        ...client,
      }),
      testServerConfig({
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
        ...server,
      }),
      name,
    ),
    delivery,
  );
}

/** The server wants a share that the client did not send. */
const RETRY = { groups: ["secp256r1"] } as const;
const wrongKey = {
  encryptedClientHello: createEchServer({ provider: noble, keys: [other] }),
};

describe("accepted", () => {
  for (const delivery of DELIVERIES)
    for (const [what, server] of [
      ["at once", {}],
      ["after a HelloRetryRequest", RETRY],
      ["after one with a cookie", { ...RETRY, helloRetryCookie: true }],
    ] as const)
      it(`${what}, bytes ${delivery}`, () => {
        const pair = connect({ server, delivery });
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        for (const { info } of [pair.client, pair.server]) {
          expect(info?.encryptedClientHello).toBe(true);
          expect(info?.serverName).toBe(HIDDEN);
          expect(info?.helloRetried).toBe(
            server !== undefined && "groups" in server,
          );
        }
        pair.client.write(Uint8Array.of(1, 2, 3));
        shuttle(pair);
        expect(received(pair.server)).toEqual(Uint8Array.of(1, 2, 3));
      });

  it("with the name nowhere in the clear", () => {
    for (const server of [{}, RETRY]) {
      const { sent } = connect({ server });
      expect(latin1(sent.client)).not.toContain("hidden");
      expect(latin1(sent.client)).toContain("server.test");
    }
  });

  it("with a length that does not reveal the name's", () => {
    const lengthFor = (name: string): number =>
      TlsEngine.client(
        testClientConfig({ encryptedClientHello: createEchClient(list) }),
        name,
      ).takeOutput().length;
    expect(lengthFor("a.test")).toBe(lengthFor("much.longer.than.that.test"));
  });

  it("by any of the server's keys, two of one id among them", () => {
    const keys = [other, key];
    const { client } = connect({
      server: {
        encryptedClientHello: createEchServer({ provider: noble, keys }),
      },
    });
    expect(client.info?.encryptedClientHello).toBe(true);
  });

  it.each([1, 2, 3])("with AEAD %i", (aead) => {
    const only = createEchKey({
      provider: noble,
      publicName: "server.test",
      suites: [{ kdf: aead === 2 ? 2 : 1, aead }],
    });
    const { client } = connect({
      client: {
        encryptedClientHello: createEchClient(
          encodeEchConfigList([only.config]),
        ),
      },
      server: {
        encryptedClientHello: createEchServer({
          provider: noble,
          keys: [only],
        }),
      },
    });
    expect(client.info?.encryptedClientHello).toBe(true);
  });

  it("without GREASE, and without middlebox compatibility", () => {
    const { client } = connect({
      client: { grease: false, compatibilityMode: false },
    });
    expect(client.info?.encryptedClientHello).toBe(true);
  });

  it("writes the secret and the config to the key log", () => {
    const lines: string[] = [];
    const keyLog = (line: string) => lines.push(line);
    connect({ client: { keyLog } });
    const labels = lines.map((line) => line.split(" ")[0]);
    expect(labels.slice(0, 2)).toEqual(["ECH_SECRET", "ECH_CONFIG"]);
    expect(lines[1]?.split(" ")[2]).toBe(toHex(key.config));
    const server: string[] = [];
    connect({ server: { keyLog: (line) => server.push(line) } });
    expect(server.length).toBe(7);
  });

  it("continues from a snapshot between the two hellos", () => {
    const pair = newPair(
      testClientConfig({ encryptedClientHello: createEchClient(list) }),
      testServerConfig({
        ...RETRY,
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
      }),
      HIDDEN,
    );
    pair.server.receive(pair.client.takeOutput());
    const retry = pair.server.takeOutput();
    const kept = [pair.client.snapshot(), pair.server.snapshot()] as const;
    pair.client.receive(retry);
    for (let i = 0; i < 2; i++) {
      const [client, server] = [
        TlsEngine.restore(kept[0]),
        TlsEngine.restore(kept[1]),
      ];
      client.receive(retry);
      const again = shuttle({ client, server, sent: pair.sent });
      expect(again.server.info?.serverName).toBe(HIDDEN);
    }
    expect(shuttle(pair).server.info?.serverName).toBe(HIDDEN);
  });

  it("as an inner hello that another server passed on", () => {
    // What a backend gets: the hello itself, of type inner.
    const { failed, server } = runMachines(
      testClientConfig({
        versions: ["TLSv1.3"],
        shapes: {
          client_hello: {
            verbatim: [
              {
                type: ExtensionType.encrypted_client_hello,
                body: Uint8Array.of(1),
              },
            ],
          },
        },
      }),
      testServerConfig({
        encryptedClientHello: createEchServer({ provider: noble, keys: [] }),
      }),
    );
    expect(failed).toBeUndefined();
    expect(server.at).toBe("CONNECTED");
  });

  it("as an inner hello to a server that agrees on TLS 1.2: nothing is confirmed", () => {
    const inner = {
      type: ExtensionType.encrypted_client_hello,
      body: Uint8Array.of(1),
    };
    for (const [client, versions] of [
      ["TLSv1.3", ["TLSv1.2"]],
      ["TLSv1.2", ["TLSv1.2", "TLSv1.3"]],
    ] as const) {
      const pair = connect({
        client: {
          encryptedClientHello: createEchGrease(),
          versions: client === "TLSv1.2" ? ["TLSv1.2"] : ["TLSv1.2", "TLSv1.3"],
          shapes: { client_hello: { verbatim: [inner] } },
        },
        server: { versions },
        name: "localhost",
      });
      expect(pair.client.error ?? pair.server.error).toBeUndefined();
      expect(pair.server.info?.version).toBe("TLSv1.2");
    }
  });
});

describe("refused", () => {
  for (const [what, server] of [
    ["at once", wrongKey],
    ["with a HelloRetryRequest", { ...wrongKey, ...RETRY }],
  ] as const)
    it(`${what}: ech_required, and the keys to try again with`, () => {
      const first = connect({ server });
      const { error } = first.client;
      expect(error?.reason).toBe("ech_rejected");
      expect(error?.alert).toBe("ech_required");
      expect(first.client.info).toBeUndefined();
      // RFC 9849 6.1.6: behind the client's Finished.
      expect(first.server.error?.alert).toBe("ech_required");
      expect(first.server.info?.encryptedClientHello).toBe(false);
      expect(latin1(first.sent.client)).not.toContain("hidden");
      const configs = error?.echRetryConfigs ?? new Uint8Array();
      expect(configs).toEqual(encodeEchConfigList([other.config]));
      const second = connect({
        server,
        client: { encryptedClientHello: createEchClient(configs) },
      });
      expect(second.client.info?.encryptedClientHello).toBe(true);
    });

  it("by a server without ECH: no keys", () => {
    const pair = shuttle(
      newPair(
        testClientConfig({ encryptedClientHello: createEchClient(list) }),
        testServerConfig(),
        HIDDEN,
      ),
    );
    expect(pair.client.error?.reason).toBe("ech_rejected");
    expect(pair.client.error?.echRetryConfigs).toBeUndefined();
    expect(latin1(pair.sent.client)).not.toContain("hidden");
  });

  it("by a server without the public name: its certificate is rejected, its keys are not used", () => {
    const elsewhere = createEchKey({
      provider: noble,
      publicName: "front.example",
      configId: 7,
    });
    const configs = encodeEchConfigList([elsewhere.config]);
    const { client } = connect({
      server: wrongKey,
      client: { encryptedClientHello: createEchClient(configs) },
    });
    expect(client.error?.alert).toBe("bad_certificate");
    expect(client.error?.echRetryConfigs).toBeUndefined();
  });

  it("unverified: without validation of the certificate the keys are ignored", () => {
    const { client } = connect({
      server: wrongKey,
      client: { verifier: dangerouslyAcceptAnyCertificate() },
    });
    expect(client.error?.reason).toBe("ech_rejected");
    expect(client.error?.echRetryConfigs).toBeUndefined();
  });

  it.each([
    ["required", "peer_did_not_return_a_certificate"],
    ["optional", "peer_alert"],
  ] as const)(
    "a client sends an empty Certificate where one is %s",
    (clientAuthentication, reason) => {
      for (const credentials of [
        [testCredential("ec-p256", "client")],
        RAISE_NEED,
      ] as const) {
        const { client, server } = connect({
          client: { credentials },
          server: { ...wrongKey, clientAuthentication },
        });
        expect(client.error?.reason).toBe("ech_rejected");
        expect(server.error?.reason).toBe(reason);
        expect(server.info?.peer).toBeUndefined();
      }
    },
  );

  it("by a server of TLS 1.2: behind the handshake, with no keys", () => {
    for (const clientAuthentication of ["none", "optional"] as const) {
      const { client, server, sent } = connect({
        client: { credentials: [testCredential("ec-p256", "client")] },
        server: { ...wrongKey, versions: ["TLSv1.2"], clientAuthentication },
      });
      expect(client.error?.reason).toBe("ech_rejected");
      expect(client.error?.echRetryConfigs).toBeUndefined();
      expect(client.info).toBeUndefined();
      expect(server.info?.version).toBe("TLSv1.2");
      expect(server.info?.peer).toBeUndefined();
      expect(server.error?.alert).toBe("ech_required");
      expect(latin1(sent.client)).not.toContain("hidden");
    }
    expect(() =>
      testClientConfig({
        encryptedClientHello: createEchClient(list),
        versions: ["TLSv1.2"],
      }),
    ).toThrow(TlsUsageError);
  });

  it("by a server of TLS 1.2 with another name: by its certificate", () => {
    const elsewhere = createEchKey({
      provider: noble,
      publicName: "front.example",
    });
    const configs = encodeEchConfigList([elsewhere.config]);
    const { client } = connect({
      client: { encryptedClientHello: createEchClient(configs) },
      server: { versions: ["TLSv1.2"] },
    });
    expect(client.error?.alert).toBe("bad_certificate");
  });

  it("a pre-shared key of TLS 1.2 does not stand for the public name", () => {
    const suites = [
      "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
      "TLS_CHACHA20_POLY1305_SHA256",
    ] as const;
    const psk = () => ({
      identity: Uint8Array.of(1),
      key: new Uint8Array(32),
    });
    const { client } = connect({
      client: { cipherSuites: suites, psk },
      server: { versions: ["TLSv1.2"], cipherSuites: suites, psk },
    });
    expect(client.error?.alert).toBe("handshake_failure");
  });

  it("names of ALPN are those of the outer hello", () => {
    const names = (server: Partial<ServerOptions>) => {
      const pair = connect({
        client: {
          alpnProtocols: ["secret"],
          encryptedClientHello: createEchClient(list, {
            outerAlpnProtocols: ["h2"],
          }),
        },
        server: { alpnProtocols: ["h2", "secret"], ...server },
      });
      expect(latin1(pair.sent.client)).not.toContain("secret");
      return [
        pair.client.info?.alpnProtocol ?? pair.client.error?.reason,
        pair.server.info?.alpnProtocol,
      ];
    };
    expect(names({})).toEqual(["secret", "secret"]);
    expect(names(wrongKey)).toEqual(["ech_rejected", "h2"]);
    expect(names({ ...wrongKey, ...RETRY })).toEqual(["ech_rejected", "h2"]);
    expect(() => createEchClient(list, { outerAlpnProtocols: [""] })).toThrow(
      TlsUsageError,
    );
  });
});

describe("GREASE", () => {
  const client = { encryptedClientHello: createEchGrease() };
  it.each([
    ["a server with keys", {}],
    ["one that wants another group", RETRY],
    [
      "one without",
      { encryptedClientHello: createEchServer({ provider: noble, keys: [] }) },
    ],
  ])("does no harm with %s", (_what, server) => {
    const pair = connect({
      client,
      server,
      name: "localhost",
    });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.client.info?.encryptedClientHello).toBe(false);
    expect(pair.server.info?.encryptedClientHello).toBe(false);
  });

  it("looks like a real offer", () => {
    const bodies: number[] = [];
    for (const one of [client, {}]) {
      const hello = connect({ client: one, name: "localhost" }).server.info
        ?.clientHello?.extensions.encrypted_client_hello;
      if (hello) bodies.push(hello.length);
    }
    expect(bodies[0]).toBeGreaterThan(100);
  });
});

describe("what a server must not say", () => {
  const ECH = ExtensionType.encrypted_client_hello;
  const withShape = (
    carrier: "encrypted_extensions" | "hello_retry_request",
    body: string,
    options: Options = {},
  ) =>
    connect({
      ...options,
      server: {
        ...options.server,
        shapes: {
          [carrier]: { verbatim: [{ type: ECH, body: fromHex(body) }] },
        },
      },
    }).client.error;

  it("keys, having accepted: unsupported_extension", () => {
    const error = withShape("encrypted_extensions", toHex(list));
    expect(error?.alert).toBe("unsupported_extension");
  });
  it.each([wrongKey, { ...wrongKey, ...RETRY }])(
    "keys that do not parse: decode_error",
    (server) => {
      const error = withShape("encrypted_extensions", "0003fe0d", {
        server,
      });
      expect(error?.alert).toBe("decode_error");
      const grease = withShape("encrypted_extensions", "0003fe0d", {
        server,
        client: { encryptedClientHello: createEchGrease() },
        name: "localhost",
      });
      expect(grease?.alert).toBe("decode_error");
    },
  );
  it("a signal of seven bytes in a HelloRetryRequest: decode_error", () => {
    const error = withShape("hello_retry_request", "00".repeat(7), {
      server: RETRY,
    });
    expect(error?.alert).toBe("decode_error");
  });
  it("another signal in a HelloRetryRequest is a refusal", () => {
    const error = withShape("hello_retry_request", "00".repeat(8), {
      server: RETRY,
    });
    // The server goes on with the inner hello, and the two part ways.
    expect(error).toBeDefined();
    expect(error?.reason).not.toBe("internal_error");
  });
  it("yes, and then nothing: illegal_parameter", () => {
    const { failed } = runMachines(
      testClientConfig({ encryptedClientHello: createEchClient(list) }),
      testServerConfig({
        ...RETRY,
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
      }),
      (name, raw) => {
        // The ServerHello's random, not the HelloRetryRequest's.
        if (name === "server_hello" && raw[6] !== 0xcf)
          raw[37] = (raw[37] ?? 0) ^ 1;
        return [raw];
      },
    );
    expect(failed?.side).toBe("client");
    expect(failed?.error.alert).toBe("illegal_parameter");
  });
  it("nothing of it unasked: unsupported_extension", () => {
    const body = list;
    const { client } = shuttle(
      newPair(
        testClientConfig(),
        testServerConfig({
          shapes: { encrypted_extensions: { verbatim: [{ type: ECH, body }] } },
        }),
      ),
    );
    expect(client.error?.alert).toBe("unsupported_extension");
  });
});

it("a message cut short is a decode_error on both sides", () => {
  const { failed } = runMachines(
    testClientConfig({ encryptedClientHello: createEchClient(list) }),
    testServerConfig({
      encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
    }),
    (name, raw) =>
      name === "client_hello" ? [message(name, raw.subarray(4, -1))] : [raw],
  );
  expect(failed?.error.alert).toBe("decode_error");
});

describe("a session", () => {
  const tickets = new TicketKeys({ provider: noble });
  const encryptedClientHello = createEchServer({
    provider: noble,
    keys: [key],
  });
  const server = { encryptedClientHello, ticketKeys: tickets };
  const client = { encryptedClientHello: createEchClient(list) };
  const session = firstSession({ client, server, serverName: HIDDEN });

  for (const delivery of DELIVERIES)
    for (const [what, more] of [
      ["at once", {}],
      ["after a HelloRetryRequest", RETRY],
    ] as const)
      it(`is resumed inside the encrypted hello ${what}, bytes ${delivery}`, () => {
        const pair = connect({
          client: { session, earlyData: true },
          server: { ...server, ...more },
          delivery,
        });
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        for (const { info } of [pair.client, pair.server]) {
          expect(info?.resumed).toBe(true);
          expect(info?.encryptedClientHello).toBe(true);
          expect(info?.earlyData).toBe("none");
        }
      });

  describe("with early data", () => {
    const early = {
      ...server,
      maxEarlyData: 100,
      strikeRegister: new MemoryStrikeRegister({ provider: noble }),
    };
    const EARLY = Uint8Array.of(7, 7, 7);

    function resume(more: Partial<ServerOptions>, delivery?: Delivery): Pair {
      const from = firstSession({ client, server: early, serverName: HIDDEN });
      const pair = newPair(
        testClientConfig({ ...client, session: from, earlyData: true }),
        testServerConfig({ ...early, ...more }),
        HIDDEN,
      );
      pair.client.writeEarlyData(EARLY);
      return shuttle(pair, delivery);
    }

    for (const delivery of DELIVERIES) {
      it(`of the inner hello, bytes ${delivery}`, () => {
        const pair = resume({}, delivery);
        expect(pair.client.error ?? pair.server.error).toBeUndefined();
        for (const { info } of [pair.client, pair.server]) {
          expect(info?.encryptedClientHello).toBe(true);
          expect(info?.earlyData).toBe("accepted");
        }
        const taken = events(pair.server).find((e) => e.type === "early_data");
        expect(taken).toEqual({ type: "early_data", bytes: EARLY });
      });

      it.each([
        [RETRY, undefined],
        [wrongKey, "ech_rejected"],
        [{ ...wrongKey, ...RETRY }, "ech_rejected"],
      ] as const)(`skipped, bytes ${delivery}: %j`, (more, reason) => {
        const pair = resume(more, delivery);
        expect(pair.client.error?.reason).toBe(reason);
        expect(pair.server.info?.earlyData).toBe("rejected");
        expect(events(pair.server).map((e) => e.type)).not.toContain(
          "early_data",
        );
      });
    }
  });

  it("reveals nothing of itself in the clear", () => {
    const engine = TlsEngine.client(
      testClientConfig({ ...client, session }),
      HIDDEN,
    );
    const hello = toHex(engine.takeOutput());
    expect(hello).not.toContain(toHex(session.ticket));
    // pre_shared_key, as long as the real one.
    const length = session.ticket.length.toString(16).padStart(4, "0");
    expect(hello).toContain(length);
  });

  for (const more of [{}, RETRY])
    it(`is no help where the hello is refused ${JSON.stringify(more)}`, () => {
      const { client: refused } = connect({
        client: { session },
        server: { ...wrongKey, ticketKeys: tickets, ...more },
      });
      expect(refused.error?.reason).toBe("ech_rejected");
      expect(refused.error?.echRetryConfigs).toBeDefined();
    });

  it("that a server claims to know from the outer hello: illegal_parameter", () => {
    const own = firstSession({ client, server, serverName: "localhost" });
    const { failed } = runMachines(
      testClientConfig({ ...client, session: own }),
      testServerConfig({
        ...wrongKey,
        ticketKeys: tickets,
        shapes: {
          server_hello: {
            verbatim: [
              {
                type: ExtensionType.pre_shared_key,
                body: Uint8Array.of(0, 0),
              },
            ],
          },
        },
      }),
    );
    expect(failed?.error.alert).toBe("illegal_parameter");
  });
});
