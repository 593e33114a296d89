/**
 * The example of docs/many-processes.md with OpenTelemetry, as it stands there: its
 * types are checked against those of the package, and what it counts of a service
 * over a real Redis comes out of an exporter. An event or an outcome with another
 * name would be another attribute.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import ts from "typescript";
import { expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import type { SSLContext, SSLSession } from "../../../src/index.ts";
import {
  redisSessionStore,
  type SharedTicketKeys,
} from "../../../src/redis/index.ts";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { compilerOptions, entryPoints } from "../../docs/run.ts";
import { clientContext, serverContext, socketPair } from "../../ssl/support.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { CLIENTS, findServer, RedisServer } from "./redis.ts";

const PEERS = join(PROJECT_ROOT, "test", "interop", "peers");
const require = createRequire(join(PEERS, "package.json"));
const OTEL = "@opentelemetry";

/** The parts of the package's metrics SDK that the test uses. */
interface MetricsSdk {
  readonly MeterProvider: new (options: object) => object;
  readonly InMemoryMetricExporter: new (temporality: number) => {
    getMetrics(): readonly {
      readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
    }[];
  };
  readonly PeriodicExportingMetricReader: new (options: object) => {
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
  };
}

interface Metric {
  readonly descriptor: { readonly name: string };
  readonly dataPoints: readonly {
    readonly attributes: Readonly<Record<string, string>>;
    readonly value: number | { readonly count: number };
  }[];
}

/** The block of the page that imports the package, with what stands before it. */
function exampleSource(): string {
  const page = readFileSync(
    join(PROJECT_ROOT, "docs", "many-processes.md"),
    "utf8",
  );
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)];
  const block = blocks.find(([, code]) => code?.includes(`"${OTEL}/api"`));
  const code = block?.[1];
  if (code === undefined) throw new Error("the page has no such example");
  return `
import type { SSLContext } from "puretls";
import type { node } from "puretls/crypto/node";
import { type RedisClient, redisTicketKeys } from "puretls/redis";
interface Surroundings {
  readonly context: SSLContext;
  readonly client: RedisClient;
  readonly provider: typeof node;
  readonly encryptionKeys: readonly Uint8Array[];
}
const { context, client, provider, encryptionKeys } =
  Reflect.get(globalThis, "surroundings") as Surroundings;
${code}
export { shared };
`;
}

function typeErrors(source: string): string[] {
  const file = join(temporaryFolder(), "example.ts");
  ts.sys.writeFile(file, source);
  const options = compilerOptions();
  const program = ts.createProgram([file], {
    ...options,
    paths: {
      ...options.paths,
      [`${OTEL}/api`]: [join(PEERS, "node_modules", OTEL, "api")],
    },
  });
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
}

/** Bundles it beside the package, and runs it. */
async function run(source: string): Promise<{ shared: SharedTicketKeys }> {
  const outfile = join(PEERS, "node_modules", ".metrics", "example.mjs");
  await build({
    stdin: { contents: source, loader: "ts", resolveDir: PROJECT_ROOT },
    ...{ outfile, bundle: true, platform: "node", format: "esm" },
    external: [`${OTEL}/api`],
    alias: Object.fromEntries(
      [...entryPoints()].map(([name, file]) => [
        name,
        join(PROJECT_ROOT, file),
      ]),
    ),
    logLevel: "error",
  });
  return (await import(pathToFileURL(outfile).href)) as {
    shared: SharedTicketKeys;
  };
}

async function visit(
  server: SSLContext,
  client: SSLContext,
  session: SSLSession | null,
): Promise<SSLSession | null> {
  const pair = socketPair({ client, server, clientOptions: { session } });
  await Promise.all([pair.client.ready, pair.server.ready]);
  await pair.server.sendAll(Uint8Array.of(1));
  await pair.client.recv();
  return pair.client.session;
}

describeProgram("redis", "redis", findServer("redis"), () => {
  it("OpenTelemetry gets the calls, the looks and the resumptions", async () => {
    const sdk = require(`${OTEL}/sdk-metrics`) as MetricsSdk;
    const { metrics } = require(`${OTEL}/api`) as {
      metrics: { setGlobalMeterProvider(provider: object): boolean };
    };
    const exporter = new sdk.InMemoryMetricExporter(1); // cumulative
    const reader = new sdk.PeriodicExportingMetricReader({ exporter });
    metrics.setGlobalMeterProvider(
      new sdk.MeterProvider({ readers: [reader] }),
    );

    const redis = await RedisServer.start("redis");
    const [connect] = Object.values(CLIENTS);
    if (connect === undefined) throw new Error();
    const { client, command } = await connect(redis.port);
    const encryptionKeys = [provider.random(32)];
    const context = serverContext({
      provider,
      numTickets: 1,
      options: { noTicket: true },
      sessionStore: redisSessionStore({ client, provider, encryptionKeys }),
      sessionStoreTimeout: 5000,
    });
    Reflect.set(globalThis, "surroundings", {
      ...{ context, client, provider, encryptionKeys },
    });
    const source = exampleSource();
    expect(typeErrors(source)).toEqual([]);
    const { shared } = await run(source);
    await shared.refresh();
    await shared.refresh();
    shared.close();
    const visitor = clientContext({ provider });
    const first = await visit(context, visitor, null);
    await visit(context, visitor, first);
    await visit(context, visitor, first); // It is no longer there.
    await command("PING"); // What was put before is answered before.
    await redis.kill();
    await visit(context, visitor, null);
    await shared.refresh().catch(() => undefined);

    await reader.forceFlush();
    const counted = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor: { name }, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [
          [name, ...Object.values(attributes)].join(" "),
          typeof value === "number" ? value : value.count,
        ]),
      );
    await reader.shutdown();
    expect(Object.fromEntries(counted)).toEqual({
      "tls.store.duration put kept": 3,
      "tls.store.duration put failed": 1,
      "tls.store.duration take found": 1,
      "tls.store.duration take missing": 1,
      "tls.ticket_keys.refreshes rotated": 1,
      "tls.ticket_keys.refreshes unchanged": 1,
      "tls.ticket_keys.refreshes failed": 1,
      "tls.sessions.resumed": 1,
    });
  });
});
