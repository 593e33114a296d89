/** Redis, the balancer and the workers, as processes of the demonstration. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import cluster, { type Worker } from "node:cluster";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "./worker.ts";

export const WORKERS = 4;

/** A port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something listens there. */
async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connectTcp(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

export class Redis {
  #process: ChildProcess | undefined;
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  async start(): Promise<void> {
    this.#process = spawn(
      "redis-server",
      [
        ...["--port", String(this.port), "--bind", "127.0.0.1"],
        ...["--save", "", "--appendonly", "no"],
        // Nothing may be evicted: a strike that is gone is a replay.
        ...["--maxmemory-policy", "noeviction"],
      ],
      { stdio: "ignore" },
    );
    await listening(this.port);
  }

  kill(): void {
    this.#process?.kill("SIGKILL");
  }
}

/** HAProxy where it is installed, else a few lines of TCP. */
export class Balancer {
  #stop: () => void = () => undefined;
  #folder: string | undefined;
  name = "";

  async start(port: number, workers: readonly number[]): Promise<void> {
    const { status } = spawnSync("haproxy", ["-v"], { stdio: "ignore" });
    if (status === 0) this.#startHaproxy(port, workers);
    else this.#startOwn(port, workers);
    await listening(port);
  }

  #startHaproxy(port: number, workers: readonly number[]): void {
    this.name = "haproxy";
    this.#folder = mkdtempSync(join(tmpdir(), "fleet-"));
    const file = join(this.#folder, "haproxy.cfg");
    const servers = workers.map(
      (worker, index) =>
        `  server w${index} 127.0.0.1:${worker} check inter 200ms rise 1 fall 1`,
    );
    writeFileSync(
      file,
      [
        "defaults",
        "  mode tcp",
        "  timeout connect 2s",
        "  timeout client 30s",
        "  timeout server 30s",
        "  timeout check 5s",
        "  retries 3",
        "  option redispatch 1",
        "frontend tls",
        `  bind 127.0.0.1:${port}`,
        "  default_backend workers",
        "backend workers",
        "  balance roundrobin",
        ...servers,
        "",
      ].join("\n"),
    );
    const child = spawn("haproxy", ["-db", "-f", file], { stdio: "ignore" });
    this.#stop = () => child.kill("SIGKILL");
  }

  #startOwn(port: number, workers: readonly number[]): void {
    this.name = "own";
    let next = 0;
    const server = createServer((near) => {
      const worker = workers[next++ % workers.length] ?? 0;
      const far = connectTcp(worker, "127.0.0.1");
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
      near.pipe(far).pipe(near);
    });
    server.listen(port, "127.0.0.1");
    this.#stop = () => server.close();
  }

  stop(): void {
    this.#stop();
    if (this.#folder !== undefined)
      rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The workers; one that dies is started again, until they are stopped. */
export class Workers {
  readonly ports: number[] = [];
  readonly #workers = new Map<number, Worker>();
  readonly #settings: Readonly<Record<string, string>>;
  readonly #told: (report: Report) => void;
  #isStopping = false;

  constructor(
    settings: Readonly<Record<string, string>>,
    told: (report: Report) => void,
  ) {
    this.#settings = settings;
    this.#told = told;
  }

  async start(): Promise<void> {
    // Each worker accepts by itself: this process is busy being the clients.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    for (let count = 0; count < WORKERS; count++)
      this.ports.push(await freePort());
    await Promise.all(this.ports.map((port) => this.#fork(port)));
  }

  #fork(port: number): Promise<void> {
    const worker = cluster.fork({ ...this.#settings, PORT: String(port) });
    this.#workers.set(port, worker);
    worker.on("exit", () => {
      if (!this.#isStopping) void this.#fork(port);
    });
    return new Promise((resolve) => {
      worker.on("message", (report: Report) => {
        if (report.type === "ready") resolve();
        else this.#told(report);
      });
    });
  }

  /** Kills one of them, as an out-of-memory killer does. */
  kill(index: number): void {
    const port = this.ports[index] ?? 0;
    this.#workers.get(port)?.process.kill("SIGKILL");
  }

  stop(): void {
    this.#isStopping = true;
    for (const worker of this.#workers.values()) worker.process.kill("SIGKILL");
  }
}
