/** External PSKs, RFC 9846 2.2 and 4.3.11, and the needs of sessions and keys. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type Answer,
  type ExternalPsk,
  type PskRequest,
  type Session,
  TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  DELIVERIES,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { connect, session12 } from "../../support/sessions.ts";

const identity = asciiBytes("device 7");
const key = new Uint8Array(32).fill(0x5a);
const psk: ExternalPsk = { identity, key };
const other: ExternalPsk = { identity, key: new Uint8Array(32).fill(1) };

/** A server that knows one key, and no certificate. */
const keyed = (known: ExternalPsk = psk) => ({
  credentials: [],
  psk: (request: PskRequest) =>
    String(request.identity) === String(known.identity) ? known : undefined,
});

function outcome({ client, server }: Pair): unknown {
  return (
    client.error?.alert ?? server.error?.reason ?? client.info?.pskIdentity
  );
}

describe("an external PSK", () => {
  for (const hash of ["SHA-256", "SHA-384"] as const)
    for (const delivery of DELIVERIES)
      // [9846-2.2-02] [9846-4.3.11-02] [9846-4.3.11-03] [9846-4.3.11-07]
      // [9846-9.2-07] [9846-F.1-01a]
      it(`with ${hash}, in cuts "${delivery}"`, () => {
        const shared = { ...psk, hash };
        const pair = connect({
          client: { psk: () => shared },
          server: keyed(shared),
          delivery,
        });
        expect(outcome(pair)).toEqual(identity);
        expect(pair.server.info).toMatchObject({
          resumed: false,
          pskIdentity: identity,
          credential: undefined,
          peer: undefined,
          cipherSuite: { hash },
        });
        pair.client.write(key);
        shuttle(pair, delivery);
        expect(received(pair.server)).toEqual(key);
      });

  // [9846-4.3.11-10]
  it("alone has its binder checked, whatever else was offered", () => {
    const second = { identity: asciiBytes("device 8"), key };
    const known = [psk, second];
    const pair = connect({
      client: { psk: () => [psk, { ...second, key: new Uint8Array(32) }] },
      server: {
        credentials: [],
        psk: (request: PskRequest) =>
          known.find(
            (one) => String(one.identity) === String(request.identity),
          ),
      },
    });
    expect(outcome(pair)).toEqual(identity);
  });

  it("over a HelloRetryRequest", () => {
    const pair = connect({
      client: { psk: () => psk },
      server: { ...keyed(), groups: ["secp384r1"] },
    });
    expect(outcome(pair)).toEqual(identity);
    expect(pair.client.info?.helloRetried).toBe(true);
  });

  it("alone, without a key exchange", () => {
    const pskModes = ["psk_ke"] as const;
    const pair = connect({
      client: { psk: () => psk, pskModes },
      server: { ...keyed(), pskModes },
    });
    expect(outcome(pair)).toEqual(identity);
    expect(pair.server.info?.group).toBeUndefined();
  });

  // [9846-4.3.11-11c] [9846-4.3.11-12b]
  it("without the key exchange that was offered with it alone", () => {
    const pair = connect({
      client: { psk: () => psk },
      server: {
        ...keyed(),
        shapes: { server_hello: { omit: [ExtensionType.key_share] } },
      },
    });
    expect(pair.client.error?.reason).toBe("illegal_parameter");
    expect(pair.client.error?.alert).toBe("illegal_parameter");
  });

  it("alone, where both modes are offered and no group is shared", () => {
    const client = { psk: () => psk, groups: ["x25519"] } as const;
    const server = { ...keyed(), groups: ["secp384r1"] } as const;
    const pskModes = ["psk_dhe_ke", "psk_ke"] as const;
    const pair = connect({
      client: { ...client, pskModes },
      server: { ...server, pskModes },
    });
    expect(outcome(pair)).toEqual(identity);
    expect(pair.server.info?.group).toBeUndefined();
    // With one of them the key exchange is a must.
    const must = connect({ client, server: { ...server, pskModes } });
    expect(must.server.error?.reason).toBe("no_shared_group");
    const shared = connect({
      client: { psk: () => psk, pskModes },
      server: { ...server, pskModes },
    });
    expect(shared.server.info?.group).toBe("secp384r1");
  });

  // [9846-4.3.11-05]
  it("that the server does not know leads to its certificate", () => {
    const strange = { identity: asciiBytes("?"), key };
    const { credentials } = testServerConfig();
    const server = { ...keyed(), credentials };
    const pair = connect({ client: { psk: () => strange }, server });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.client.info?.peer).toBeDefined();
    expect(pair.client.info?.pskIdentity).toBeUndefined();
    const none = connect({ client: { psk: () => strange }, server: keyed() });
    expect(none.server.error?.reason).toBe("no_shared_signature_scheme");
  });

  it("that the client has not got either", () => {
    const pair = connect({ client: { psk: () => undefined } });
    expect(pair.client.info?.peer).toBeDefined();
  });

  it("with another key ends with decrypt_error", () => {
    const pair = connect({ client: { psk: () => other }, server: keyed() });
    expect(pair.server.error?.reason).toBe("binder_mismatch");
    expect(pair.client.error?.alert).toBe("decrypt_error");
  });

  // [9846-4.3.11-02]
  it("with another hash than any suite is not offered", () => {
    const cipherSuites = ["TLS_AES_256_GCM_SHA384"] as const;
    const pair = connect({ client: { psk: () => psk, cipherSuites } });
    expect(pair.client.info?.peer).toBeDefined();
    const server = { ...keyed(), cipherSuites };
    const there = connect({ client: { psk: () => psk }, server });
    expect(there.server.error?.reason).toBe("no_shared_signature_scheme");
  });

  it("goes with a session of its own", () => {
    const tickets = { ...keyed(), sessionStore: RAISE_NEED } as const;
    const client = { psk: () => psk };
    const pair = connect({ client, server: tickets });
    const stored = events(pair.server).find(
      (event) => event.type === "store_session",
    );
    expect(stored?.session.peerCertificates).toEqual([]);
    const session = events(pair.client).find((one) => one.type === "session");
    if (!session || !stored) throw new Error("no session");
    const again = connect({
      client: { ...client, session: session.session },
      server: tickets,
    });
    expect(again.server.need).toMatchObject({ type: "session", id: stored.id });
    again.server.resume({ type: "session_found", session: stored.session });
    shuttle(again);
    expect(again.client.info?.resumed).toBe(true);
    // Without a PSK agreed on, a session without a certificate is of no use.
    const bare = newPair(testClientConfig({ session: session.session }));
    expect(shuttle(bare).client.info?.resumed).toBe(false);
  });

  it("is checked before a byte goes out", () => {
    for (const wrong of [
      { identity: new Uint8Array(65_536), key },
      { identity, key: new Uint8Array() },
    ]) {
      const config = testClientConfig({ psk: () => wrong });
      const engine = TlsEngine.client(config, "localhost");
      expect(engine.error?.reason).toBe("callback_failed");
    }
  });

  it("without a name is for TLS 1.2 alone", () => {
    const nameless = { identity: new Uint8Array(), key };
    const pair = connect({ client: { psk: () => nameless } });
    expect(pair.client.info?.peer).toBeDefined();
  });

  it("of a callback that throws ends the connection", () => {
    const server = {
      ...keyed(),
      psk: () => {
        throw new Error("no database");
      },
    };
    const pair = connect({ client: { psk: () => psk }, server });
    expect(pair.server.error?.reason).toBe("callback_failed");
    expect(pair.client.error?.alert).toBe("internal_error");
  });
});

