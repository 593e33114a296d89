/** Connections of TLS 1.2 in memory, with all that can be turned. */
import { utf8Bytes } from "../../src/bytes.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
  type CipherSuiteName,
  type ClientOptions,
  MemorySessionStore,
  type ServerOptions,
  type Session,
  TicketKeys,
} from "../../src/engine/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  type Delivery,
  events,
  newPair,
  type Pair,
  seededProvider,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "./engines.ts";

/** A clock that stands still: tickets tell when they were made. */
const now = Date.now();

function stillProvider(seed: string, base?: CryptoProvider): CryptoProvider {
  return { ...seededProvider(seed, base), now: () => now };
}

/** One way to speak TLS 1.2. */
export interface Case12 {
  readonly suite: CipherSuiteName;
  readonly clientAuth: boolean;
  readonly extendedMainSecret: boolean;
  readonly encryptThenMac: boolean;
  /** The kind of resumption that the server supports. */
  readonly resumption: "ticket" | "session id";
}

/** The suites of TLS 1.2 that a server of puretls supports. */
export const SERVER_SUITES_12: readonly CipherSuiteName[] = (
  Object.keys(CIPHER_SUITES) as CipherSuiteName[]
).filter((name) => {
  const row: CipherSuite = CIPHER_SUITES[name];
  return row.version === "TLSv1.2" && row.keyExchange !== "RSA";
});

/** Both sides' key where a suite wants one. */
export const TEST_PSK = {
  identity: utf8Bytes("Client_identity"),
  key: utf8Bytes("0123456789abcdef"),
};

export interface Sides {
  readonly client: Partial<ClientOptions>;
  readonly server: Partial<ServerOptions>;
}

/** Options of both sides for a case, sessions apart. */
export function sidesOf({
  suite,
  clientAuth,
  extendedMainSecret,
  encryptThenMac,
}: Case12): Sides {
  const kind = suite.includes("ECDSA") ? "ec-p256" : "rsa";
  const common = {
    versions: ["TLSv1.2"],
    cipherSuites: [suite],
    groups: ["secp256r1", "x25519"],
    psk: () => TEST_PSK,
  } as const;
  const omit = [
    ...(extendedMainSecret ? [] : [ExtensionType.extended_main_secret]),
    ...(encryptThenMac ? [] : [ExtensionType.encrypt_then_mac]),
  ];
  return {
    client: {
      ...common,
      credentials: clientAuth ? [testCredential("ec-p256", "client")] : [],
      alpnProtocols: ["h2", "http/1.1"],
      shapes: { client_hello: { omit } },
    },
    server: {
      ...common,
      credentials: [testCredential(kind)],
      clientAuthentication: clientAuth ? "required" : "none",
      alpnProtocols: ["http/1.1"],
    },
  };
}

/** The server's memory for sessions; the same for connections that follow. */
export function serverMemory(
  resumption: Case12["resumption"],
): Partial<ServerOptions> {
  return resumption === "ticket"
    ? { ticketKeys: new TicketKeys({ provider: stillProvider("tickets") }) }
    : { sessionStore: new MemorySessionStore() };
}

/** Connects the two; `name` makes the random bytes of one run its own. */
export function connect12(
  { client, server }: Sides,
  delivery: Delivery = "whole",
  name = "",
  base?: CryptoProvider,
): Pair {
  return shuttle(
    newPair(
      testClientConfig({
        provider: stillProvider(`client${name}`, base),
        ...client,
      }),
      testServerConfig({
        provider: stillProvider(`server${name}`, base),
        ...server,
      }),
    ),
    delivery,
  );
}

/** The session that the client was given. */
export function sessionOf(pair: Pair): Session | undefined {
  return events(pair.client).flatMap((event) =>
    event.type === "session" ? [event.session] : [],
  )[0];
}
