/**
 * The connections that fuzzing begins from. Each is honest by itself: without a
 * mutation it must connect, and the fuzzer asserts that it does.
 */
import { asciiBytes, toHex } from "../../../src/bytes.ts";
import { brotli, zlib } from "../../../src/compression/node.ts";
import {
  createEchKey,
  createEchClient,
  createEchGrease,
  createEchServer,
  encodeEchConfigList,
} from "../../../src/ech/index.ts";
import {
  acceptDelegatedCredentials,
  createRetryCookies,
  type CipherSuiteName,
  type ClientOptions,
  type ServerOptions,
  type Session,
  type SessionStore,
  type StrikeRegister,
  TicketKeys,
  type TlsProtocolVersion,
} from "../../../src/engine/index.ts";
import { dangerouslyAcceptAnyCertificate } from "../../../src/x509/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import { fuzzProvider } from "./provider.ts";
import {
  CLIENT,
  CLIENT_RSA,
  DELEGATED,
  RAW_KEY,
  RAW_KEYS,
  SERVERS,
  STAPLING,
} from "./world.ts";

/**
 * State that connections leave behind (ticket keys, register, store): it is
 * reset before each run.
 */
export class Traces {
  readonly #resets: (() => void)[] = [];

  reset(): void {
    for (const reset of this.#resets) reset();
  }

  tickets(): TicketKeys {
    const provider = fuzzProvider("node", 0x71c);
    const tickets = new TicketKeys({ provider });
    const { state } = provider.dice;
    this.#resets.push(() => {
      provider.dice.state = state;
    });
    return tickets;
  }

  register(): StrikeRegister {
    const struck = new Set<string>();
    this.#resets.push(() => {
      struck.clear();
    });
    return {
      id: Uint8Array.of(1),
      strike: (key) => {
        const name = toHex(key);
        const first = !struck.has(name);
        struck.add(name);
        return first;
      },
    };
  }

  /**
   * A session store that each reset returns to its contents as {@link settle}
   * left them.
   */
  store(): SessionStore {
    const kept = new Map<string, Session>();
    let first: readonly (readonly [string, Session])[] | undefined;
    this.#resets.push(() => {
      first ??= [...kept];
      kept.clear();
      for (const [name, session] of first) kept.set(name, session);
    });
    return {
      take: (id) => {
        const found = kept.get(toHex(id));
        kept.delete(toHex(id));
        return found;
      },
      put: (id, session) => {
        kept.set(toHex(id), session);
      },
    };
  }
}

export interface Scenario {
  readonly name: string;
  readonly version: TlsProtocolVersion;
  readonly client: Partial<ClientOptions>;
  readonly server: Partial<ServerOptions>;
  readonly serverName?: string;
  /** The client comes with the session of an earlier connection. */
  readonly resumes?: true;
  /** Options of the server that change for the second connection. */
  readonly second?: Partial<ServerOptions>;
  /** The side that must not connect. */
  readonly fails?: "client" | "server";
}

type Row = (traces: Traces) => Omit<Scenario, "name" | "version">;

const PSK = { identity: asciiBytes("device 7"), key: new Uint8Array(32) };
const psk = () => PSK;
const echKey = createEchKey({
  provider: fuzzProvider("noble", 0xec),
  publicName: "localhost",
  configId: 7,
});
const otherEchKey = createEchKey({
  provider: fuzzProvider("noble", 0xed),
  publicName: "localhost",
  configId: 7,
});
const echList = encodeEchConfigList([echKey.config]);
const echKeys = (key = echKey) =>
  createEchServer({ provider: fuzzProvider("noble", 0xef), keys: [key] });

const RETRY = {
  client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
  server: { groups: ["secp256r1"] },
} as const;

/** A session by ticket, with early data. */
const early = (traces: Traces) => ({
  ticketKeys: traces.tickets(),
  strikeRegister: traces.register(),
  maxEarlyData: 4096,
});

