/**
 * A service of four processes behind a TCP balancer, with Redis behind them:
 * clients resume at any of them, early data is accepted once, ticket keys
 * rotate for all. Then recorded early data is replayed, a worker is killed, and
 * Redis is. Prints figures, as JSON with `--json`. Needs `redis-server`, `npm
 * install puretls redis`, `"type": "module"` in the package.json above it, and
 * uses HAProxy where it is installed. Node runs TypeScript from 22.18 on; before
 * that it is `npx tsx main.ts`.
 *
 * `node main.ts [--replays 400] [--strikes 100000] [--clients 4]`
 */
import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import { exit } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { node as provider } from "puretls/crypto/node";
import { createCertificateAuthority } from "puretls/pki";
import { Client, replay, type Visit } from "./load.ts";
import { Balancer, freePort, Redis, WORKERS, Workers } from "./parts.ts";
import { strikeManyTimes } from "./strikes.ts";
import { runWorker } from "./worker.ts";

/** Milliseconds for which a register that is new refuses, and a bit. */
const REGISTER_BEGINS = 27_000;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    replays: { type: "string", default: "400" },
    strikes: { type: "string", default: "100000" },
    clients: { type: "string", default: "4" },
  },
});

/** The results of the visits of one phase. */
class Phase {
  readonly visits: Visit[] = [];
  failed = 0;

  /** Of those that offered a session: how many were resumed, in percent. */
  get resumptionRate(): number {
    const offers = this.visits.filter(({ offered }) => offered);
    const resumed = offers.filter((visit) => visit.resumed);
    return offers.length === 0 ? 0 : (100 * resumed.length) / offers.length;
  }

  get early(): readonly Visit[] {
    return this.visits.filter(({ early }) => early === "accepted");
  }

  /** Median duration of a resumed handshake. */
  get milliseconds(): number {
    const times = this.visits
      .filter(({ resumed }) => resumed)
      .map(({ milliseconds }) => milliseconds)
      .sort((a, b) => a - b);
    return Math.round(10 * (times[times.length >> 1] ?? 0)) / 10;
  }

  get figures() {
    const { length: visits } = this.visits;
    const { resumptionRate, failed, milliseconds } = this;
    const early = this.early.length;
    return { visits, failed, resumptionRate, early, milliseconds };
  }
}

/** All clients visit until the time is over, and at least so often. */
async function during(
  milliseconds: number,
  clients: readonly Client[],
  early: boolean,
  least = 3,
): Promise<Phase> {
  const phase = new Phase();
  const end = Date.now() + milliseconds;
  await Promise.all(
    clients.map(async (client) => {
      for (let count = 0; count < least || Date.now() < end; count++) {
        try {
          phase.visits.push(await client.visit(early));
        } catch {
          phase.failed++;
        }
        await sleep(20);
      }
    }),
  );
  return phase;
}

async function runFleet(): Promise<void> {
  const authority = createCertificateAuthority({ provider, name: "CN=Fleet" });
  const made = authority.issueServer({ hosts: ["fleet.example"] });
  const redis = new Redis(await freePort());
  const balancer = new Balancer();
  const outcomes = new Map<string, number>();
  const count = (outcome: string): number => outcomes.get(outcome) ?? 0;
  const workers = new Workers(
    {
      REDIS_PORT: String(redis.port),
      CERT: made.chainPem,
      KEY: made.key.toPem(),
      ENCRYPTION_KEY: randomBytes(32).toString("hex"),
    },
    ({ type, outcome = "" }) => {
      const name = type === "keys" ? `keys ${outcome}` : outcome;
      outcomes.set(name, count(name) + 1);
    },
  );
  try {
    await redis.start();
    await workers.start();
    const port = await freePort();
    await balancer.start(port, workers.ports);
    const clients = Array.from(
      { length: Number(options.clients) },
      () => new Client(authority.pem, port),
    );

    // The first early data makes the register begin; keys rotate meanwhile.
    await during(0, clients, true, 2);
    const rotating = await during(REGISTER_BEGINS, clients, false);
    const rotations = count("keys rotated");
    const early = await during(3000, clients, true);

    // Each early data that was accepted is reported as a strike, perhaps late.
    const honest = early.early.length;
    for (let wait = 0; wait < 100 && count("strike first") < honest; wait++)
      await sleep(100);
    const accepted = count("strike first");
    const repeated = count("strike repeated");
    const flights = early.early.map(({ flight }) => flight);
    const replays = await replayAll(flights, workers.ports);
    const refused = count("strike repeated") - repeated;
    const strikes = await strikeManyTimes(redis.port, Number(options.strikes));

    const killing = during(3000, clients, false);
    await sleep(500);
    workers.kill(1);
    const killed = await killing;
    await sleep(2000); // A new worker comes up, and has the keys from Redis.
    const afterKill = await during(2000, clients, false);

    redis.kill();
    const outage = await during(3000, clients, true);
    const acceptedInAll = count("strike first") - outage.early.length;
    const writes = count("keys rotated") + count("keys restored");
    await redis.start();
    await sleep(3000);
    const recovering = await during(2000, clients, true);

    print({
      balancer: balancer.name,
      workers: WORKERS,
      rotating: rotating.figures,
      keysRotated: rotations,
      early: early.figures,
      replays: { ...replays, refused, accepted: acceptedInAll - accepted },
      strikes,
      workerKilled: killed.figures,
      afterWorkerKilled: afterKill.figures,
      redisDead: outage.figures,
      redisBack: recovering.figures,
      keysWrittenAgain: count("keys rotated") + count("keys restored") - writes,
    });
  } finally {
    workers.stop();
    balancer.stop();
    redis.kill();
  }
}

/** Each flight to each worker, over and over. */
async function replayAll(
  flights: readonly Uint8Array[],
  ports: readonly number[],
): Promise<{ sent: number; answered: number }> {
  const wanted = Number(options.replays);
  let sent = 0;
  let answered = 0;
  const sender = async (): Promise<void> => {
    while (sent < wanted && flights.length > 0) {
      const at = sent++;
      const flight = flights[Math.floor(at / ports.length) % flights.length];
      const port = ports[at % ports.length] ?? 0;
      if (flight !== undefined && (await replay(port, flight)) > 0) answered++;
    }
  };
  await Promise.all([sender(), sender(), sender(), sender()]);
  await sleep(500); // The workers' last reports.
  return { sent, answered };
}

function print(figures: Readonly<Record<string, unknown>>): void {
  if (options.json) console.log(JSON.stringify(figures));
  else console.dir(figures);
}

if (cluster.isPrimary) {
  await runFleet();
  exit(); // Nothing that was killed is waited for.
} else {
  await runWorker();
}
