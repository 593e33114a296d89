/** ClientHellos with PSKs of several kinds, and hellos that no client here writes. */
import { describe, expect, it } from "vitest";
import { concat, equal } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type ExternalPsk,
  GROUPS,
  MemoryStrikeRegister,
  type PskRequest,
  type ServerOptions,
  type Session13,
  TicketKeys,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { resumedPeer } from "../../../src/handshake/authentication/resumption.ts";
import { withBinders } from "../../../src/handshake/client/offer/psk-offer.ts";
import type { Extensions } from "../../../src/handshake/extensions/spec.ts";
import { checkedPsk } from "../../../src/handshake/sessions/external-psk.ts";
import { PendingTranscript } from "../../../src/handshake/keys/transcript.ts";
import {
  encodeClientHello,
  readClientHello,
} from "../../../src/handshake/messages/client-hello.ts";
import {
  externalKey,
  type Psk,
  resumptionPsk,
} from "../../../src/handshake/sessions/psk.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { framed } from "../../support/records12.ts";
import { connect, firstSession } from "../../support/sessions.ts";

const tickets = new TicketKeys({ provider: noble });
const external = {
  identity: Uint8Array.of(0xe0, 1, 2),
  key: new Uint8Array(32).fill(0x5a),
  hash: "SHA-256",
} as const satisfies ExternalPsk;
const psk = ({ identity = external.identity }: PskRequest) =>
  equal(identity, external.identity) ? external : undefined;
const EARLY = Uint8Array.of(7, 7, 7);

function guarded(): Partial<ServerOptions> {
  return {
    provider: noble,
    ticketKeys: tickets,
    maxEarlyData: 100,
    strikeRegister: new MemoryStrikeRegister({ provider: noble }),
  };
}

/** The ClientHello in the first record of a flight. */
function helloIn(flight: Uint8Array) {
  const length = ((flight[3] ?? 0) << 8) | (flight[4] ?? 0);
  const raw = flight.subarray(5, 5 + length);
  return readClientHello(
    { type: 1, body: raw.subarray(4), raw },
    EVERY_EXTENSION,
  );
}

