import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  ClientSessionCache,
  SSLContext,
  SSLError,
  type SSLSession,
} from "../../../src/index.ts";
import {
  BioPair,
  bytes,
  clientContext,
  serverContext,
  sslError,
  thrown,
} from "../support.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
/** Cannot be opened: bad_record_mac. */
const RECORD = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));

/** A client that does not check the certificate's names. */
const anyName = (
  maximumVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3",
): SSLContext => clientContext({ checkHostname: false, maximumVersion });

/** A connection that offers what it is given, and reads the tickets. */
function connect(
  client: SSLContext,
  server: SSLContext,
  session: SSLSession | null = null,
  host = "server.test",
): BioPair {
  const pair = new BioPair(client, server, host);
  if (session !== null) pair.client.session = session;
  pair.handshake();
  pair.server.write(bytes(1));
  pair.exchange();
  pair.client.read();
  return pair;
}

function taken(cache: ClientSessionCache, host = "server.test"): SSLSession {
  const session = cache.take(host);
  if (session === null) throw new Error(`no session of ${host}`);
  return session;
}

describe("a ticket of TLS 1.3", () => {
  // [9846-C.4-01]
  it("is returned once, the newest first, and each resumes", () => {
    const client = clientContext();
    const server = serverContext({ numTickets: 3 });
    const cache = new ClientSessionCache(client, { maxSessionsPerName: 3 });
    const came: SSLSession[] = [];
    const { onSession } = client;
    client.onSession = (session, connection) => {
      came.push(session);
      return onSession?.(session, connection);
    };
    connect(client, server);
    const all = [taken(cache), taken(cache), taken(cache)];
    // Each is an object without fields: told apart by identity alone.
    expect(all.map((session) => came.indexOf(session))).toEqual([2, 1, 0]);
    expect(cache.take("server.test")).toBeNull();
    expect(cache.size).toBe(0);
    // Three connections at once: none has ended when the next begins.
    const pairs = all.map((session) => connect(client, server, session));
    expect(pairs.map((pair) => pair.client.sessionReused)).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe("a session of TLS 1.2", () => {
  it("is returned again, until another takes its place", () => {
    const client = clientContext({ maximumVersion: "TLSv1.2" });
    const server = serverContext();
    const cache = new ClientSessionCache(client);
    connect(client, server);
    const first = taken(cache);
    expect(taken(cache)).toBe(first);
    for (let i = 0; i < 2; i++)
      expect(connect(client, server, first).client.sessionReused).toBe(true);
    connect(client, server);
    expect(cache.size).toBe(1);
    expect(taken(cache).equals(first)).toBe(false);
  });
});

describe("limits", () => {
  it("of a name: the newest stay", () => {
    const client = clientContext();
    const server = serverContext({ numTickets: 1 });
    const cache = new ClientSessionCache(client, { maxSessionsPerName: 2 });
    const sessions = [1, 2, 3].map(
      () => connect(client, server).client.session,
    );
    expect(cache.size).toBe(2);
    expect(taken(cache)).toBe(sessions[2]);
    expect(taken(cache)).toBe(sessions[1]);
  });

  it.each(VERSIONS)("of names: the one used last stays, %s", (version) => {
    const client = anyName(version);
    const server = serverContext({ numTickets: 2 });
    const cache = new ClientSessionCache(client, { maxNames: 2 });
    connect(client, server, null, "a.test");
    connect(client, server, null, "b.test");
    taken(cache, "a.test");
    connect(client, server, null, "c.test");
    expect(cache.take("b.test")).toBeNull();
    taken(cache, "a.test");
    taken(cache, "c.test");
  });

  it.each([
    [{ maxNames: 0 }, /^maxNames: 0; from 1 to 1000000 names/],
    [{ maxNames: 1.5 }, /^maxNames: 1.5/],
    [{ maxSessionsPerName: 1001 }, /^maxSessionsPerName: 1001; from 1 to 1000/],
  ])("%j is refused", (options, message) => {
    const error = thrown(() => new ClientSessionCache(anyName(), options));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toHaveProperty("message", expect.stringMatching(message));
  });

  it("no context, a server's and other options are refused", () => {
    for (const [make, kind] of [
      [() => new ClientSessionCache({} as never), TypeError],
      [() => new ClientSessionCache(serverContext()), RangeError],
      [
        () => new ClientSessionCache(anyName(), { capacity: 1 } as never),
        TypeError,
      ],
    ] as const)
      expect(thrown(make)).toBeInstanceOf(kind);
  });
});

describe("the key", () => {
  it.each([
    ["server.test", "server.test."],
    ["bücher.test", "xn--bcher-kva.test"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "::1"],
  ])("is the name as it is sent: %s, %s", (host, other) => {
    const client = anyName();
    const server = serverContext();
    const cache = new ClientSessionCache(client);
    connect(client, server, null, host);
    expect(cache.take("else.test")).toBeNull();
    const session = taken(cache, other);
    expect(connect(client, server, session, other).client.sessionReused).toBe(
      true,
    );
  });

  it("a connection without a name leaves nothing", () => {
    const client = anyName();
    const cache = new ClientSessionCache(client);
    const pair = new BioPair(client, serverContext(), null).handshake();
    pair.client.tryRead();
    expect(pair.client.session?.hasTicket).toBe(true);
    expect(cache.size).toBe(0);
  });

  it("what is no name is refused", () => {
    const cache = new ClientSessionCache(anyName());
    expect(thrown(() => cache.take(""))).toBeInstanceOf(RangeError);
    expect(thrown(() => cache.take(null as never))).toBeInstanceOf(TypeError);
  });

  it("is the protocol too: only one that the context offers", () => {
    const client = anyName();
    client.setAlpnProtocols(["h2"]);
    const server = serverContext({
      alpnProtocols: ["h2", "http/1.1"],
      numTickets: 1,
    });
    const cache = new ClientSessionCache(client);
    connect(client, server);
    for (const protocols of [[], ["http/1.1"]]) {
      client.setAlpnProtocols(protocols);
      expect(cache.take("server.test")).toBeNull();
    }
    client.setAlpnProtocols(["http/1.1", "h2"]);
    taken(cache);
    client.setAlpnProtocols([]);
    connect(client, server);
    client.setAlpnProtocols(["h2"]);
    taken(cache);
  });

  it("is the context: one that was made of it keeps its own", () => {
    const client = anyName();
    const cache = new ClientSessionCache(client);
    const extended = client.extend();
    connect(extended, serverContext());
    expect(cache.size).toBe(0);
    const own = new ClientSessionCache(extended);
    connect(extended, serverContext());
    expect([cache.size, own.size]).toEqual([0, 2]);
  });
});

describe("a session that is over", () => {
  it("is not returned after its lifetime", () => {
    let now = Date.now();
    const provider = { ...noble, now: () => now };
    const client = clientContext({ provider });
    const cache = new ClientSessionCache(client);
    connect(client, serverContext({ provider }));
    now += 7200 * 1000;
    taken(cache);
    now += 1;
    expect(cache.take("server.test")).toBeNull();
    expect(cache.size).toBe(0);
  });

  it.each(VERSIONS)("is not returned after an alert, %s", (version) => {
    const client = anyName(version);
    const cache = new ClientSessionCache(client);
    const pair = connect(client, serverContext());
    expect(cache.size).toBe(version === "TLSv1.3" ? 2 : 1);
    pair.clientIn.write(RECORD);
    expect(sslError(() => pair.client.tryRead())).toBeInstanceOf(SSLError);
    expect(cache.take("server.test")).toBeNull();
    expect(cache.size).toBe(0);
  });

  it("clear() forgets them all", () => {
    const client = anyName();
    const cache = new ClientSessionCache(client);
    connect(client, serverContext());
    cache.clear();
    expect(cache.size).toBe(0);
    expect(cache.take("server.test")).toBeNull();
  });
});

it("a listener that the context had is called too, and may throw", () => {
  const client = anyName();
  let told = 0;
  client.onSession = () => {
    if (++told === 2) throw new Error("from the listener");
  };
  const cache = new ClientSessionCache(client);
  expect(() => connect(client, serverContext())).toThrow("from the listener");
  expect([told, cache.size]).toEqual([2, 2]);
});

describe("bytes of a cache", () => {
  const client = anyName();
  const server = serverContext({ numTickets: 2 });
  const cache = new ClientSessionCache(client);
  connect(client, server, null, "a.test");
  connect(client, server, null, "b.test");
  const serialized = cache.serialize();

  it("bring the sessions back in their order, each once", () => {
    const later = anyName();
    const restored = new ClientSessionCache(later);
    restored.restore(serialized);
    restored.restore(serialized);
    expect(restored.size).toBe(4);
    expect(restored.serialize()).toEqual(serialized);
    for (const host of ["a.test", "a.test", "b.test", "b.test"]) {
      const session = taken(restored, host);
      expect(connect(later, server, session, host).client.sessionReused).toBe(
        true,
      );
    }
  });

  it("go by the limits, the newest stay", () => {
    const small = new ClientSessionCache(anyName(), {
      maxNames: 1,
      maxSessionsPerName: 1,
    });
    small.restore(serialized);
    expect(small.size).toBe(1);
    expect(small.take("a.test")).toBeNull();
    taken(small, "b.test");
  });

  it("do not make a server trusted", () => {
    const stranger = new SSLContext({ verifyMode: "required" });
    stranger.checkHostname = false;
    const restored = new ClientSessionCache(stranger);
    restored.restore(serialized);
    const session = taken(restored, "a.test");
    expect(
      sslError(() => connect(stranger, server, session, "a.test")),
    ).toHaveProperty("reason", "CERTIFICATE_VERIFY_FAILED");
  });

  it("that were cut or changed add nothing", () => {
    const empty = new ClientSessionCache(anyName());
    const whole = new Set([1]);
    for (let at = 1; at < serialized.length;) {
      const [high = 0, middle = 0, low = 0] = serialized.subarray(at);
      at += 3 + (high << 16) + (middle << 8) + low;
      whole.add(at);
    }
    expect(whole.size).toBe(5);
    for (let length = 0; length < serialized.length; length++) {
      if (whole.has(length)) continue;
      const cut = serialized.subarray(0, length);
      expect(
        thrown(() => {
          empty.restore(cut);
        }),
      ).toBeInstanceOf(RangeError);
    }
    const form = serialized.slice().fill(2, 0, 1);
    expect(
      thrown(() => {
        empty.restore(form);
      }),
    ).toHaveProperty(
      "message",
      "ClientSessionCache.restore: these bytes are no sessions",
    );
    expect(
      thrown(() => {
        empty.restore("text" as never);
      }),
    ).toBeInstanceOf(TypeError);
    expect(empty.size).toBe(0);
  });
});
