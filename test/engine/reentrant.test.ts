/**
 * Callbacks that call the engine that called them, in the middle of its step: what
 * would change it is refused with a sentence, what ends it waits, and what only
 * looks sees the connection as it was before.
 */
import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  MemoryStrikeRegister,
  RAISE_NEED,
  type ServerOptions,
  TicketKeys,
  TlsEngine,
  TlsUsageError,
} from "../../src/engine/index.ts";
import {
  newPair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
  testVerifier,
} from "../support/engines.ts";
import { firstSession } from "../support/sessions.ts";

type Role = "client" | "server";
interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}
/** Makes options whose callback calls `hook` first. */
type Plant = (hook: () => void) => Options;

const DATA = Uint8Array.of(1, 2, 3);
const ticketKeys = new TicketKeys({ provider: noble });
const register = new MemoryStrikeRegister({ provider: noble });
const session = firstSession({
  server: {
    ticketKeys,
    maxEarlyData: 100,
    strikeRegister: register,
  },
});

/** Of the side that calls itself; message callbacks are planted by `start`. */
const HOOKS: Record<string, readonly [Role, Plant]> = {
  "messageCallback of a client": ["client", () => ({})],
  "messageCallback of a server": ["server", () => ({})],
  "keyLog of a client": ["client", (hook) => ({ client: { keyLog: hook } })],
  "keyLog of a server": ["server", (hook) => ({ server: { keyLog: hook } })],
  "padding of a client": [
    "client",
    (hook) => ({ client: { padding: () => (hook(), 1) } }),
  ],
  "padding of a server": [
    "server",
    (hook) => ({ server: { padding: () => (hook(), 1) } }),
  ],
  verifier: [
    "client",
    (hook) => ({
      client: {
        verifier: {
          verify: (...args) => (hook(), testVerifier().verify(...args)),
        },
      },
    }),
  ],
  "provider.random of a server": [
    "server",
    (hook) => ({
      server: {
        provider: { ...noble, random: (n) => (hook(), noble.random(n)) },
      },
    }),
  ],
  psk: [
    "server",
    (hook) => ({
      client: { psk: () => ({ identity: DATA, key: new Uint8Array(32) }) },
      server: { psk: () => (hook(), undefined) },
    }),
  ],
  "sessionStore, put": [
    "server",
    (hook) => {
      const store = new MemorySessionStore();
      return {
        server: {
          sessionStore: {
            put: (...args) => {
              hook();
              store.put(...args);
            },
            take: (id) => store.take(id),
          },
        },
      };
    },
  ],
  strikeRegister: [
    "server",
    (hook) => {
      return {
        client: { session, earlyData: true },
        server: {
          ticketKeys,
          maxEarlyData: 100,
          strikeRegister: {
            id: register.id,
            // Each test is the first to use the session.
            strike: () => (hook(), true),
          },
        },
      };
    },
  ],
};

interface Run {
  readonly client: TlsEngine;
  readonly server: TlsEngine;
  /** Calls of the hook. */
  calls(): number;
}

/** A handshake, data and new keys both ways, in which a hook calls its engine. */
function run(name: string, act: (engine: TlsEngine) => void): Run {
  const [role, plant] = HOOKS[name] ?? [];
  const engines: TlsEngine[] = [];
  let calls = 0;
  const hook = () => {
    const [own] = engines;
    if (own === undefined) return;
    calls++;
    act(own);
  };
  const options = plant?.(hook);
  const client = TlsEngine.client(
    testClientConfig(options?.client),
    "localhost",
  );
  const server = TlsEngine.server(testServerConfig(options?.server));
  const own = role === "client" ? client : server;
  engines.push(own);
  if (name.startsWith("messageCallback")) own.messageCallback = hook;
  const carry = () => {
    while (client.hasOutput || server.hasOutput) {
      server.receive(client.takeOutput());
      client.receive(server.takeOutput());
    }
  };
  carry();
  for (const engine of [client, server]) {
    if (!engine.canWrite) continue;
    engine.updateKeys(true);
    // A hook may have ended it meanwhile.
    if (engine.canWrite) engine.write(DATA);
    carry();
  }
  return { client, server, calls: () => calls };
}

const REFUSED: Record<string, (engine: TlsEngine) => unknown> = {
  receive: (engine) => {
    engine.receive(Uint8Array.of(1));
  },
  write: (engine) => {
    engine.write(DATA);
  },
  writeEarlyData: (engine) => {
    engine.writeEarlyData(DATA);
  },
  resume: (engine) => {
    engine.resume({ type: "psk_found", psk: undefined });
  },
  updateKeys: (engine) => {
    engine.updateKeys(true);
  },
  requestCertificate: (engine) => {
    engine.requestCertificate();
  },
  snapshot: (engine) => engine.snapshot(),
};