describe("a client with a session and an external PSK", () => {
  const offering = (
    session: Session13,
    client: Partial<ClientOptions> = {},
  ): TlsEngine =>
    TlsEngine.client(
      testClientConfig({ session, psk, earlyData: true, ...client }),
      "localhost",
    );

  // [9846-4.3.11-15] [9846-4.3-08] [9846-4.3.9-01] [9846-4.3.9-02]
  // [9846-4.3.10-01]
  it("offers both in the last extension, with modes and early_data", () => {
    const session = firstSession({ server: guarded() });
    for (const grease of [true, false]) {
      const { extensions, extensionTypes } = helloIn(
        offering(session, { grease }).takeOutput(),
      );
      expect(extensionTypes.at(-1)).toBe(ExtensionType.pre_shared_key);
      expect(extensions.psk_key_exchange_modes).toEqual([1]);
      expect(extensions.early_data).toBe(true);
      expect(extensions.pre_shared_key?.identities).toHaveLength(2);
    }
  });

  // [9846-4.3.11-01a]
  it("gives the external one an age of 0", () => {
    const session = firstSession({ server: guarded() });
    const hello = helloIn(offering(session).takeOutput());
    const identities = hello.extensions.pre_shared_key?.identities ?? [];
    expect(identities.map(({ identity }) => identity)).toEqual([
      session.ticket,
      external.identity,
    ]);
    expect(identities[0]?.obfuscatedTicketAge).not.toBe(0);
    expect(identities[1]?.obfuscatedTicketAge).toBe(0);
  });

  // [9846-4.3.10-02]
  it("sends early data under the session's key, which it offers first", () => {
    const server = guarded();
    const session = firstSession({ server });
    const pair = newPair(
      testClientConfig({ session, psk, earlyData: true }),
      testServerConfig({ ...server, psk }),
    );
    pair.client.writeEarlyData(EARLY);
    shuttle(pair);
    expect(pair.server.info?.earlyData).toBe("accepted");
    expect(pair.client.info?.earlyData).toBe("accepted");
    // An external PSK alone has no early data.
    const alone = TlsEngine.client(
      testClientConfig({ psk, earlyData: true }),
      "localhost",
    );
    expect(alone.earlyDataLeft).toBe(0);
    expect(helloIn(alone.takeOutput()).extensions.early_data).toBeUndefined();
  });

  // [9846-4.3.11-13] [9846-4.3.11-14]
  it("ends where early data is accepted with the second of them", () => {
    const session = firstSession({ server: guarded() });
    const body = new Uint8Array(0);
    const accepts = {
      encrypted_extensions: {
        verbatim: [{ type: ExtensionType.early_data, body }],
      },
    };
    const connected = (shapes: ServerOptions["shapes"]): Pair => {
      // The session's ticket is nothing to this server.
      const server = { psk, ...(shapes && { shapes }) };
      return connect({ client: { session, psk, earlyData: true }, server });
    };
    const honest = connected(undefined);
    expect(honest.client.info?.pskIdentity).toEqual(external.identity);
    expect(honest.client.info?.earlyData).toBe("rejected");
    const { client } = connected(accepts);
    expect(client.error?.reason).toBe("wrong_early_data_returned");
    expect(client.error?.alert).toBe("illegal_parameter");
  });

  // [9846-4.2.4-11]
  it("leaves out of a second hello what the suite does not go with", () => {
    const session = firstSession({
      server: { ...guarded(), cipherSuites: ["TLS_AES_128_GCM_SHA256"] },
    });
    const offeredTo = (
      cipherSuites: ServerOptions["cipherSuites"],
      hash: "SHA-256" | "SHA-384",
    ): number | undefined => {
      const { client, server } = newPair(
        testClientConfig({ session, psk: () => ({ ...external, hash }) }),
        testServerConfig({
          groups: ["secp384r1"],
          ...(cipherSuites && { cipherSuites }),
        }),
      );
      server.receive(client.takeOutput());
      client.receive(server.takeOutput());
      const output = client.takeOutput();
      // Behind the dummy.
      const { extensions } = helloIn(output.subarray(6));
      return extensions.pre_shared_key?.identities.length;
    };
    const sha384 = ["TLS_AES_256_GCM_SHA384"] as const;
    expect(offeredTo(sha384, "SHA-256")).toBeUndefined();
    expect(offeredTo(sha384, "SHA-384")).toBe(1);
    expect(offeredTo(["TLS_AES_128_GCM_SHA256"], "SHA-256")).toBe(2);
  });

  // [9846-4.2.2-13] [9846-4.7.1-06a]
  it("offers nothing whose hash none of its suites has", () => {
    const session = firstSession({
      server: { ...guarded(), cipherSuites: ["TLS_AES_128_GCM_SHA256"] },
    });
    const sha384 = ["TLS_AES_256_GCM_SHA384"] as const;
    const offered = (client: Partial<ClientOptions>): number | undefined => {
      const { extensions } = helloIn(offering(session, client).takeOutput());
      return extensions.pre_shared_key?.identities.length;
    };
    expect(offered({})).toBe(2);
    expect(offered({ cipherSuites: sha384 })).toBeUndefined();
    const other = () => ({ ...external, hash: "SHA-384" as const });
    expect(offered({ cipherSuites: sha384, psk: other })).toBe(1);
  });

  // [9846-E.1-01]
  it("offers no session that came without a ticket", () => {
    const { ticket, ...session } = firstSession({ server: guarded() });
    for (const [own, offered] of [
      [ticket, 1],
      [new Uint8Array(0), undefined],
    ] as const) {
      const config = testClientConfig({ session: { ...session, ticket: own } });
      const client = TlsEngine.client(config, "localhost");
      const { extensions } = helloIn(client.takeOutput());
      expect(extensions.pre_shared_key?.identities.length).toBe(offered);
      expect(client.earlyDataLeft).toBe(0);
    }
  });

  // [9846-4.7.1-07b]
  it("offers no session of another name, though the certificate has both", () => {
    const session = firstSession({ server: guarded() });
    expect(session.serverName).toBe("localhost");
    for (const [name, offered] of [
      ["localhost", 1],
      ["server.test", undefined],
    ] as const) {
      const client = TlsEngine.client(testClientConfig({ session }), name);
      const { extensions } = helloIn(client.takeOutput());
      expect(extensions.pre_shared_key?.identities.length).toBe(offered);
    }
  });
});

