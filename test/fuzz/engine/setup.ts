/** Configs of a scenario, made once, and put back to their beginning for a run. */
import {
  type ClientConfig,
  type ClientOptions,
  type ServerConfig,
  type ServerOptions,
  type Session,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { clientProtocol } from "../../../src/engine/client-protocols.ts";
import { serverProtocol } from "../../../src/engine/server-protocols.ts";
import {
  makeClientConfig,
  makeServerConfig,
} from "../../../src/handshake/config/config.ts";
import { EVERY_CLIENT_FEATURE } from "../../../src/handshake/client/features/every-feature.ts";
import { EVERY_FEATURE } from "../../../src/handshake/features/every-feature.ts";
import { Coverage } from "./coverage.ts";
import { hostile, withReplacedMessages } from "./peer.ts";
import { type FuzzProvider, fuzzProvider, newCounts } from "./provider.ts";
import { type Scenario, SCENARIOS, Traces } from "./scenarios.ts";
import { HOST, SERVERS, VERIFIER } from "./world.ts";

export const coverage = new Coverage();

const CLIENT_PROTOCOL = clientProtocol(EVERY_CLIENT_FEATURE);
const SERVER_PROTOCOL = serverProtocol(EVERY_FEATURE);
const PROTOCOLS = {
  untouched: {
    client: coverage.observed(CLIENT_PROTOCOL),
    server: coverage.observed(SERVER_PROTOCOL),
  },
  hostile: {
    client: hostile(CLIENT_PROTOCOL),
    server: hostile(SERVER_PROTOCOL),
  },
} as const;

type Manner = keyof typeof PROTOCOLS;

export interface Setup {
  readonly scenario: Scenario;
  readonly serverName: string;
  readonly providers: {
    readonly client: FuzzProvider;
    readonly server: FuzzProvider;
  };
  readonly clients: Readonly<Record<Manner, ClientConfig>>;
  readonly servers: Readonly<Record<Manner, ServerConfig>>;
  /** Puts back all that a run has left traces in. */
  reset(): void;
}

const made = new Map<string, Setup>();

export function setupOf(name: string, base: "node" | "noble"): Setup {
  const key = `${base} ${name}`;
  const setup = made.get(key) ?? prepare(name, base);
  made.set(key, setup);
  return setup;
}

function prepare(name: string, base: "node" | "noble"): Setup {
  const traces = new Traces();
  const scenario = SCENARIOS.get(name)?.(traces);
  if (scenario === undefined) throw new Error(`no scenario is named "${name}"`);
  const providers = { client: fuzzProvider(base), server: fuzzProvider(base) };
  const serverName = scenario.serverName ?? HOST;
  const client = clientOf(providers.client, scenario.client);
  const server = serverOf(providers.server, scenario.server);
  const session = scenario.resumes
    ? sessionOf(client("untouched"), server("untouched"), serverName)
    : undefined;
  const again = clientOf(providers.client, {
    ...scenario.client,
    ...(session && { session }),
  });
  const second = serverOf(providers.server, {
    ...scenario.server,
    ...scenario.second,
  });
  traces.reset();
  return {
    scenario,
    serverName,
    providers,
    clients: { untouched: again("untouched"), hostile: again("hostile") },
    servers: { untouched: second("untouched"), hostile: second("hostile") },
    reset: () => {
      traces.reset();
      providers.client.dice.state = 11;
      providers.server.dice.state = 22;
      providers.client.counts = newCounts();
      providers.server.counts = newCounts();
    },
  };
}

function clientOf(provider: FuzzProvider, options: Partial<ClientOptions>) {
  return (manner: Manner): ClientConfig =>
    makeClientConfig(PROTOCOLS[manner].client, {
      provider: providerFor(manner, provider),
      verifier: VERIFIER,
      ...options,
    });
}

function serverOf(provider: FuzzProvider, options: Partial<ServerOptions>) {
  return (manner: Manner): ServerConfig =>
    makeServerConfig(PROTOCOLS[manner].server, {
      provider: providerFor(manner, provider),
      verifier: VERIFIER,
      credentials: [SERVERS["ec-p256"]],
      ...options,
    });
}

function providerFor(manner: Manner, provider: FuzzProvider) {
  return manner === "hostile" ? withReplacedMessages(provider) : provider;
}

/** The session that an honest connection leaves with the client. */
function sessionOf(
  clientConfig: ClientConfig,
  serverConfig: ServerConfig,
  serverName: string,
): Session {
  const client = TlsEngine.client(clientConfig, serverName);
  const server = TlsEngine.server(serverConfig);
  while (client.hasOutput || server.hasOutput) {
    server.receive(client.takeOutput());
    client.receive(server.takeOutput());
  }
  for (let e = client.nextEvent(); e; e = client.nextEvent())
    if (e.type === "session") return e.session;
  throw new Error(
    `no session came: ${(client.error ?? server.error)?.reason ?? "no error"}`,
  );
}
