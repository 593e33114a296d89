import { RAISE_NEED } from "../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { node } from "../../src/crypto/node.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { AeadAlgorithm } from "../../src/crypto/provider.ts";
import {
  MemorySessionStore,
  type Session,
  sessionFromBytes,
  sessionToBytes,
  TicketKeys,
  TlsUsageError,
} from "../../src/engine/index.ts";
import {
  isOfThisServer,
  resumedPeer,
} from "../../src/handshake/authentication/resumption.ts";
import { isFresh, ResumedPeer } from "../../src/handshake/sessions/session.ts";
import { verifiedByCaller } from "../../src/x509/index.ts";
import {
  testClientConfig,
  testServerConfig,
  testVerifier,
} from "../support/engines.ts";
import { testServer } from "../support/pki.ts";
import { session12, session13, T0 } from "../support/sessions.ts";

const chain = testServer().chain;

function secretOf(session: Session): string {
  return toHex(
    session.version === "TLSv1.3"
      ? session.psk.bytes
      : session.mainSecret.bytes,
  );
}

/** The JSON of a session, which has no secrets. */
function printed(session: Session): unknown {
  return JSON.parse(JSON.stringify(session));
}

describe("sessions as bytes", () => {
  for (const session of [
    session13(),
    session13({
      serverName: undefined,
      alpnProtocol: "\xff\0",
      ticket: chain[0] ?? new Uint8Array(),
    }),
    session13({ peerCertificates: chain, createdAt: T0 + 0.5 }),
    session13({
      peerCertificates: chain,
      stapled: { ocspResponse: Uint8Array.of(1), scts: [Uint8Array.of(2, 3)] },
    }),
    session12(),
    session12({ extendedMainSecret: false, encryptThenMac: true }),
  ])
    it(`are restored as they were (${session.version})`, () => {
      const back = sessionFromBytes(sessionToBytes(session));
      expect(secretOf(back)).toBe(secretOf(session));
      const createdAt = Math.floor(session.createdAt);
      expect(printed(back)).toEqual(printed({ ...session, createdAt }));
    });

  it("must be complete: no beginning and no longer text is a session", () => {
    for (const session of [session13(), session12()]) {
      const bytes = sessionToBytes(session);
      for (let end = 0; end < bytes.length; end++)
        expect(() => sessionFromBytes(bytes.subarray(0, end))).toThrow(
          TlsUsageError,
        );
      expect(() => sessionFromBytes(Uint8Array.from([...bytes, 0]))).toThrow(
        TlsUsageError,
      );
    }
  });

  it("are of a known form, version and suite", () => {
    const bytes = sessionToBytes(session13());
    for (const at of [0, 1, 3])
      expect(() =>
        sessionFromBytes(bytes.map((byte, i) => (i === at ? 0x7f : byte))),
      ).toThrow(TlsUsageError);
    expect(() => sessionFromBytes(new Uint8Array(300_000))).toThrow(/too many/);
  });

  it("carry no proof", () => {
    const peer = verifiedByCaller(
      { certificates: chain },
      { purpose: "serverAuth", serverName: undefined, now: T0 },
    );
    const session = session13({ peer, peerCertificates: chain });
    expect(sessionFromBytes(sessionToBytes(session)).peer).toBeUndefined();
  });
});

describe("a session's age", () => {
  // [9846-4.7.1-12]
  it("ends with its lifetime, and seven days after the peer was authenticated", () => {
    const session = session13();
    expect(isFresh(session, T0)).toBe(true);
    expect(isFresh(session, T0 + 7_200_000)).toBe(true);
    expect(isFresh(session, T0 + 7_200_001)).toBe(false);
    expect(isFresh(session, T0 - 1)).toBe(false);
    const old = session13({ authenticatedAt: T0 - 604_800_000 });
    expect(isFresh(old, T0)).toBe(true);
    expect(isFresh(old, T0 + 1)).toBe(false);
    const long = session13({ lifetimeSeconds: 2 ** 32 - 1 });
    expect(isFresh(long, T0 + 604_800_001)).toBe(false);
  });

  it("goes with the server's context and the client's name", () => {
    const provider = { ...noble, now: () => T0 };
    const sessionContext = session13().sessionContext;
    const config = testServerConfig({ provider, sessionContext });
    expect(isOfThisServer(session13(), config, "localhost")).toBe(true);
    expect(isOfThisServer(session13(), config, "other.test")).toBe(false);
    expect(isOfThisServer(session13(), config, undefined)).toBe(false);
    const other = testServerConfig({ provider });
    expect(isOfThisServer(session13(), other, "localhost")).toBe(false);
  });
});