describe("a server that resumes a session", () => {
  // [9846-4.7.1-09]
  it("tells the name of this hello", () => {
    const server = guarded();
    for (const serverName of ["server.test", "localhost"]) {
      const session = firstSession({ server, serverName });
      const pair = connect({ client: { session }, server, serverName });
      expect(pair.server.info?.resumed).toBe(true);
      expect(pair.server.info?.serverName).toBe(serverName);
    }
  });
});

interface OfferedPsk {
  readonly psk: Psk;
  readonly age?: number;
}

describe("a server that is offered PSKs", () => {
  const key = noble.groups.x25519?.generate(noble.random);

  /** A hello with these PSKs, and the binders that belong to them. */
  function helloWith(
    psks: readonly OfferedPsk[],
    more: Extensions<"client_hello"> = {},
    binders: number = psks.length,
  ): Uint8Array {
    const hello = encodeClientHello(EVERY_EXTENSION, {
      legacyVersion: 0x0303,
      random: new Uint8Array(32).fill(3),
      legacySessionId: new Uint8Array(0),
      cipherSuites: [0x1303, 0x1301],
      extensions: {
        server_name: "localhost",
        supported_versions: [0x0304],
        supported_groups: [GROUPS.x25519],
        signature_algorithms: [0x0403],
        key_share: [{ group: GROUPS.x25519, share: key?.share ?? EARLY }],
        psk_key_exchange_modes: [1],
        ...more,
        pre_shared_key: {
          identities: psks.map(({ psk: { identity }, age = 0 }) => ({
            identity,
            obfuscatedTicketAge: age,
          })),
          binders: psks.slice(0, binders).map(() => new Uint8Array(32)),
        },
      },
    });
    const before = new PendingTranscript();
    const bound = psks.slice(0, binders).map((one) => one.psk);
    const config = testClientConfig();
    return framed(22, withBinders(config, hello, bound, before));
  }

  const outcome = (
    hello: Uint8Array,
    options: Partial<ServerOptions> = { psk },
  ) => {
    const server = TlsEngine.server(testServerConfig(options));
    server.receive(hello);
    return server;
  };

  const known = { psk: externalKey(checkedPsk(external), {}) };
  const strange = {
    psk: externalKey(
      checkedPsk({ ...external, identity: Uint8Array.of(9) }),
      {},
    ),
  };
  const ofSession = (session: Session13): OfferedPsk => {
    const peer = resumedPeer(session, testClientConfig(), "localhost");
    if (peer === undefined) throw new Error("no peer");
    const resumption = resumptionPsk(session, peer, session.ticket);
    return { psk: resumption, age: session.ageAdd };
  };

  // [9846-4.3.11-01b]
  it("takes an external one of any age", () => {
    for (const age of [0, 1, 0x7fff_ffff, 0xffff_ffff]) {
      const server = outcome(helloWith([{ ...known, age }]));
      expect(server.error).toBeUndefined();
      expect(server.state).toBe("WAIT_FINISHED");
    }
  });

  // [9846-4.3.11-09]
  it("refuses binders that are not as many as the identities", () => {
    const { error } = outcome(helloWith([known, strange], {}, 1));
    expect(error?.reason).toBe("illegal_parameter");
    expect(error?.alert).toBe("illegal_parameter");
    expect(outcome(helloWith([known, strange])).error).toBeUndefined();
  });

  // [9846-4.3.9-03]
  it("refuses them without psk_key_exchange_modes", () => {
    const hello = helloIn(helloWith([known]));
    const { psk_key_exchange_modes: _modes, ...extensions } = hello.extensions;
    const raw = encodeClientHello(EVERY_EXTENSION, { ...hello, extensions });
    for (const options of [{ psk }, {}]) {
      const { error } = outcome(framed(22, raw), options);
      expect(error?.reason).toBe("missing_extension");
      expect(error?.alert).toBe("missing_extension");
    }
  });

  // [9846-4.3.10-07]
  it("takes early data with the first of them alone", () => {
    const server = guarded();
    const states = [false, true].map((isSecond) => {
      const session = firstSession({ server });
      const own = ofSession(session);
      // The age of the first is right, whosever it is.
      const other = { ...strange, age: session.ageAdd };
      const hello = helloWith(isSecond ? [other, own] : [own], early);
      const engine = outcome(hello, server);
      expect(engine.error).toBeUndefined();
      return engine.state;
    });
    expect(states).toEqual(["WAIT_EOED", "WAIT_FINISHED"]);
  });

  /** Records that no key of the server opens, of so many bytes of content. */
  const unreadable = (content: number) =>
    framed(23, new Uint8Array(content + 17).fill(0x5a));
  const early = { early_data: true } as const;

  // [9846-4.3.10-07]
  it("takes none with an external one, though the config has early data", () => {
    const server = outcome(helloWith([known], early), { ...guarded(), psk });
    expect(server.error).toBeUndefined();
    expect(server.state).toBe("WAIT_FINISHED");
    server.receive(unreadable(100));
    expect(server.error).toBeUndefined();
  });

  // [9846-4.3.10-05a]
  it("skips no more for a session that is not the first", () => {
    const server = guarded();
    const limits = { skippedEarlyData: 0 };
    const refusing = { ...server, maxEarlyData: 0, limits };
    for (const isSecond of [false, true]) {
      const own = ofSession(firstSession({ server }));
      const hello = helloWith(isSecond ? [strange, own] : [own], early);
      const engine = outcome(hello, refusing);
      expect(engine.state).toBe("WAIT_FINISHED");
      engine.receive(unreadable(11));
      expect(engine.error?.reason).toBe(
        isSecond ? "too_much_early_data" : undefined,
      );
    }
  });
});

