/** Offers and answers that belong to one version, or to what was negotiated. */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  GROUPS,
  MemorySessionStore,
  MemoryStrikeRegister,
  type ServerOptions,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { readClientHello } from "../../../src/handshake/messages/client-hello.ts";
import {
  isDowngrade,
  readServerHello,
} from "../../../src/handshake/messages/server-hello.ts";
import { parseServerKeyExchange } from "../../../src/handshake/messages/server-key-exchange.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { message, runMachines } from "../../support/machines.ts";
import {
  connect,
  firstSession,
  sessionsAfter,
} from "../../support/sessions.ts";

interface Sides {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}

/** Runs a handshake and reads both hellos. */
function hellos({ client, server }: Sides) {
  const sent = new Map<string, Uint8Array>();
  const outcome = runMachines(
    testClientConfig({ grease: false, ...client }),
    testServerConfig(server),
    (name, raw) => {
      if (!sent.has(name)) sent.set(name, raw.slice());
      return [raw];
    },
  );
  const whole = (name: string) => {
    const raw = sent.get(name) ?? new Uint8Array(4);
    return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
  };
  return {
    ...outcome,
    client: readClientHello(whole("client_hello"), EVERY_EXTENSION),
    server: readServerHello(whole("server_hello"), EVERY_EXTENSION),
    keyExchange: whole("server_key_exchange"),
  };
}

const TLS12 = ["TLSv1.2"] as const;
const TLS13 = ["TLSv1.3"] as const;

describe("a client", () => {
  // [7627-5.2-01] [7627-5.3-03] [5746-3.4-01] [8422-5.1-03]
  it("of TLS 1.3 alone offers no extension of TLS 1.2", () => {
    const { client } = hellos({ client: { versions: TLS13 } });
    for (const type of [
      ExtensionType.extended_main_secret,
      ExtensionType.renegotiation_info,
      ExtensionType.ec_point_formats,
      ExtensionType.session_ticket,
    ])
      expect(client.extensionTypes).not.toContain(type);
  });

  // [9846-4.2.2-06] [9846-4.3.1-01] [9846-9.2-09]
  it("of TLS 1.2 alone offers no versions and no groups of TLS 1.3", () => {
    const { client } = hellos({
      client: {
        versions: TLS12,
        groups: ["X25519MLKEM768", "x25519", "secp256r1"],
      },
      server: { versions: TLS12 },
    });
    expect(client.extensionTypes).not.toContain(
      ExtensionType.supported_versions,
    );
    expect(client.extensions.supported_groups).toEqual([
      GROUPS.x25519,
      GROUPS.secp256r1,
    ]);
  });

  // [9846-4.3.10-06] [9846-9.2-09]
  it("without a session offers no early data", () => {
    const { client } = hellos({ client: { earlyData: true } });
    expect(client.extensionTypes).not.toContain(ExtensionType.early_data);
  });

  // [9846-E.5-04]
  it.each([
    ["with others", ["TLSv1.3", "TLSv1.1"]],
    ["alone", ["SSLv3"]],
  ])("has no version that is too old, %s", (_what, versions) => {
    expect(() =>
      testClientConfig({ versions: versions as "TLSv1.3"[] }),
    ).toThrow(/^versions: /);
  });

  // [9846-4.3.11-11c] [9846-4.3.11-12b]
  it("that uses PSKs by psk_ke alone takes a certificate with a key exchange", () => {
    const { client } = connect({
      client: { versions: TLS13, pskModes: ["psk_ke"] },
    });
    expect(client.error).toBeUndefined();
    expect(client.info?.peer).toBeDefined();
  });
});

describe("a client of TLS 1.2", () => {
  const ticketKeys = new TicketKeys({ provider: noble });
  const server = { versions: TLS12, ticketKeys };
  const pair = connect({ client: { versions: TLS12 }, server });
  const [session] = sessionsAfter(pair);
  if (session?.version !== "TLSv1.2") throw new Error("no session came");
  const resumed = (client: Partial<ClientOptions>): boolean | undefined =>
    connect({ client: { versions: TLS12, session, ...client }, server }).client
      .info?.resumed;

  // [5246-7.4.1.2-05]
  it("offers a session that is good, and none that is too old", () => {
    expect(resumed({})).toBe(true);
    const old = { ...session, createdAt: session.createdAt - 7_300_000 };
    expect(resumed({ session: old })).toBe(false);
    const { client } = hellos({
      client: { versions: TLS12, session: old },
      server,
    });
    expect(client.extensions.session_ticket).toHaveLength(0);
  });

  // [5246-7.4.1.2-05]
  it("that takes no tickets offers none of a session that is but a ticket", () => {
    const { client } = hellos({
      client: {
        versions: TLS12,
        sessionTickets: false,
        session: { ...session, sessionId: new Uint8Array() },
      },
      server,
    });
    expect(client.extensionTypes).not.toContain(ExtensionType.session_ticket);
    expect(client.legacySessionId).toHaveLength(0);
  });
});