describe("a hello with a PSK, which lacks an extension beside it", () => {
  const lacking = (...omit: number[]) => {
    const client = { psk: () => psk, shapes: { client_hello: { omit } } };
    const { server } = connect({ client, server: keyed() });
    return [server.error?.alert, server.error?.message];
  };
  const missing = (what: string): unknown => [
    "missing_extension",
    expect.stringContaining(what),
  ];

  // [9846-9.2-08] [9846-9.2-12]
  it("psk_key_exchange_modes", () => {
    const type = ExtensionType.psk_key_exchange_modes;
    expect(lacking(type)).toEqual(missing("psk_key_exchange_modes"));
  });

  // [9846-9.2-11] [9846-9.2-12]
  it("supported_groups or key_share: none of them goes alone", () => {
    const { key_share, supported_groups } = ExtensionType;
    for (const type of [key_share, supported_groups])
      expect(lacking(type)).toEqual(missing("without the other"));
  });

  // [9846-9.2-06] [9846-9.2-12]
  it("both, where a key exchange is agreed on", () => {
    const { key_share, supported_groups } = ExtensionType;
    expect(lacking(key_share, supported_groups)).toEqual(missing("key_share"));
  });
});

describe("needs of keys and sessions", () => {
  const asking = (): Pair =>
    newPair(
      testClientConfig({ psk: RAISE_NEED }),
      testServerConfig({ credentials: [], psk: RAISE_NEED }),
    );

  for (const delivery of DELIVERIES)
    it(`are answered late, in cuts "${delivery}"`, () => {
      const pair = asking();
      expect(pair.client.state).toBe("WAIT_PSK");
      expect(pair.client.takeOutput()).toHaveLength(0);
      expect(events(pair.client)).toHaveLength(1);
      pair.client.resume({ type: "psk_found", psk });
      shuttle(pair, delivery);
      expect(pair.server.need).toEqual({
        type: "psk",
        request: { identity, hint: undefined },
      });
      pair.server.resume({ type: "psk_found", psk });
      shuttle(pair, delivery);
      expect(outcome(pair)).toEqual(identity);
    });

  it("never answered, they hold a connection and no more than its limit", () => {
    const pair = asking();
    pair.client.resume({ type: "psk_found", psk });
    shuttle(pair);
    pair.server.receive(new Uint8Array(300_000));
    expect(pair.server.error?.reason).toBe("too_much_input_while_waiting");
  });

  it("answered twice or wrongly, nothing moves", () => {
    const pair = asking();
    const wrong: Answer[] = [
      { type: "session_found", session: undefined },
      { type: "signed", signature: key },
      { type: "psk_found", psk: { identity, key: new Uint8Array() } },
    ];
    for (const answer of wrong) {
      expect(() => {
        pair.client.resume(answer);
      }).toThrow(TlsUsageError);
      expect(pair.client.state).toBe("WAIT_PSK");
    }
    pair.client.resume({ type: "psk_found", psk });
    expect(() => {
      pair.client.resume({ type: "psk_found", psk });
    }).toThrow(TlsUsageError);
    shuttle(pair);
    pair.server.resume({ type: "psk_found", psk: other });
    shuttle(pair);
    expect(pair.client.error?.alert).toBe("decrypt_error");
  });

  it("refused, they end the connection", () => {
    const pair = asking();
    pair.client.resume({ type: "psk_found", psk });
    shuttle(pair);
    const error = new Error("no");
    pair.server.resume({ type: "refused", error, alert: "access_denied" });
    shuttle(pair);
    expect(pair.client.error?.alert).toBe("access_denied");
  });

  const stored = (): { pair: Pair; session: Session } => {
    const server = { provider: noble, sessionStore: RAISE_NEED } as const;
    const first = connect({ server });
    const kept = events(first.server).find(
      (event) => event.type === "store_session",
    );
    const got = events(first.client).find((event) => event.type === "session");
    if (!kept || !got) throw new Error("no session");
    const pair = connect({ client: { session: got.session }, server });
    return { pair, session: kept.session };
  };

  it("a session that is not there, of another version or too old", () => {
    for (const change of [
      () => undefined,
      () => session12(),
      (session: Session) => ({ ...session, createdAt: 0 }),
      (session: Session) => ({ ...session, serverName: "other.test" }),
    ]) {
      const { pair, session } = stored();
      expect(pair.server.state).toBe("WAIT_SESSION");
      pair.server.resume({ type: "session_found", session: change(session) });
      shuttle(pair);
      expect(pair.client.info?.resumed).toBe(false);
      expect(pair.server.error).toBeUndefined();
    }
  });

  it("another session than the one asked for has no right binder", () => {
    const { pair } = stored();
    const { session } = stored();
    pair.server.resume({ type: "session_found", session });
    shuttle(pair);
    expect(pair.server.error?.reason).toBe("binder_mismatch");
  });

  it("are kept in a snapshot", () => {
    const { pair, session } = stored();
    const fork = TlsEngine.restore(pair.server.snapshot());
    fork.resume({ type: "session_found", session });
    expect(fork.state).toBe("WAIT_FINISHED");
    expect(pair.server.state).toBe("WAIT_SESSION");
  });
});
