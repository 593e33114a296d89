/** A config that a server chooses for a name: its rules hold, the environment stays. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../../src/crypto/provider.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  type ServerOptions,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

describe.each(VERSIONS)("in %s", (version) => {
  const asking = (
    client: Partial<ClientOptions> = {},
    begun: Partial<ServerOptions> = {},
  ): Pair => {
    const versions = [version];
    const pair = newPair(
      testClientConfig({ versions, ...client }),
      testServerConfig({ versions, credentials: RAISE_NEED, ...begun }),
    );
    pair.server.receive(pair.client.takeOutput());
    return pair;
  };
  const choose = ({ server }: Pair, chosen: Partial<ServerOptions>): void => {
    server.resume({
      type: "certificate_chosen",
      credentials: [testCredential()],
      config: testServerConfig({ versions: [version], ...chosen }),
    });
  };
  const connected = (
    client: Partial<ClientOptions>,
    begun: Partial<ServerOptions>,
    chosen: Partial<ServerOptions>,
  ): Pair => {
    const pair = asking(client, begun);
    choose(pair, chosen);
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.server.info).toBeDefined();
    return pair;
  };
  const unusable: CryptoProvider = {
    ...noble,
    random: () => {
      throw new Error("the chosen config's provider is not in force");
    },
  };

  it("the provider stays, and what it lacks is left out", () => {
    connected({}, {}, { provider: unusable });
    const { x25519: _none, ...groups } = noble.groups;
    const lean = { ...noble, groups };
    const { server } = connected(
      { groups: ["x25519", "secp256r1"] },
      { provider: lean },
      { groups: ["x25519", "secp256r1"] },
    );
    expect(server.info?.group).toBe("secp256r1");
  });

  it("and where nothing is left the choice is refused, and nothing moves", () => {
    const { x25519: _none, ...groups } = noble.groups;
    const pair = asking({}, { provider: { ...noble, groups } });
    expect(() => {
      choose(pair, { groups: ["x25519"] });
    }).toThrow(TlsUsageError);
    expect(pair.server.need?.type).toBe("certificate");
    choose(pair, {});
    expect(shuttle(pair).server.error).toBeUndefined();
  });

  it("limits stay", () => {
    const pair = asking({}, { limits: { warningAlerts: 1 } });
    choose(pair, { limits: { handshakeMessage: 4, inputWhileWaiting: 0 } });
    shuttle(pair);
    expect(pair.server.error).toBeUndefined();
    expect(pair.server.info).toBeDefined();
  });

  it("the key log and the size of records are the chosen one's", () => {
    const lines: string[] = [];
    const pair = connected(
      {},
      {
        keyLog: () => {
          throw new Error("another key log");
        },
      },
      {
        keyLog: (line) => lines.push(line),
        maxSendFragment: 64,
        padding: () => 20,
      },
    );
    expect(lines.length).toBeGreaterThan(0);
    const lengths = [128, 10].flatMap((bytes) => {
      pair.server.write(new Uint8Array(bytes));
      return recordLengths(pair.server.takeOutput());
    });
    // The explicit nonce and the tag, or the content type and the tag.
    const more = version === "TLSv1.2" ? (lengths[0] ?? 0) : 64 + 17;
    const padded = version === "TLSv1.2" ? more - 54 : 10 + 20 + 17;
    expect(lengths).toEqual([more, more, padded]);
  });

  it("sessions and pre-shared keys are looked up by the chosen one", () => {
    const own = new MemorySessionStore();
    const others = {
      take: () => {
        throw new Error("another tenant's store");
      },
      put: () => {
        throw new Error("another tenant's store");
      },
    };
    const first = connected(
      {},
      { sessionStore: others },
      { sessionStore: own },
    );
    const told = events(first.client).find(({ type }) => type === "session");
    if (told?.type !== "session") throw new Error("no session");
    const { session } = told;
    const again = connected(
      { session },
      { sessionStore: others },
      { sessionStore: own },
    );
    expect(again.server.info?.resumed).toBe(true);
    const elsewhere = connected(
      { session },
      // Seeded ids would repeat themselves.
      { sessionStore: own, provider: noble },
      { sessionStore: new MemorySessionStore() },
    );
    expect(elsewhere.server.info?.resumed).toBe(false);

    const identity = Uint8Array.of(1);
    const psk = () => ({ identity, key: new Uint8Array(32).fill(7) });
    const cipherSuites =
      version === "TLSv1.2"
        ? (["TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"] as const)
        : (["TLS_CHACHA20_POLY1305_SHA256"] as const);
    const others12 = {
      cipherSuites,
      psk: () => {
        throw new Error("another tenant's key");
      },
    };
    const { server } = connected({ cipherSuites, psk }, others12, {
      cipherSuites,
      psk,
    });
    expect(server.info?.pskIdentity).toEqual(identity);
  });
});

/** Bytes of the fragments of records in a row. */
function recordLengths(sent: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < sent.length;) {
    const length = ((sent[at + 3] ?? 0) << 8) | (sent[at + 4] ?? 0);
    lengths.push(length);
    at += 5 + length;
  }
  return lengths;
}