const ROWS_13: Readonly<Record<string, Row>> = {
  plain: () => ({ client: {}, server: {} }),
  "RSA, chain, ChaCha20": () => ({
    client: { cipherSuites: ["TLS_CHACHA20_POLY1305_SHA256"] },
    server: { credentials: [SERVERS.rsa] },
  }),
  "P-256, SHA-384": () => ({
    client: { cipherSuites: ["TLS_AES_256_GCM_SHA384"], groups: ["secp256r1"] },
    server: { groups: ["secp256r1"], credentials: [SERVERS.ed25519] },
  }),
  "CCM, no compatibility mode": () => ({
    client: {
      compatibilityMode: false,
      cipherSuites: ["TLS_AES_128_CCM_SHA256"],
    },
    server: {
      compatibilityMode: false,
      cipherSuites: ["TLS_AES_128_CCM_SHA256"],
    },
  }),
  "hybrid group": () => ({
    client: { groups: ["X25519MLKEM768"] },
    server: { groups: ["X25519MLKEM768"] },
  }),
  "HelloRetryRequest, cookie": () => ({
    client: RETRY.client,
    server: { ...RETRY.server, helloRetryCookie: true },
  }),
  "HelloRetryRequest, stateless": () => ({
    client: RETRY.client,
    server: {
      ...RETRY.server,
      retryCookies: createRetryCookies({
        provider: fuzzProvider("noble"),
        key: new Uint8Array(32),
      }),
    },
  }),
  stapling: () => ({
    client: { ocspStapling: true },
    server: { credentials: [STAPLING] },
  }),
  "client certificate": () => ({
    client: { credentials: [CLIENT] },
    server: { clientAuthentication: "required" },
  }),
  "client certificate refused": () => ({
    client: {},
    server: { clientAuthentication: "required" },
    fails: "server",
  }),
  "no client certificate": () => ({
    client: {},
    server: { clientAuthentication: "optional" },
  }),
  "late certificate": () => ({
    client: { credentials: [CLIENT], postHandshakeAuth: true },
    server: {
      clientAuthentication: "optional",
      postHandshakeAuth: true,
    },
  }),
  "external PSK": () => ({
    client: { psk },
    server: { psk, credentials: [] },
  }),
  "PSK without key exchange": () => ({
    client: { psk, pskModes: ["psk_ke"] },
    server: { psk, pskModes: ["psk_ke"] },
  }),
  ticket: (traces) => ({
    client: {},
    server: { ticketKeys: traces.tickets() },
    resumes: true,
  }),
  "stored session, client certificate": (traces) => ({
    client: { credentials: [CLIENT] },
    server: { sessionStore: traces.store(), clientAuthentication: "optional" },
    resumes: true,
  }),
  "early data": (traces) => ({
    client: { earlyData: true },
    server: early(traces),
    resumes: true,
  }),
  "early data refused": (traces) => ({
    client: { earlyData: true },
    server: early(traces),
    second: { maxEarlyData: 0 },
    resumes: true,
  }),
  "early data, HelloRetryRequest": (traces) => ({
    client: { ...RETRY.client, earlyData: true },
    server: { ...early(traces), groups: ["x25519"] },
    second: RETRY.server,
    resumes: true,
  }),
  "compressed certificates": () => ({
    client: {
      certificateCompression: [zlib, brotli],
      credentials: [CLIENT_RSA],
    },
    server: {
      certificateCompression: [brotli, zlib],
      credentials: [SERVERS.rsa],
      clientAuthentication: "required",
    },
  }),
  "raw public keys": () => ({
    client: { rawPublicKeys: RAW_KEYS, credentials: [RAW_KEY] },
    server: {
      rawPublicKeys: RAW_KEYS,
      credentials: [RAW_KEY],
      clientAuthentication: "required",
    },
  }),
  "delegated credential": () => ({
    client: { delegatedCredentials: acceptDelegatedCredentials() },
    server: { credentials: DELEGATED },
  }),
  ECH: () => ({
    client: { encryptedClientHello: createEchClient(echList) },
    server: { encryptedClientHello: echKeys() },
    serverName: "hidden.test",
  }),
  "ECH, HelloRetryRequest": () => ({
    client: { ...RETRY.client, encryptedClientHello: createEchClient(echList) },
    server: { ...RETRY.server, encryptedClientHello: echKeys() },
    serverName: "hidden.test",
  }),
  "ECH refused": () => ({
    client: { encryptedClientHello: createEchClient(echList) },
    server: { encryptedClientHello: echKeys(otherEchKey) },
    serverName: "hidden.test",
    fails: "client",
  }),
  "ECH of GREASE": () => ({
    client: { encryptedClientHello: createEchGrease() },
    server: { encryptedClientHello: echKeys() },
  }),
  "small records, ALPN, stapling": () => ({
    client: {
      recordSizeLimit: 100,
      alpnProtocols: ["h2", "http/1.1"],
      ocspStapling: true,
      signedCertificateTimestamps: true,
      certificateAuthorities: [Uint8Array.of(0x30, 0)],
    },
    server: {
      recordSizeLimit: 200,
      alpnProtocols: ["http/1.1"],
      padding: () => 7,
      certificateAuthorities: [Uint8Array.of(0x30, 0)],
      clientAuthentication: "optional",
    },
  }),
};

