/**
 * Needs of the engine (verifier, signer, certificate choice), and snapshots.
 */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type Answer,
  createClientConfig,
  type Need,
  createServerConfig,
  SIGNATURE_SCHEMES,
  TlsEngine,
} from "../../../src/engine/index.ts";
import {
  verifiedByCaller,
  X509_ERRORS,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  DELIVERIES,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";
import { testClient, testServer } from "../../support/pki.ts";

const asked = { ...testCredential(), key: RAISE_NEED } as const;
const askedClient = {
  ...testCredential("ec-p256", "client"),
  key: RAISE_NEED,
} as const;

/** A connection in which everything that can wait does. */
function waiting(): Pair {
  return newPair(
    testClientConfig({ verifier: RAISE_NEED, credentials: RAISE_NEED }),
    testServerConfig({
      credentials: RAISE_NEED,
      verifier: RAISE_NEED,
      clientAuthentication: "required",
    }),
  );
}

function answer(need: Need, role: "client" | "server"): Answer {
  switch (need.type) {
    case "verify":
      return {
        type: "verified",
        chain: testVerifier().verify(need.peer, need.context),
      };
    case "sign": {
      const { key } = role === "client" ? testClient() : testServer();
      const sign = noble.signers[SIGNATURE_SCHEMES[need.scheme].signature];
      if (!sign) throw new Error("no signer");
      const signature = sign(key, need.content, noble.random);
      return { type: "signed", signature };
    }
    case "certificate":
      return {
        type: "certificate_chosen",
        credentials: [role === "client" ? askedClient : asked],
      };
    case "session":
      return { type: "session_found", session: undefined };
    case "psk":
      return { type: "psk_found", psk: undefined };
    case "strike":
      return { type: "struck", first: true };
  }
}

describe("needs", () => {
  for (const delivery of DELIVERIES)
    it(`are raised once and answered late (${delivery})`, () => {
      const pair = waiting();
      const told: string[] = [];
      for (let round = 0; round < 10; round++) {
        shuttle(pair, delivery);
        for (const role of ["client", "server"] as const) {
          const engine = pair[role];
          const needs = events(engine).filter((e) => e.type === "need");
          for (const { need } of needs) {
            told.push(`${role} ${need.type}`);
            expect(engine.need).toBe(need);
            shuttle(pair, delivery);
            expect(events(engine)).toEqual([]);
            engine.resume(answer(need, role));
          }
        }
      }
      expect(told).toEqual([
        "server certificate",
        "server sign",
        "client verify",
        "client certificate",
        "client sign",
        "server verify",
      ]);
      expect(pair.client.state).toBe("CONNECTED");
      expect(pair.server.state).toBe("CONNECTED");
      expect(pair.server.info?.peer?.leaf.subject).toBeDefined();
    });

  it("a server chooses by the ClientHello, and may change its config", () => {
    const pair = newPair(
      testClientConfig({ alpnProtocols: ["h2"] }),
      testServerConfig({ credentials: RAISE_NEED }),
      "server.test",
    );
    shuttle(pair);
    const { need } = pair.server;
    if (need?.type !== "certificate") throw new Error("no need");
    expect(need.clientHello?.extensions.server_name).toBe("server.test");
    pair.server.resume({
      type: "certificate_chosen",
      credentials: [testCredential("ed25519")],
      config: testServerConfig({ alpnProtocols: ["h2"] }),
    });
    shuttle(pair);
    expect(pair.client.info).toMatchObject({
      alpnProtocol: "h2",
      peerSignatureScheme: "ed25519",
    });
  });

  it("an answer of the wrong kind, twice, or to nothing, moves nothing", () => {
    const pair = newPair(testClientConfig({ verifier: RAISE_NEED }));
    expect(() =>
      pair.client.resume({ type: "refused", error: undefined }),
    ).toThrow(/nothing waits/);
    shuttle(pair);
    const { need } = pair.client;
    if (need?.type !== "verify") throw new Error("no need");
    const signature = new Uint8Array(70);
    expect(() => pair.client.resume({ type: "signed", signature })).toThrow(
      /takes an answer "verified"/,
    );
    const other = verifiedByCaller(
      { certificates: testClient().chain },
      need.context,
    );
    expect(() =>
      pair.client.resume({ type: "verified", chain: other }),
    ).toThrow(/other certificates/);
    expect(pair.client.state).toBe("WAIT_VERIFIER");
    const chain = verifiedByCaller(need.peer, need.context);
    pair.client.resume({ type: "verified", chain });
    expect(pair.client.state).toBe("CONNECTED");
    expect(() => pair.client.resume({ type: "verified", chain })).toThrow(
      /nothing waits/,
    );
  });

  it("a refusal ends with the error's own alert", () => {
    const pair = newPair(testClientConfig({ verifier: RAISE_NEED }));
    shuttle(pair);
    const error = new X509Error(X509_ERRORS.certificate_revoked);
    pair.client.resume({ type: "refused", error });
    expect(pair.client.error?.alert).toBe("certificate_revoked");
    expect(pair.client.error?.cause).toBe(error);
    shuttle(pair);
    expect(pair.server.error).toMatchObject({
      reason: "peer_alert",
      alert: "certificate_revoked",
    });
  });

  it("a refusal may name an alert", () => {
    const pair = newPair(
      testClientConfig(),
      testServerConfig({ credentials: RAISE_NEED }),
    );
    shuttle(pair);
    const error = new Error("who?");
    pair.server.resume({ type: "refused", error, alert: "unrecognized_name" });
    shuttle(pair);
    expect(pair.client.error?.alert).toBe("unrecognized_name");
  });

  it("a wrong signature from outside is noticed before it goes out", () => {
    const pair = newPair(
      testClientConfig(),
      testServerConfig({ credentials: [asked] }),
    );
    shuttle(pair);
    const signature = new Uint8Array(70);
    pair.server.resume({ type: "signed", signature });
    expect(pair.server.error?.reason).toBe("wrong_answer");
  });

  it("a peer that goes on sending while we wait has its limit", () => {
    const pair = newPair(testClientConfig({ verifier: RAISE_NEED }));
    shuttle(pair);
    events(pair.client);
    const record = new Uint8Array(5 + 16_384);
    record.set([23, 3, 3, 0x40, 0]);
    for (let i = 0; i < 15; i++) pair.client.receive(record);
    expect(pair.client.error).toBeUndefined();
    pair.client.receive(record);
    pair.client.receive(record);
    expect(pair.client.error?.reason).toBe("too_much_input_while_waiting");
  });

  it("a verifier that throws what is no X509Error is a fault of ours", () => {
    const verifier = {
      verify: () => {
        throw new Error("database is down");
      },
    };
    const pair = shuttle(newPair(testClientConfig({ verifier })));
    expect(pair.client.error).toMatchObject({
      reason: "callback_failed",
      alert: "internal_error",
    });
  });
});

describe("snapshots", () => {
  it("continue from every point of a handshake, each by itself", () => {
    const pair = newPair(
      testClientConfig({ credentials: [testCredential("ec-p256", "client")] }),
      testServerConfig({ clientAuthentication: "required" }),
    );
    // The server's output goes to the client byte by byte, with a fork at each.
    pair.server.receive(pair.client.takeOutput());
    const flight = pair.server.takeOutput();
    for (const at of [0, 1, 5, 130, 200, 1000, flight.length]) {
      const client = TlsEngine.restore(pair.client.snapshot());
      const server = TlsEngine.restore(pair.server.snapshot());
      client.receive(flight.subarray(0, at));
      const forked = TlsEngine.restore(client.snapshot());
      client.receive(flight.subarray(at));
      forked.receive(flight.subarray(at));
      const fork = { ...pair, client: forked, server };
      shuttle(fork);
      expect(forked.error ?? server.error).toBeUndefined();
      expect(server.state).toBe("CONNECTED");
      server.write(utf8Bytes("to the fork"));
      shuttle(fork);
      expect(received(forked)).toEqual(utf8Bytes("to the fork"));
      expect(client.state).toBe("CONNECTED");
    }
    expect(pair.client.state).toBe("WAIT_SH");
  });

  it("can be restored again and again", () => {
    const pair = shuttle(newPair());
    events(pair.client);
    events(pair.server);
    const snapshot = pair.server.snapshot();
    pair.client.updateKeys(true);
    pair.client.write(utf8Bytes("again"));
    const sent = pair.client.takeOutput();
    for (let i = 0; i < 3; i++) {
      const server = TlsEngine.restore(snapshot);
      server.receive(sent);
      expect(received(server)).toEqual(utf8Bytes("again"));
    }
  });
});

describe("wrong use fails before a byte goes out", () => {
  const provider = noble;
  const verifier = testVerifier();
  it.each([
    ["no such suite", { cipherSuites: ["TLS_RSA"] }, /TLS_RSA/],
    ["no suites", { cipherSuites: [] }, /cipherSuites/],
    // [9846-4.3.7-01]
    ["a group twice", { groups: ["x25519", "x25519"] }, /^groups: .* twice/],
    ["an empty ALPN name", { alpnProtocols: [""] }, /1 to 255/],
    ["a long ALPN name", { alpnProtocols: ["x".repeat(256)] }, /1 to 255/],
    ["a tiny record limit", { recordSizeLimit: 63 }, /63; from 64 to 16385/],
    [
      // [9846-4.3.8-03a] [9846-4.3.8-08]
      "a share of no group",
      { groups: ["x25519"], keyShares: ["secp256r1"] },
      /keyShares/,
    ],
  ] as const)("%s", (_name, options, message) => {
    expect(() =>
      createClientConfig({ provider, verifier, ...(options as object) }),
    ).toThrow(message);
  });

  it("a word in place of an object that answers", () => {
    const word = "ask" as "RAISE_NEED";
    for (const name of ["verifier", "credentials", "rawPublicKeys", "psk"])
      expect(() => testClientConfig({ [name]: word })).toThrow(
        new RegExp(`^${name}: "ask"; a.*, or RAISE_NEED, is allowed$`),
      );
    expect(() => testServerConfig({ sessionStore: word })).toThrow(
      'sessionStore: "ask"; an object with take(), or RAISE_NEED, is allowed',
    );
  });

  it("a server without a certificate, or without a verifier of clients", () => {
    expect(() => createServerConfig({ provider, credentials: [] })).toThrow(
      /certificate/,
    );
    expect(() =>
      createServerConfig({
        provider,
        credentials: [testCredential()],
        clientAuthentication: "required",
      }),
    ).toThrow(/verifier/);
  });
});
