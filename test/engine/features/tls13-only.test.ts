/** Configs of `puretls/engine/tls13` against those of both versions. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import {
  type ClientConfig,
  type ServerConfig,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createClientConfig,
  createServerConfig,
} from "../../../src/engine/tls13.ts";
import {
  events,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";

/**
 * Connects a client and a server; returns the version, or the reason why each
 * failed.
 */
function outcome(
  client: ClientConfig,
  server: ServerConfig,
): readonly (string | undefined)[] {
  const a = TlsEngine.client(client, "localhost");
  const b = TlsEngine.server(server);
  while (a.hasOutput || b.hasOutput) {
    b.receive(a.takeOutput());
    a.receive(b.takeOutput());
  }
  return [a, b].map((one) => one.error?.reason ?? one.info?.version);
}

/** The session of a full handshake, as the client and the store have it. */
function sessionsOf(client: ClientConfig, server: ServerConfig) {
  const a = TlsEngine.client(client, "localhost");
  const b = TlsEngine.server(server);
  while (a.hasOutput || b.hasOutput) {
    b.receive(a.takeOutput());
    a.receive(b.takeOutput());
  }
  const stored = events(b).flatMap((e) =>
    e.type === "store_session" ? [e.session] : [],
  );
  return events(a).flatMap((e) => {
    if (e.type !== "session") return [];
    const [kept] = stored.splice(0, 1);
    return kept === undefined ? [] : [{ client: e.session, stored: kept }];
  });
}

const provider = noble;
const verifier = testVerifier();
const client = createClientConfig({ provider, verifier });
const server = createServerConfig({
  provider,
  credentials: [testCredential()],
});

describe("configs of TLS 1.3 alone", () => {
  it("speak with each other and with those of both versions", () => {
    const both = [testClientConfig(), testServerConfig()] as const;
    const pairs = [
      [client, server],
      [client, both[1]],
      [both[0], server],
    ] as const;
    for (const [a, b] of pairs)
      expect(outcome(a, b)).toEqual(["TLSv1.3", "TLSv1.3"]);
  });

  // [5246-E.1-03]
  it("refuse a peer of TLS 1.2, as a config that could speak it does", () => {
    const old = { versions: ["TLSv1.2"] } as const;
    expect(outcome(client, testServerConfig(old))).toEqual([
      "peer_alert",
      "unsupported_protocol",
    ]);
    expect(outcome(testClientConfig(old), server)).toEqual([
      "peer_alert",
      "unsupported_protocol",
    ]);
  });

  it("begin anew where the store has a session of TLS 1.2", () => {
    const [old] = sessionsOf(
      testClientConfig({ versions: ["TLSv1.2"] }),
      testServerConfig({ versions: ["TLSv1.2"], sessionStore: RAISE_NEED }),
    );
    const asking = createServerConfig({
      provider,
      credentials: [testCredential()],
      sessionStore: RAISE_NEED,
    });
    const [own] = sessionsOf(client, asking);
    if (own === undefined || old === undefined) throw new Error("no session");
    const a = TlsEngine.client(
      createClientConfig({ provider, verifier, session: own.client }),
      "localhost",
    );
    const b = TlsEngine.server(asking);
    b.receive(a.takeOutput());
    expect(b.need?.type).toBe("session");
    const foreign = {
      ...old.stored,
      cipherSuite: { ...own.stored.cipherSuite },
    };
    for (const session of [
      {},
      { ...own.stored, cipherSuite: {} },
      { ...foreign, version: "TLSv1.3" },
    ])
      expect(() => {
        b.resume({ type: "session_found", session: session as never });
      }).toThrow("resume: session: not a session");
    b.resume({ type: "session_found", session: old.stored });
    a.receive(b.takeOutput());
    b.receive(a.takeOutput());
    expect([a.error, b.error]).toEqual([undefined, undefined]);
    expect(b.info?.resumed).toBe(false);
  });

  it("know no other version and no suite of it", () => {
    const wanted = { provider, verifier };
    expect(() =>
      createClientConfig({ ...wanted, versions: ["TLSv1.2"] }),
    ).toThrow('versions: "TLSv1.2"; allowed are TLSv1.3');
    expect(() =>
      createClientConfig({
        ...wanted,
        cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
      }),
    ).toThrow(
      /^cipherSuites: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"; allowed are TLS_AES_128_GCM_SHA256, /,
    );
  });
});

describe("an answer to a need", () => {
  it("refuses a config of other versions", () => {
    const asking = testServerConfig({ credentials: RAISE_NEED });
    const engine = TlsEngine.server(asking);
    engine.receive(TlsEngine.client(client, "localhost").takeOutput());
    expect(() => {
      engine.resume({
        type: "certificate_chosen",
        credentials:
          server.credentials === RAISE_NEED ? [] : server.credentials,
        config: server,
      });
    }).toThrow("it speaks other versions");
    expect(engine.need?.type).toBe("certificate");
  });
});