function suite(name: CipherSuiteName, server = SERVERS["ec-p256"]): Row {
  return () => ({
    client: { cipherSuites: [name], groups: ["x25519", "secp256r1"], psk },
    server: { cipherSuites: [name], credentials: [server], psk },
  });
}

const omitted = (...omit: readonly number[]) => ({
  shapes: { client_hello: { omit } },
});

const ROWS_12: Readonly<Record<string, Row>> = {
  "ECDSA, GCM": suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
  "RSA, ChaCha20": suite(
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    SERVERS.rsa,
  ),
  "CBC, encrypt-then-MAC": suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
  "CBC, MAC-then-encrypt": () => ({
    client: {
      cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"],
      ...omitted(ExtensionType.encrypt_then_mac),
    },
    server: { cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"] },
  }),
  CCM: suite("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"),
  DHE: suite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", SERVERS.rsa),
  PSK: suite("TLS_PSK_WITH_AES_128_GCM_SHA256"),
  ECDHE_PSK: suite("TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"),
  "client certificate": () => ({
    client: { credentials: [CLIENT] },
    server: { clientAuthentication: "required" },
  }),
  "client certificate of RSA": () => ({
    client: { credentials: [CLIENT_RSA] },
    server: { clientAuthentication: "optional" },
  }),
  ticket: (traces) => ({
    client: {},
    server: { ticketKeys: traces.tickets() },
    resumes: true,
  }),
  "session id": (traces) => ({
    client: { sessionTickets: false },
    server: { sessionStore: traces.store() },
    resumes: true,
  }),
  "no extended main secret": () => ({
    client: omitted(ExtensionType.extended_main_secret),
    server: {},
  }),
  "small fragments, ALPN": () => ({
    client: { maxFragmentLength: 512, alpnProtocols: ["h2"] },
    server: { alpnProtocols: ["h2", "http/1.1"] },
  }),
  "stapling, ticket": (traces) => ({
    client: { ocspStapling: true },
    server: { credentials: [STAPLING], ticketKeys: traces.tickets() },
  }),
  "a client of both versions": () => ({
    client: { versions: ["TLSv1.3", "TLSv1.2"] },
    server: {},
  }),
  "any certificate will do": () => ({
    client: { verifier: dangerouslyAcceptAnyCertificate() },
    server: { clientAuthentication: "optional" },
  }),
};

/** By name: makes the scenario, with traces that it leaves in those. */
export const SCENARIOS: ReadonlyMap<string, (traces: Traces) => Scenario> =
  new Map([...scenarios("TLSv1.3", ROWS_13), ...scenarios("TLSv1.2", ROWS_12)]);
export const SCENARIO_NAMES: readonly string[] = [...SCENARIOS.keys()];

/** A certificate of P-256 needs that group in TLS 1.2 (RFC 8422 5.3). */
const GROUPS = {
  "TLSv1.3": ["x25519"],
  "TLSv1.2": ["x25519", "secp256r1"],
} as const;

function scenarios(
  version: TlsProtocolVersion,
  rows: Readonly<Record<string, Row>>,
): [string, (traces: Traces) => Scenario][] {
  return Object.entries(rows).map(([key, row]) => {
    const name = `${version}, ${key}`;
    const make = (traces: Traces): Scenario => {
      // An EncryptedExtensions that can be changed and is still one.
      const base = {
        versions: [version],
        groups: GROUPS[version],
        alpnProtocols: ["h2"],
      };
      const { client, server, ...rest } = row(traces);
      return {
        ...rest,
        name,
        version,
        client: { ...base, ...client },
        server: { ...base, ...server },
      };
    };
    return [name, make];
  });
}
