/**
 * An alert that ends a connection ends its stored session and erases its
 * secrets.
 */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it, vi } from "vitest";
import { Secret, toHex } from "../../../src/bytes.ts";
import { noble as provider } from "../../../src/crypto/noble/index.ts";
import {
  MemorySessionStore,
  type Session,
  TicketKeys,
  type TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
/** Ends a connection by an alert: a record that cannot be opened, at that end. */
const RECORD = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));

describe.each(VERSIONS)("%s", (version) => {
  const versions = [version];
  const connected = (store: MemorySessionStore, session?: Session): Pair =>
    shuttle(
      newPair(
        testClientConfig({ provider, versions, ...(session && { session }) }),
        testServerConfig({ provider, versions, sessionStore: store }),
      ),
    );
  const sessionOf = (engine: TlsEngine): Session => {
    const found = events(engine).find(({ type }) => type === "session");
    if (found?.type !== "session") throw new Error("no session");
    return found.session;
  };

  it.each(["client", "server"] as const)(
    // [5246-7.2-01] [5246-7.2.2-02] [9846-6-03b]
    "an alert of the %s ends the stored session",
    (failing) => {
      const store = new MemorySessionStore();
      const pair = connected(store);
      const session = sessionOf(pair.client);
      const good = connected(store, session);
      expect(good.server.info?.resumed).toBe(true);
      const again = version === "TLSv1.2" ? session : sessionOf(good.client);
      const last = version === "TLSv1.2" ? pair : good;
      last[failing].receive(RECORD);
      shuttle(last);
      expect(last.client.error?.alert).toBe("bad_record_mac");
      expect(last.server.error?.alert).toBe("bad_record_mac");
      const anew = connected(store, again);
      expect(anew.client.error ?? anew.server.error).toBeUndefined();
      expect(anew.server.info?.resumed).toBe(false);
    },
  );

  it("secrets are overwritten, those that a key log had", () => {
    const log: string[] = [];
    const pair = shuttle(
      newPair(
        testClientConfig({
          provider,
          versions,
          keyLog: (line) => log.push(line),
        }),
        testServerConfig({ provider, versions }),
      ),
    );
    const kept = log
      .filter((line) =>
        /^(CLIENT_RANDOM|EXPORTER_|CLIENT_TRAFFIC|SERVER_TRAFFIC)/.test(line),
      )
      .map((line) => line.split(" ")[2]);
    expect(kept).toHaveLength(version === "TLSv1.2" ? 1 : 3);
    const overwritten: string[] = [];
    const spy = vi.spyOn(Secret.prototype, "wipe").mockImplementation(function (
      this: Secret,
    ) {
      if (this.length > 0) overwritten.push(toHex(this.bytes));
    });
    try {
      for (const engine of [pair.client, pair.server]) {
        overwritten.length = 0;
        engine.receive(RECORD);
        expect(overwritten).toEqual(expect.arrayContaining(kept));
      }
    } finally {
      spy.mockRestore();
    }
  });

  it("secrets are gone, from snapshots made later too", () => {
    const pair = connected(new MemorySessionStore());
    const before = pair.client.exportKeyingMaterial("EXPORTER-x", 16);
    expect(before).toHaveLength(16);
    pair.client.receive(RECORD);
    shuttle(pair);
    for (const engine of [pair.client, pair.server]) {
      const copy = (): TlsEngine => engine.snapshot().restore();
      for (const one of [engine, copy()]) {
        expect(() => one.exportKeyingMaterial("EXPORTER-x", 16)).toThrow(
          /the connection has failed/,
        );
        expect(() => {
          one.write(Uint8Array.of(1));
        }).toThrow(TlsUsageError);
      }
    }
  });
});

it("a late certificate changes nothing of what is exported", () => {
  const pair = shuttle(
    newPair(
      testClientConfig({ postHandshakeAuth: true }),
      testServerConfig({
        clientAuthentication: "optional",
        postHandshakeAuth: true,
        verifier: RAISE_NEED,
      }),
    ),
  );
  const before = pair.server.exportKeyingMaterial("EXPORTER-x", 16);
  pair.server.requestCertificate();
  pair.client.receive(pair.server.takeOutput());
  const answer = pair.client.takeOutput();
  // Byte by byte, so that the answer is under way for a while.
  for (const byte of answer) {
    pair.server.receive(Uint8Array.of(byte));
    expect(pair.server.exportKeyingMaterial("EXPORTER-x", 16)).toEqual(before);
  }
});

it("a client that resumes by a ticket cannot end another's session", () => {
  const versions = ["TLSv1.2"] as const;
  const store = new MemorySessionStore();
  const tickets = new TicketKeys({ provider });
  const connect = (session?: Session, sessionTickets = true): Pair =>
    shuttle(
      newPair(
        testClientConfig({
          provider,
          versions,
          sessionTickets,
          ...(session && { session }),
        }),
        testServerConfig({
          provider,
          versions,
          ticketKeys: tickets,
          sessionStore: store,
        }),
      ),
    );
  const sessionOf = ({ client }: Pair): Session => {
    const found = events(client).find(({ type }) => type === "session");
    if (found?.type !== "session") throw new Error("no session");
    return found.session;
  };
  const victim = sessionOf(connect(undefined, false));
  const own = sessionOf(connect());
  if (victim.version !== "TLSv1.2" || own.version !== "TLSv1.2")
    throw new Error("not TLS 1.2");
  expect(victim.sessionId.length).toBeGreaterThan(0);
  // The id that a client sends beside its ticket names nothing of the server's.
  const hostile = newPair(
    testClientConfig({
      provider: {
        ...provider,
        random: (n) =>
          n === 32 ? victim.sessionId.slice() : provider.random(n),
      },
      versions,
      session: own,
    }),
    testServerConfig({
      provider,
      versions,
      ticketKeys: tickets,
      sessionStore: store,
    }),
  );
  shuttle(hostile);
  expect(hostile.server.info?.resumed).toBe(true);
  hostile.server.receive(RECORD);
  expect(hostile.server.error?.alert).toBe("bad_record_mac");
  expect(connect(victim, false).server.info?.resumed).toBe(true);
});