describe("a record of accepted early data", () => {
  const started = () => {
    const server = guarded();
    const session = firstSession({ server });
    const pair = newPair(
      testClientConfig({ session, earlyData: true }),
      testServerConfig(server),
    );
    pair.client.writeEarlyData(EARLY);
    return { ...pair, flight: pair.client.takeOutput() };
  };

  // [9846-4.3.10-11] [9846-4.3.10-12]
  it("that does not open is a bad_record_mac", () => {
    const { server, flight } = started();
    server.receive(flight.with(-1, (flight.at(-1) ?? 0) ^ 1));
    expect(server.error?.reason).toBe("bad_record_mac");
    expect(server.error?.alert).toBe("bad_record_mac");
    expect(events(server).map(({ type }) => type)).not.toContain("early_data");
  });

  // [9846-4.3.10-11]
  it("is held to the rules of all records", () => {
    const { server, flight } = started();
    server.receive(flight);
    expect(server.error).toBeUndefined();
    server.receive(concat(Uint8Array.of(23, 3, 3, 0x7f, 0), EARLY));
    expect(server.error?.reason).toBe("record_overflow");
  });

  // [9846-4.6-03a]
  it("is ended by the client, and by no message of the server", () => {
    const server = guarded();
    const session = firstSession({ server });
    const sent: Record<"client" | "server", number[]> = {
      client: [],
      server: [],
    };
    const pair = newPair(
      testClientConfig({ session, earlyData: true }),
      testServerConfig(server),
    );
    for (const side of ["client", "server"] as const)
      pair[side].messageCallback = ({
        direction,
        contentType,
        messageType,
      }) => {
        if (direction === "write" && contentType === 22)
          sent[side].push(messageType);
      };
    pair.client.writeEarlyData(EARLY);
    shuttle(pair);
    expect(pair.server.info?.earlyData).toBe("accepted");
    const END_OF_EARLY_DATA = 5;
    expect(sent.client).toContain(END_OF_EARLY_DATA);
    expect(sent.server).not.toContain(END_OF_EARLY_DATA);
  });
});
