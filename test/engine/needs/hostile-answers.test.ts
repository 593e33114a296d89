/**
 * Answers from outside are read once, before anything moves: one that throws when
 * it is read does not fit, and the engine waits for a better one.
 */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type Answer,
  createRetryCookies,
  RAISE_NEED,
  type RetryCookies,
  type ServerOptions,
  type ClientOptions,
  TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";

function fail(): never {
  throw new Error("hostile");
}

/** Throws when one of these is read. */
function throwing(...names: readonly string[]): object {
  return Object.defineProperties(
    {},
    Object.fromEntries(
      names.map((name) => [name, { get: fail, enumerable: true }]),
    ),
  );
}

const everything = new Proxy({}, { get: fail, ownKeys: fail, has: fail });
const key = { identity: Uint8Array.of(1), key: Uint8Array.of(2) };

interface Row {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly of: "client" | "server";
  /** Field of the answer, and what an answer of that type is called. */
  readonly field: string;
  readonly type: Answer["type"];
  readonly more?: readonly object[];
}

const ROWS: Readonly<Record<string, Row>> = {
  verify: {
    client: { verifier: RAISE_NEED },
    of: "client",
    type: "verified",
    field: "chain",
  },
  psk: {
    server: { psk: RAISE_NEED },
    client: { psk: () => key },
    of: "server",
    type: "psk_found",
    field: "psk",
    more: [
      throwing("identity", "key", "hash"),
      { ...key, key: new Proxy(key.key, {}) },
      { ...key, identity: Object.create(Uint8Array.prototype) as object },
    ],
  },
  certificate: {
    server: { credentials: RAISE_NEED },
    of: "server",
    type: "certificate_chosen",
    field: "credentials",
    more: [throwing("length"), { config: 7 }],
  },
};

function waiting({ client, server, of }: Row): TlsEngine {
  const ends = {
    client: TlsEngine.client(testClientConfig(client), "localhost"),
    server: TlsEngine.server(testServerConfig(server)),
  };
  ends.server.receive(ends.client.takeOutput());
  ends.client.receive(ends.server.takeOutput());
  return ends[of];
}

describe.each(Object.entries(ROWS))("an answer to %s", (_name, row) => {
  it("that throws when it is read does not fit, and nothing moves", () => {
    const engine = waiting(row);
    const { state, need } = engine;
    expect(need).toBeDefined();
    const { type, field, more = [] } = row;
    const answers: object[] = [
      everything,
      throwing("type"),
      Object.assign(throwing(field), { type }),
      { type, [field]: everything },
      ...more.map((value) => ({ type, [field]: value })),
    ];
    for (const answer of answers) {
      expect(() => {
        engine.resume(answer as Answer);
      }).toThrow(TlsUsageError);
      expect([engine.state, engine.error]).toEqual([state, undefined]);
      expect(engine.need).toBe(need);
    }
    engine.resume({ type: "refused", error: new Error("no") });
    expect(engine.error?.reason).toBe("callback_failed");
  });
});

describe("cookies of a program's own", () => {
  const right = createRetryCookies({ provider: noble });
  const seals: readonly unknown[] = [
    everything,
    "cookie",
    new Uint8Array(0),
    new Uint8Array(65_534),
    Promise.resolve(Uint8Array.of(1)),
  ];
  const opens: readonly unknown[] = [
    everything,
    throwing("suite", "digest"),
    { suite: 0x1301, group: 29, earlyData: false, digest: "", fixed: "" },
    {
      then: (_done: unknown, no: (error: unknown) => void) => {
        no(7);
      },
    },
  ];

  function first(retryCookies: RetryCookies): TlsEngine {
    const client = TlsEngine.client(testClientConfig(), "localhost");
    const groups = ["secp384r1"] as const;
    const config = testServerConfig({ groups, retryCookies });
    const server = TlsEngine.server(config);
    server.receive(client.takeOutput());
    if (server.error !== undefined) return server;
    client.receive(server.takeOutput());
    const second = TlsEngine.server(config);
    second.receive(client.takeOutput());
    return second;
  }

  it.each(seals.map((answer) => [answer]))("seal: %#", (answer) => {
    const seal = () => answer as Uint8Array;
    expect(first({ ...right, seal }).error?.reason).toBe("callback_failed");
  });

  it.each(opens.map((answer) => [answer]))("open: %#", (answer) => {
    const open = () => answer as never;
    expect(first({ ...right, open }).error?.reason).toBe("callback_failed");
  });

  it("that throw", () => {
    for (const faulty of [{ seal: fail }, { open: fail }])
      expect(first({ ...right, ...faulty }).error?.reason).toBe(
        "callback_failed",
      );
  });
});
