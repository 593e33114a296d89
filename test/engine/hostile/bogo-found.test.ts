/**
 * Defects that BoringSSL's test runner found, each with a test that needs no
 * runner.
 */
import { describe, expect, it } from "vitest";
import { concat, toHex } from "../../../src/bytes.ts";
import type { GroupName } from "../../../src/crypto/provider.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  CIPHER_SUITES,
  createCredential,
  type Credential,
  MemoryStrikeRegister,
  type ServerOptions,
  TicketKeys,
  TlsEngine,
  TlsUsageError,
  type TlsProtocolVersion,
} from "../../../src/engine/index.ts";
import {
  events,
  newPair,
  seededProvider,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { testServer } from "../../support/pki.ts";
import { type PeerChain, verifiedByCaller } from "../../../src/x509/index.ts";

const RETRIED = {
  client: testClientConfig({
    grease: false,
    groups: ["x25519", "secp256r1"],
    keyShares: ["x25519"],
  }),
  server: testServerConfig({ groups: ["secp256r1"] }),
};

/** One record with that content behind its own. */
function longer(record: Uint8Array, tail: Uint8Array): Uint8Array {
  const [type = 0, major = 0, minor = 0] = record;
  const content = concat(record.subarray(5), tail);
  const header = [type, major, minor, content.length >> 8, content.length];
  return concat(Uint8Array.from(header), content);
}

describe("a HelloRetryRequest ends a flight", () => {
  it("on the server: no more may come with the first ClientHello", () => {
    const { client, server } = newPair(RETRIED.client, RETRIED.server);
    server.receive(longer(client.takeOutput(), Uint8Array.of(1, 0)));
    expect(server.error?.reason).toBe("data_across_key_change");
  });

  it("on the client: no more may come with it", () => {
    const { client, server } = newPair(RETRIED.client, RETRIED.server);
    server.receive(client.takeOutput());
    const retry = server.takeOutput();
    const length = 5 + ((retry[3] ?? 0) << 8) + (retry[4] ?? 0);
    client.receive(longer(retry.subarray(0, length), Uint8Array.of(2, 0)));
    expect(client.error?.reason).toBe("data_across_key_change");
  });
});

describe("what a ClientHello may say", () => {
  it.each([
    [0x0301, "wrong_legacy_version"],
    [0x0302, "wrong_legacy_version"],
    [0x0303, undefined],
    [0x0304, "wrong_legacy_version"],
    [0x0400, "wrong_legacy_version"],
    [0xffff, "wrong_legacy_version"],
    [0x0200, "unsupported_protocol"],
    [0x0300, "unsupported_protocol"],
  ])(
    // [9846-4.2.2-07b] [9846-E.5-09a]
    "legacy_version %i, with TLS 1.3 in supported_versions",
    (version, reason) => {
      const { client, server } = newPair();
      const hello = client.takeOutput();
      hello[9] = version >> 8;
      hello[10] = version;
      server.receive(hello);
      expect(server.error?.reason).toBe(reason);
      expect(server.error?.alert).toBe(reason && "protocol_version");
    },
  );

  it.each([0x0303, 0x0304, 0xffff])(
    "legacy_version %i, with no version but TLS 1.2 in it",
    (version) => {
      const { client, server } = newPair(
        testClientConfig({ versions: ["TLSv1.2"] }),
      );
      const hello = client.takeOutput();
      hello[9] = version >> 8;
      hello[10] = version;
      server.receive(hello);
      // RFC 9846 4.3.1: it may be any that is not older.
      expect(server.error).toBeUndefined();
    },
  );

  it("a record_size_limit below 64: refused before a ServerHello", () => {
    const { client, server } = newPair(
      testClientConfig({ recordSizeLimit: 64 }),
    );
    const hello = Buffer.from(client.takeOutput());
    const at = hello.indexOf(Buffer.from("001c00020040", "hex"));
    expect(at).toBeGreaterThan(0);
    hello[at + 5] = 63;
    server.receive(hello);
    expect(server.error?.reason).toBe("record_size_limit_too_small");
    expect(server.takeOutput()[0]).toBe(21);
  });

  it("point formats of TLS 1.2: whatever they are, TLS 1.3 has none", () => {
    const { client, server } = newPair();
    const hello = Buffer.from(client.takeOutput());
    const at = hello.indexOf(Buffer.from("000b00020100", "hex"));
    expect(at).toBeGreaterThan(0);
    hello[at + 5] = 2;
    server.receive(hello);
    expect(server.error).toBeUndefined();
  });
});

describe("a server of TLS 1.3", () => {
  const DUMMY = "20,3,3,0,1,1";
  it.each([
    [true, true],
    [false, false],
  ])(
    // [9846-E.4-01a]
    "in compatibility mode (%s) sends the dummy to all: %s",
    (compatibilityMode, sent) => {
      const client = testClientConfig({ compatibilityMode: false });
      const server = testServerConfig({ compatibilityMode });
      const pair = shuttle(newPair(client, server));
      expect(pair.client.error ?? pair.server.error).toBeUndefined();
      const [high = 0, low = 0] = pair.sent.server.subarray(3, 5);
      const at = 5 + (high << 8) + low;
      const next = pair.sent.server.subarray(at, at + 6);
      expect(String(next) === DUMMY).toBe(sent);
    },
  );

  const chosen = (
    options: Partial<ServerOptions>,
    groups: readonly GroupName[],
    keyShares: readonly GroupName[],
  ) => {
    const client = testClientConfig({ groups, keyShares });
    const { info } = shuttle(newPair(client, testServerConfig(options))).client;
    return [info?.group, info?.helloRetried];
  };

  it("selects the group with a share among equally preferred ones", () => {
    const groups = ["x25519", "secp384r1"] as const;
    expect(chosen({ groups }, groups, ["secp384r1"])).toEqual([
      "secp384r1",
      false,
    ]);
    expect(
      chosen({ groups, groupPreference: "order" }, groups, ["secp384r1"]),
    ).toEqual(["x25519", true]);
  });

  it("retries for its hybrid although the client sent no share of it", () => {
    const groups = ["X25519MLKEM768", "x25519"] as const;
    expect(chosen({ groups }, groups, ["x25519"])).toEqual([
      "X25519MLKEM768",
      true,
    ]);
    const reversed = [...groups].reverse();
    expect(chosen({ groups: reversed }, groups, ["x25519"])).toEqual([
      "x25519",
      false,
    ]);
  });

  it.each([
    ["server", "TLS_AES_128_GCM_SHA256"],
    ["client", "TLS_CHACHA20_POLY1305_SHA256"],
  ] as const)("goes by the order of the %s: %s", (cipherPreference, suite) => {
    const suites = [
      "TLS_AES_128_GCM_SHA256",
      "TLS_CHACHA20_POLY1305_SHA256",
    ] as const;
    const client = testClientConfig({ cipherSuites: [...suites].reverse() });
    const server = testServerConfig({ cipherSuites: suites, cipherPreference });
    const { info } = shuttle(newPair(client, server)).server;
    expect(info?.cipherSuite).toBe(CIPHER_SUITES[suite]);
  });
});

describe("a ServerHello of TLS 1.3", () => {
  /** Its bytes: record and message header 9, version 2, random 32, echo 33. */
  const answered = (change: (record: Uint8Array) => void) => {
    const { client, server } = newPair();
    server.receive(client.takeOutput());
    const flight = server.takeOutput();
    change(flight);
    client.receive(flight);
    return [client.error?.reason, client.error?.alert];
  };

  it.each([
    [
      // [9846-4.2.3-07]
      "a compression method",
      (bytes: Uint8Array) => bytes.fill(1, 78, 79),
      ["illegal_parameter", "illegal_parameter"],
    ],
    [
      // [9846-4.2.3-01b] [9846-E.5-09b]
      "another legacy_version",
      (bytes: Uint8Array) => bytes.fill(4, 10, 11),
      ["wrong_legacy_version", "protocol_version"],
    ],
  ])("with %s", (_, change, failure) => {
    expect(answered(change)).toEqual(failure);
  });
});

describe("certificate compression", () => {
  const row = {
    name: "one byte more",
    code: 0xff00,
    compress: (data: Uint8Array) => concat(Uint8Array.of(7), data),
    decompress: (data: Uint8Array) => data.slice(1),
  };
  it("that does not pay is done where its row says so", () => {
    const sent = [false, true].map((evenIfLonger) => {
      const rows = [{ ...row, evenIfLonger }];
      const client = testClientConfig({ certificateCompression: rows });
      const server = testServerConfig({
        certificateCompression: rows,
        // Its signatures are all of one length.
        credentials: [testCredential("ed25519")],
      });
      const pair = shuttle(newPair(client, server));
      expect(pair.client.info?.peer).toBeDefined();
      return pair.sent.server.length;
    });
    // CompressedCertificate adds eight bytes of its own, and the row one.
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBe(9);
  });

  it("is refused where an algorithm is offered twice", () => {
    const client = testClientConfig({
      shapes: {
        client_hello: {
          verbatim: [{ type: 27, body: Uint8Array.of(4, 0, 2, 0, 2) }],
        },
      },
    });
    const { server } = shuttle(newPair(client));
    expect(server.error?.reason).toBe("malformed_message");
  });
});

describe("a session of TLS 1.3", () => {
  /** A first connection, and the parts of a second one that resumes it. */
  const resumption = (maxEarlyData = 0) => {
    const provider = seededProvider("resumption");
    const server = testServerConfig({
      ticketKeys: new TicketKeys({ provider }),
      maxEarlyData,
      strikeRegister: new MemoryStrikeRegister({ provider }),
    });
    const first = shuttle(newPair(testClientConfig(), server));
    const session = events(first.client)
      .filter((event) => event.type === "session")
      .at(-1)?.session;
    if (session === undefined) throw new Error("no session");
    const client = testClientConfig({ session, earlyData: maxEarlyData > 0 });
    return newPair(client, server);
  };

  it("has a dummy before early data that says TLS 1.2, as all of them", () => {
    const { client } = resumption(100);
    const output = client.takeOutput();
    const [high = 0, low = 0] = output.subarray(3, 5);
    const at = 5 + (high << 8) + low;
    expect([...output.subarray(at, at + 6)]).toEqual([20, 3, 3, 0, 1, 1]);
  });

  it("is resumed without a word about the name", () => {
    const { client, server } = resumption();
    server.receive(client.takeOutput());
    const flight = server.takeOutput();
    client.receive(flight);
    expect(client.error).toBeUndefined();
    // ServerHello, the dummy, and one record of an EncryptedExtensions and a
    // Finished: 22 bytes around them, 36 of the Finished, 6 of an empty list.
    const hello = 5 + ((flight[3] ?? 0) << 8) + (flight[4] ?? 0);
    expect(flight.length - hello - 6).toBe(22 + 6 + 36);
  });

  it("lets a server write behind its Finished", () => {
    const { client, server } = resumption(100);
    client.writeEarlyData(Uint8Array.of(1, 2));
    server.receive(client.takeOutput());
    expect(server.info).toBeUndefined();
    expect(events(server).map(({ type }) => type)).toContain("early_data");
    server.write(Uint8Array.of(3, 4, 5));
    client.receive(server.takeOutput());
    const data = events(client).find((event) => event.type === "data");
    expect(data?.bytes).toEqual(Uint8Array.of(3, 4, 5));
  });

  // [9846-5.1-18]
  it("and nothing else before the client's", () => {
    const { client, server } = resumption();
    server.receive(client.takeOutput());
    server.write(Uint8Array.of(1));
    for (const requestPeer of [false, true])
      expect(() => {
        server.updateKeys(requestPeer);
      }).toThrow("updateKeys: the handshake is not done");
    expect(() => {
      server.requestCertificate();
    }).toThrow("requestCertificate: the handshake is not done");
  });

  // [9846-2-02]
  it("but not to a client that has to present a certificate", () => {
    const { client, server } = newPair(
      testClientConfig(),
      testServerConfig({ clientAuthentication: "optional" }),
    );
    server.receive(client.takeOutput());
    expect(() => server.write(Uint8Array.of(1))).toThrow(TlsUsageError);
  });
});

describe("TLS 1.2", () => {
  const versions = ["TLSv1.2"] as const;

  it("accepts a warning before the ServerHello, and TLS 1.3 alone does not", () => {
    const warning = Uint8Array.of(21, 3, 3, 0, 2, 1, 112);
    for (const [wanted, reason] of [
      [["TLSv1.2", "TLSv1.3"], undefined],
      [["TLSv1.3"], "peer_alert"],
    ] as const) {
      const { client } = newPair(testClientConfig({ versions: wanted }));
      client.receive(warning);
      expect(client.error?.reason).toBe(reason);
    }
  });

  it("knows a fallback of a client that names an older version", () => {
    const { client, server } = newPair(
      testClientConfig({ versions, grease: false }),
      testServerConfig(),
    );
    const hello = client.takeOutput();
    // legacy_version 3.2, and TLS_FALLBACK_SCSV in place of the first suite.
    hello.set([3, 2], 9);
    hello.set([0x56, 0x00], 9 + 2 + 32 + 1 + (hello[43] ?? 0) + 2);
    server.receive(hello);
    expect(server.error?.reason).toBe("inappropriate_fallback");
  });

  it("sends the fallback signal where the config says so", () => {
    const client = testClientConfig({ versions, fallbackSignal: true });
    const refused = shuttle(newPair(client, testServerConfig()));
    expect(refused.server.error?.reason).toBe("inappropriate_fallback");
    expect(refused.client.error?.alert).toBe("inappropriate_fallback");
    const taken = shuttle(newPair(client, testServerConfig({ versions })));
    expect(taken.client.error ?? taken.server.error).toBeUndefined();
  });

  const groups = ["X25519MLKEM768", "x25519"] as const;

  it("staples a status and timestamps, each in its message", () => {
    const seen: PeerChain[] = [];
    const client = testClientConfig({
      versions,
      ocspStapling: true,
      signedCertificateTimestamps: true,
      verifier: {
        verify: (peer, at) => {
          seen.push(peer);
          return verifiedByCaller(peer, at);
        },
      },
    });
    const { chain, key } = testServer();
    const stapled = createCredential({
      provider: noble,
      chain,
      key: { algorithm: "ecPublicKey", key },
      ocspResponse: Uint8Array.of(1, 2, 3),
      scts: [Uint8Array.of(4), Uint8Array.of(5, 6)],
    });
    const server = testServerConfig({ versions, credentials: [stapled] });
    const pair = shuttle(newPair(client, server));
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(seen.map(({ ocspResponse, scts }) => [ocspResponse, scts])).toEqual([
      [Uint8Array.of(1, 2, 3), [Uint8Array.of(4), Uint8Array.of(5, 6)]],
    ]);
  });

  it("does not offer a hybrid, which it has no messages for", () => {
    const hello = (wanted: readonly TlsProtocolVersion[]) => {
      const client = testClientConfig({
        grease: false,
        versions: wanted,
        groups,
      });
      return toHex(TlsEngine.client(client, "localhost").takeOutput());
    };
    // supported_groups: type, length, length of the list, the list.
    expect(hello(versions)).toContain("000a00040002001d");
    expect(hello(["TLSv1.2", "TLSv1.3"])).toContain("000a0006000411ec001d");
  });
});

describe("ML-KEM alone", () => {
  it.each(["MLKEM768", "MLKEM1024"] as const)("%s", (group) => {
    const options = { groups: [group] };
    const pair = newPair(testClientConfig(options), testServerConfig(options));
    const { client, server } = shuttle(pair);
    expect(client.error ?? server.error).toBeUndefined();
    expect([client.info?.group, server.info?.group]).toEqual([group, group]);
  });
});

describe("an RSA key", () => {
  it("is not asked for a signature that is longer than it", () => {
    const { chain, key } = testServer("rsa");
    if (key.type !== "rsa") throw new Error("no RSA key");
    const made = createCredential({
      provider: noble,
      chain,
      key: { algorithm: "rsaEncryption", key },
    });
    // RFC 8017 9.1.1: with SHA-512 a key of 1024 bits is two bytes short.
    const small: Credential = { ...made, modulusBits: 1024 };
    const server = TlsEngine.server(testServerConfig({ credentials: [small] }));
    const client = testClientConfig({
      signatureSchemes: ["rsa_pss_rsae_sha512", "ecdsa_secp256r1_sha256"],
    });
    server.receive(TlsEngine.client(client, "localhost").takeOutput());
    expect(server.error?.reason).toBe("no_shared_signature_scheme");
  });
});
