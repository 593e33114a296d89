/** HelloRetryRequest without state on the server: RFC 9846 4.3.2. */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  createRetryCookies,
  type ServerOptions,
  TicketKeys,
  TlsEngine,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  type Delivery,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { firstSession } from "../../support/sessions.ts";

const key = new Uint8Array(32).fill(5);
const cookies = () => createRetryCookies({ provider: noble, key });
const WANTS = { groups: ["secp384r1"] } as const;

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
  /** Of the server that gets the second hello. */
  readonly second?: Partial<ServerOptions>;
  readonly edit?: (hello: Uint8Array) => Uint8Array;
  readonly delivery?: Delivery;
}

/** Two servers that know nothing of each other but the key. */
function handOver({ client, server, second, edit, delivery }: Options) {
  const here = TlsEngine.client(testClientConfig(client), "localhost");
  const options = { ...WANTS, retryCookies: cookies(), ...server };
  const first = TlsEngine.server(testServerConfig(options));
  first.receive(here.takeOutput());
  here.receive(first.takeOutput());
  const again = { ...options, retryCookies: cookies(), ...second };
  const there = TlsEngine.server(testServerConfig(again));
  const bytes = here.takeOutput();
  const edited = edit ? edit(bytes) : bytes;
  if (delivery === "bytes")
    for (const byte of edited) there.receive(Uint8Array.of(byte));
  else there.receive(edited);
  const sent = { client: new Uint8Array(), server: new Uint8Array() };
  return shuttle({ client: here, server: there, sent }, delivery);
}

describe("another engine continues", () => {
  for (const delivery of DELIVERIES)
    // [9846-4.2.4-09] [9846-4.3.2-04]
    it(`with the key, bytes ${delivery}`, () => {
      const { client, server } = handOver({ delivery });
      expect(client.error ?? server.error).toBeUndefined();
      expect(server.info?.helloRetried).toBe(true);
      client.write(Uint8Array.of(7));
      server.receive(client.takeOutput());
      expect(received(server)).toEqual(Uint8Array.of(7));
    });

  it("without middlebox compatibility, and with another hash", () => {
    const { server } = handOver({
      client: { compatibilityMode: false },
      server: { cipherSuites: ["TLS_AES_256_GCM_SHA384"] },
    });
    expect(server.info?.cipherSuite.name).toBe("TLS_AES_256_GCM_SHA384");
  });

  it("past early data that came before", () => {
    const session = firstSession({
      server: {
        sessionStore: new MemorySessionStore(),
        maxEarlyData: 99,
      },
    });
    const here = TlsEngine.client(
      testClientConfig({ session, earlyData: true }),
      "localhost",
    );
    here.writeEarlyData(Uint8Array.of(1, 2, 3));
    const flight = here.takeOutput();
    const length = 5 + (flight[3] ?? 0) * 256 + (flight[4] ?? 0);
    const options = { ...WANTS, retryCookies: cookies() };
    const first = TlsEngine.server(testServerConfig(options));
    first.receive(flight.subarray(0, length));
    here.receive(first.takeOutput());
    const there = TlsEngine.server(testServerConfig(options));
    there.receive(concat(flight.subarray(length), here.takeOutput()));
    const sent = { client: new Uint8Array(), server: new Uint8Array() };
    const pair = shuttle({ client: here, server: there, sent });
    expect(pair.server.error).toBeUndefined();
    expect(pair.server.info?.helloRetried).toBe(true);
  });

  it("under an external PSK, or the session of a ticket", () => {
    const psk = {
      identity: Uint8Array.of(1, 2),
      key: new Uint8Array(32).fill(3),
    };
    const byPsk = handOver({
      client: { psk: () => psk },
      server: { psk: () => psk, credentials: [] },
    });
    expect(byPsk.client.error ?? byPsk.server.error).toBeUndefined();
    expect(byPsk.server.info?.pskIdentity).toEqual(psk.identity);
    const ticketKeys = new TicketKeys({ provider: noble });
    const session = firstSession({ server: { ticketKeys } });
    const resumed = handOver({ client: { session }, server: { ticketKeys } });
    expect(resumed.client.error ?? resumed.server.error).toBeUndefined();
    expect(resumed.client.info?.resumed).toBe(true);
    expect(resumed.client.info?.helloRetried).toBe(true);
  });

  it("without a PSK that does not go with the suite that was chosen", () => {
    const key = new Uint8Array(32).fill(3);
    const psk = { identity: Uint8Array.of(1), key, hash: "SHA-384" } as const;
    const cipherSuites = ["TLS_AES_128_GCM_SHA256"] as const;
    // The first server has no PSK, and so chooses a suite without looking.
    const pair = handOver({
      client: { psk: () => psk },
      server: { cipherSuites },
      second: {
        psk: () => psk,
        cipherSuites: [...cipherSuites, "TLS_AES_256_GCM_SHA384"],
      },
    });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.server.info?.pskIdentity).toBeUndefined();
  });

  it("or the same one does", () => {
    const options = { ...WANTS, retryCookies: cookies() };
    const sent = { client: new Uint8Array(), server: new Uint8Array() };
    const pair = shuttle({
      client: TlsEngine.client(testClientConfig(), "localhost"),
      server: TlsEngine.server(testServerConfig(options)),
      sent,
    });
    expect(pair.client.info?.helloRetried).toBe(true);
  });
});