describe("the peer of a session", () => {
  const session = session13({ peerCertificates: chain });

  it("is validated by the config's verifier, now and by the requested name", () => {
    const config = testClientConfig();
    expect(resumedPeer(session, config, "localhost")?.chain).toBeDefined();
    expect(resumedPeer(session, config, "other.test")).toBeUndefined();
    const late = testClientConfig({
      provider: { ...noble, now: () => Date.UTC(2099, 0) },
    });
    expect(resumedPeer(session, late, "localhost")).toBeUndefined();
  });

  it("needs a proof of this process where the verifier has to be asked", () => {
    const trust = {};
    const config = testClientConfig({ verifier: RAISE_NEED, trust });
    expect(resumedPeer(session, config, "localhost")).toBeUndefined();
    const peer = testVerifier().verify(
      { certificates: chain },
      {
        purpose: "serverAuth",
        serverName: "localhost",
        now: Date.now(),
        trust,
      },
    );
    const proven = session13({ peer, peerCertificates: chain });
    expect(resumedPeer(proven, config, "localhost")?.chain).toBe(peer);
    expect(resumedPeer(proven, config, "other.test")).toBeUndefined();
    const late = testClientConfig({
      verifier: RAISE_NEED,
      trust,
      provider: { ...noble, now: () => Date.UTC(2099, 0) },
    });
    expect(resumedPeer(proven, late, "localhost")).toBeUndefined();
    // The proof was made by the rules of another config.
    const other = testClientConfig({ verifier: RAISE_NEED });
    expect(resumedPeer(proven, other, "localhost")).toBeUndefined();
  });

  it("is not authenticated where no certificate was presented", () => {
    const config = testServerConfig();
    const peer = resumedPeer(session13(), config, "localhost");
    expect([peer !== undefined, peer?.chain]).toEqual([true, undefined]);
  });
});

describe("a resumed peer", () => {
  const session = session13();
  const terms = { trust: {}, serverName: "a.test" };

  it("is accepted for its session, config and name alone", () => {
    const peer = new ResumedPeer(session, terms, undefined);
    expect(peer.under(session, { ...terms })).toBe(peer);
    for (const [of, under] of [
      [session, { ...terms, trust: {} }],
      [session, { ...terms, serverName: "b.test" }],
      [session, { ...terms, serverName: undefined }],
      [session13(), terms],
    ] as const)
      expect(() => peer.under(of, under)).toThrow(/rules of another config/);
  });
});