describe("the end of a ServerHello's random", () => {
  const random = (...end: number[]): Uint8Array =>
    concat(new Uint8Array(32 - end.length).fill(0xaa), Uint8Array.from(end));
  const SIGNAL = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44];

  // [9846-4.2.3-14] [9846-4.2.3-16]
  it.each([
    ["of TLS 1.2", [...SIGNAL, 1], true],
    ["of TLS 1.1 and before", [...SIGNAL, 0], true],
    ["of nothing known", [...SIGNAL, 2], false],
    ["without the signal", [1], false],
    ["with another byte in it", [...SIGNAL.slice(0, 6), 0x45, 1], false],
  ])("%s", (_what, end, expected) => {
    expect(isDowngrade(random(...end))).toBe(expected);
  });
});

describe("a server of TLS 1.2", () => {
  const versions = TLS12;

  // [5246-7.4.1.2-02]
  it.each([
    ["nothing to keep sessions in", {}, 0],
    ["tickets", { ticketKeys: new TicketKeys({ provider: noble }) }, 0],
    ["a store", { sessionStore: new MemorySessionStore() }, 32],
    [
      "both",
      {
        sessionStore: new MemorySessionStore(),
        ticketKeys: new TicketKeys({ provider: noble }),
      },
      0,
    ],
  ] as const)("with %s names a session fittingly", (_what, server, length) => {
    const { server: hello } = hellos({
      client: { versions },
      server: { versions, ...server },
    });
    expect(hello.legacySessionIdEcho.length).toBe(length);
  });

  // [8422-5.2-02]
  it("does not speak of points where the suite has none", () => {
    const suite = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256";
    const { server: hello } = hellos({
      client: {
        versions,
        cipherSuites: [suite, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
        shapes: {
          client_hello: {
            verbatim: [
              {
                type: ExtensionType.ec_point_formats,
                body: Uint8Array.of(1, 0),
              },
            ],
          },
        },
      },
      server: {
        versions,
        cipherSuites: [suite],
        credentials: [testCredential("rsa")],
      },
    });
    expect(hello.extensionTypes).not.toContain(ExtensionType.ec_point_formats);
  });

  // [8422-4-02] [8422-5.1-05] [8422-5.1-06]
  it("exchanges over P-256 with a client that names no groups", () => {
    const { keyExchange } = hellos({
      client: {
        versions,
        shapes: { client_hello: { omit: [ExtensionType.supported_groups] } },
      },
      server: { versions, groups: ["x25519", "secp384r1", "secp256r1"] },
    });
    const { params } = parseServerKeyExchange(keyExchange, "ECDHE");
    expect(params).toMatchObject({ group: GROUPS.secp256r1 });
  });
});

describe.each(["TLSv1.2", "TLSv1.3"] as const)(
  "a server name in %s",
  (version) => {
    // [9846-4.3-07b] [9846-9.2-13]
    it("is acknowledged in a full handshake, and not in a resumption", () => {
      const ticketKeys = new TicketKeys({ provider: noble });
      const server = { versions: [version], ticketKeys };
      const acknowledged = (client: Partial<ClientOptions>): boolean => {
        let answer = "";
        const { client: state } = runMachines(
          testClientConfig({ grease: false, versions: [version], ...client }),
          testServerConfig(server),
          (name, raw) => {
            if (name === "encrypted_extensions" || name === "server_hello")
              answer += Buffer.from(raw).toString("hex");
            return [raw];
          },
        );
        expect(state.at).toBe("CONNECTED");
        // server_name with an empty body.
        return answer.includes("00000000");
      };
      const pair = connect({ client: { versions: [version] }, server });
      const [session] = sessionsAfter(pair);
      if (session === undefined) throw new Error("no session came");
      expect(acknowledged({})).toBe(true);
      expect(acknowledged({ session })).toBe(false);
    });
  },
);

// [9846-4.3.10-08]
it("early data under another suite than the ticket's is refused", () => {
  const guarded = (suite: "AES_128_GCM" | "CHACHA20_POLY1305") =>
    ({
      provider: noble,
      ticketKeys,
      maxEarlyData: 100,
      strikeRegister,
      cipherSuites: [`TLS_${suite}_SHA256`],
    }) as const;
  const ticketKeys = new TicketKeys({ provider: noble });
  const strikeRegister = new MemoryStrikeRegister({ provider: noble });
  const earlyData = (suite: "AES_128_GCM" | "CHACHA20_POLY1305") => {
    const session = firstSession({
      client: { provider: noble },
      server: guarded("AES_128_GCM"),
    });
    const pair = connect({
      client: { provider: noble, session, earlyData: true },
      server: guarded(suite),
    });
    return [pair.client.info?.resumed, pair.client.info?.earlyData];
  };
  expect(earlyData("AES_128_GCM")).toEqual([true, "accepted"]);
  expect(earlyData("CHACHA20_POLY1305")).toEqual([false, "rejected"]);
});

// [9846-4.2.2-19]
it("a ClientHello whose session id is longer than 32 bytes is malformed", () => {
  const { failed } = runMachines(
    testClientConfig(),
    testServerConfig(),
    (name, raw) => {
      if (name !== "client_hello") return [raw];
      const body = raw.subarray(4);
      const rest = body.subarray(35 + (body[34] ?? 0));
      const id = new Uint8Array(34).fill(33, 0, 1);
      return [message(name, concat(body.subarray(0, 34), id, rest))];
    },
  );
  expect(failed).toMatchObject({
    side: "server",
    error: { reason: "malformed_message", alert: "decode_error" },
  });
});