describe.each(Object.keys(HOOKS))("%s", (name) => {
  it.each(Object.entries(REFUSED))("%s is refused", (call, act) => {
    const thrown: unknown[] = [];
    const { client, server, calls } = run(name, (engine) => {
      try {
        act(engine);
      } catch (error) {
        thrown.push(error);
      }
    });
    expect(calls()).toBeGreaterThan(0);
    expect(thrown).toHaveLength(calls());
    for (const error of thrown) {
      expect(error).toBeInstanceOf(TlsUsageError);
      expect(String(error)).toContain(`${call}: called by a callback`);
      expect(String(error)).toContain("in the middle of a step");
    }
    // And nothing has come of it.
    expect(client.error ?? server.error).toBeUndefined();
    expect(received(server)).toEqual(DATA);
    expect(received(client)).toEqual(DATA);
    const key = (engine: TlsEngine) =>
      engine.exportKeyingMaterial("EXPORTER-x", 8);
    expect(key(client)).toEqual(key(server));
  });

  it.each<[string, (engine: TlsEngine) => void, string | undefined]>([
    ["close", (engine) => engine.close(), undefined],
    ["abandon", (engine) => engine.abandon(), "truncated"],
    ["receiveEof", (engine) => engine.receiveEof(), "truncated"],
  ])("%s waits for the end of the step", (_call, act, reason) => {
    const [role] = HOOKS[name] ?? [];
    const { client, server, calls } = run(name, act);
    const [own, other] =
      role === "client" ? [client, server] : [server, client];
    expect(calls()).toBeGreaterThan(0);
    expect(own.canWrite).toBe(false);
    expect(own.error?.reason).toBe(reason);
    // What it had sent before is whole: the peer finds no fault in it.
    expect([undefined, "peer_alert"]).toContain(other.error?.reason);
    if (other.error) expect(other.error.alert).toBe("close_notify");
  });

  it("exportKeyingMaterial and the properties see what was before", () => {
    const keys: Uint8Array[] = [];
    const seen: unknown[] = [];
    const thrown: unknown[] = [];
    const { client, server } = run(name, (engine) => {
      const { state, info, error, canWrite, hasOutput } = engine;
      seen.push([typeof state, typeof canWrite, typeof hasOutput, error]);
      try {
        keys.push(engine.exportKeyingMaterial("EXPORTER-x", 8));
        seen.push(["string", "boolean", typeof info?.resumed, undefined]);
      } catch (error) {
        thrown.push(error);
      }
    });
    expect(seen.length).toBeGreaterThan(0);
    for (const facts of seen)
      expect(facts).toEqual(["string", "boolean", "boolean", undefined]);
    for (const error of thrown) expect(error).toBeInstanceOf(TlsUsageError);
    for (const key of keys)
      expect(key).toEqual(client.exportKeyingMaterial("EXPORTER-x", 8));
    expect(client.error ?? server.error).toBeUndefined();
  });
});

it("a callback that does not catch it ends the connection, and the sentence is told", () => {
  const { client, server } = run("messageCallback of a client", (engine) => {
    engine.updateKeys(false);
  });
  expect(client.error?.reason).toBe("callback_failed");
  expect(String(client.error?.cause)).toContain("updateKeys: called by a");
  expect(server.error?.alert).toBe("internal_error");
});

it("an answer that answers by itself when it is read is refused, and nothing moves", () => {
  const client = TlsEngine.client(testClientConfig({ psk: RAISE_NEED }));
  const none = { type: "psk_found", psk: undefined } as const;
  const answer = {
    ...none,
    get psk() {
      client.resume(none);
      return undefined;
    },
  };
  expect(() => {
    client.resume(answer);
  }).toThrow("resume: called by a callback");
  expect([client.state, client.error]).toEqual(["WAIT_PSK", undefined]);
  client.resume(none);
  expect([client.state, client.error]).toEqual(["WAIT_SH", undefined]);
});

it("a store that is told to forget a session finds its engine in a step", () => {
  const thrown: unknown[] = [];
  const store = new MemorySessionStore();
  const { server } = shuttle(
    newPair(
      testClientConfig(),
      testServerConfig({
        sessionStore: {
          put: (...args) => {
            store.put(...args);
          },
          take: () => {
            try {
              server.snapshot();
            } catch (error) {
              thrown.push(error);
            }
            return undefined;
          },
        },
      }),
    ),
  );
  server.abandon();
  expect(String(thrown[0])).toContain("snapshot: called by a callback");
});