describe("ticket keys", () => {
  const sealed = (keys: TicketKeys): Uint8Array => {
    const ticket = keys.seal(session13());
    if (ticket === undefined) throw new Error("no ticket");
    return ticket;
  };

  it("open what they sealed, and nothing that was changed", () => {
    const keys = new TicketKeys({ provider: noble });
    const ticket = sealed(keys);
    const open = keys.open(ticket);
    expect(open && secretOf(open)).toBe(secretOf(session13()));
    for (let at = 0; at < ticket.length; at++) {
      const forged = ticket.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(keys.open(forged)).toBeUndefined();
      expect(keys.open(ticket.subarray(0, at))).toBeUndefined();
    }
  });

  it("seal no two tickets alike", () => {
    const keys = new TicketKeys({ provider: noble });
    expect(toHex(sealed(keys))).not.toBe(toHex(sealed(keys)));
  });

  it("rotate with an overlap", () => {
    const keys = new TicketKeys({ provider: noble, keepOlder: 1 });
    const ticket = sealed(keys);
    keys.rotate();
    expect(keys.open(ticket)).toBeDefined();
    expect(toHex(sealed(keys)).slice(0, 32)).not.toBe(
      toHex(ticket).slice(0, 32),
    );
    keys.rotate();
    expect(keys.open(ticket)).toBeUndefined();
  });

  it("rotate by the provider's clock", () => {
    let now = T0;
    const provider = { ...noble, now: () => now };
    const keys = new TicketKeys({
      provider,
      rotationInterval: 60_000,
      keepOlder: 1,
    });
    const ticket = sealed(keys);
    now += 59_999;
    expect(keys.export()).toHaveLength(1);
    now += 1;
    expect(keys.export()).toHaveLength(2);
    expect(keys.open(ticket)).toBeDefined();
    now += 60_000;
    expect(keys.open(ticket)).toBeUndefined();
  });

  it("can be shared as bytes", () => {
    const keys = new TicketKeys({ provider: noble });
    const older = sealed(keys);
    keys.rotate();
    const newer = sealed(keys);
    const other = new TicketKeys({ provider: noble, keys: keys.export() });
    expect(other.open(older)).toBeDefined();
    expect(other.open(newer)).toBeDefined();
    expect(keys.open(sealed(other))).toBeDefined();
    expect(new TicketKeys({ provider: noble }).open(newer)).toBeUndefined();
  });

  it("have the right length and an AEAD", () => {
    const provider = noble;
    expect(
      () => new TicketKeys({ provider, keys: [new Uint8Array(47)] }),
    ).toThrow(TlsUsageError);
    expect(
      () => new TicketKeys({ provider, keys: [new Uint8Array(49)] }),
    ).toThrow("TicketKeys: a key must have 48 bytes, got 49");
  });

  it("are of an AEAD whose time does not depend on the key, or of none", () => {
    const { "ChaCha20-Poly1305": _gone, ...aeads } = noble.aeads;
    const refused = { ...noble, aeads };
    expect(() => new TicketKeys({ provider: refused })).toThrow(
      'TicketKeys: provider "noble" has no ChaCha20-Poly1305 or AES-256-GCM with constantTime',
    );
    // AES for tickets: with instructions for it, on a platform without ChaCha20.
    const used: string[] = [];
    const watched = (aead: AeadAlgorithm | undefined): AeadAlgorithm => {
      if (aead === undefined) throw new Error("no such AEAD");
      const key = (bytes: Uint8Array) => {
        used.push(aead.name);
        return aead.key(bytes);
      };
      return { ...aead, key };
    };
    for (const base of [noble, node]) {
      const both = {
        "ChaCha20-Poly1305": watched(base.aeads["ChaCha20-Poly1305"]),
        "AES-256-GCM": watched(base.aeads["AES-256-GCM"]),
      };
      new TicketKeys({ provider: { ...base, aeads: both } });
    }
    const onlyAes = { "AES-256-GCM": watched(node.aeads["AES-256-GCM"]) };
    new TicketKeys({ provider: { ...node, aeads: onlyAes } });
    expect(used).toEqual([
      "ChaCha20-Poly1305",
      "ChaCha20-Poly1305",
      "AES-256-GCM",
    ]);
  });

  it("open each other's tickets over different providers", () => {
    const keys = new TicketKeys({ provider: noble });
    const other = new TicketKeys({ provider: node, keys: keys.export() });
    expect(other.open(sealed(keys))).toBeDefined();
    expect(keys.open(sealed(other))).toBeDefined();
  });

  it("seal no session that is too long for a hello", () => {
    const long = session13({ peerCertificates: [new Uint8Array(20_000)] });
    expect(new TicketKeys({ provider: noble }).seal(long)).toBeUndefined();
  });
});

describe("the store in memory", () => {
  it("gives a session once", () => {
    const store = new MemorySessionStore();
    const session = session13();
    store.put(Uint8Array.of(1), session);
    expect(store.take(Uint8Array.of(2))).toBeUndefined();
    expect(store.take(Uint8Array.of(1))).toBe(session);
    expect(store.take(Uint8Array.of(1))).toBeUndefined();
  });

  it("forgets the oldest", () => {
    const store = new MemorySessionStore({ capacity: 2 });
    for (let i = 0; i < 5; i++) store.put(Uint8Array.of(i), session13());
    expect(store.size).toBe(2);
    expect(store.take(Uint8Array.of(2))).toBeUndefined();
    expect(store.take(Uint8Array.of(4))).toBeDefined();
  });
});

describe("options about sessions", () => {
  // [9846-4.7.1-11]
  it("are checked", () => {
    for (const wrong of [
      { numTickets: 17 },
      { numTickets: 0.5 },
      { sessionContext: new Uint8Array(33) },
      { sessionLifetimeSeconds: 604_801 },
      { sessionLifetimeSeconds: 0 },
    ])
      expect(() => testServerConfig(wrong)).toThrow(TlsUsageError);
  });
});