describe("what does not fit is illegal_parameter", () => {
  const alert = (options: Options) => handOver(options).server.error?.alert;
  const other = { retryCookies: createRetryCookies({ provider: noble }) };
  /** In the hello's record, behind the change_cipher_spec. */
  const at = (from: Uint8Array, value: number) => (bytes: Uint8Array) => {
    const index = Buffer.from(bytes).indexOf(from);
    if (index < 0) throw new Error("not there");
    bytes[index] = value;
    return bytes;
  };

  it("another key", () => {
    expect(alert({ second: other })).toBe("illegal_parameter");
  });
  it("too late", () => {
    const provider = { ...noble, now: () => Date.now() + 31_000 };
    expect(alert({ second: { provider } })).toBe("illegal_parameter");
  });
  it("before it was made", () => {
    const provider = { ...noble, now: () => Date.now() - 5000 };
    expect(alert({ second: { provider } })).toBe("illegal_parameter");
  });
  it("another name", () => {
    const name = new TextEncoder().encode("localhost");
    expect(alert({ edit: at(name, 0x4c) })).toBe("illegal_parameter");
  });
  it("a suite that the other server does not have", () => {
    const cipherSuites = ["TLS_AES_256_GCM_SHA384"] as const;
    expect(
      alert({
        server: { cipherSuites: ["TLS_AES_128_GCM_SHA256"] },
        second: { cipherSuites },
      }),
    ).toBe("illegal_parameter");
  });
});

describe("the object itself", () => {
  const memory = {
    suite: 0x1301,
    group: 24,
    earlyData: false,
    digest: new Uint8Array(32),
    fixed: new Uint8Array(32),
  };
  it("opens its own, every byte of it unchanged", () => {
    const one = cookies();
    const cookie = one.seal(memory, 1_000_000);
    expect(one.open(cookie, 1_000_000)).toEqual(memory);
    for (let i = 0; i < cookie.length; i++) {
      const spoilt = cookie.slice();
      spoilt[i] = (spoilt[i] ?? 0) ^ 1;
      expect(one.open(spoilt, 1_000_000)).toBeUndefined();
    }
    for (const length of [0, 1, 32, cookie.length - 1])
      expect(one.open(cookie.subarray(0, length), 1_000_000)).toBeUndefined();
  });
  it("needs a key of 32 bytes", () => {
    expect(() =>
      createRetryCookies({ provider: noble, key: new Uint8Array(31) }),
    ).toThrow(TlsUsageError);
  });
});
