/**
 * Peers as child processes: their output is kept, their waits have a deadline,
 * and none outlives the test that started it. To import this module is enough
 * for the latter.
 */
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach } from "vitest";
import { concatAll, latin1 } from "../../../src/bytes.ts";
import { processTree } from "./process-tree.ts";
import { freePort, isListening } from "./ports.ts";

/** Seconds that a peer has for any one thing. */
const PATIENCE = 30;

/** Milliseconds after a peer's end in which what it sent still arrives. */
const AFTERMATH = 1500;

/** Those of the test that runs; ended ones too, for what they printed. */
const peers = new Set<PeerProcess>();
/** Pending waits for something that a peer has to do. */
const waits = new Set<{ onEnd(): void; cancel(): void }>();

afterEach(() => {
  for (const { cancel } of waits) cancel();
  for (const peer of peers) peer.kill();
  peers.clear();
});

/**
 * Waits for what a peer should bring about: a connection, or its end. Rejects
 * with the peers' own words soon after the last of them has ended without, and
 * when none has after that many seconds.
 */
export function broughtByPeer<T>(
  what: string,
  wanted: Promise<T>,
  seconds = PATIENCE,
): Promise<T> {
  const brought = new Promise<T>((resolve, reject) => {
    const timers = new Set<NodeJS.Timeout>();
    const later = (milliseconds: number, act: () => void): void => {
      timers.add(setTimeout(act, milliseconds));
    };
    const giveUp = (): void => {
      const words = [...peers].map((peer) => peer.describe()).join("\n");
      reject(
        new Error(`waited in vain for ${what}\n${words || "no peer ran"}`),
      );
    };
    const wait = {
      onEnd: () => {
        if (![...peers].every((peer) => peer.hasEnded())) return;
        // Twice: what came while this process was busy is read between.
        later(AFTERMATH, () => {
          later(100, giveUp);
        });
      },
      cancel: () => {
        waits.delete(wait);
        for (const timer of timers) clearTimeout(timer);
      },
    };
    waits.add(wait);
    later(seconds * 1000, giveUp);
    wanted.then(resolve, reject).finally(wait.cancel);
  });
  // A test may end without asking.
  brought.catch(() => undefined);
  return brought;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started program. What it prints is its log, or data from standard output. */
export class PeerProcess {
  /** Settles when the process has ended and its output is complete. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #command: string;
  readonly #output: Uint8Array[] = [];
  #outputLength = 0;
  #log = "";
  #wake: () => void = () => undefined;
  #end: Ended | undefined;

  constructor(
    command: string,
    args: readonly string[],
    standardOutputIs: "data" | "log" = "data",
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#command = [command, ...args].join(" ");
    this.#child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      // Options for this Node are not meant for a Node that is a peer.
      env: { ...process.env, NODE_OPTIONS: "", ...environment },
    });
    peers.add(this);
    const addToLog = (text: string): void => {
      this.#log += text;
      this.#wake();
    };
    this.#child.stderr.setEncoding("latin1").on("data", addToLog);
    if (standardOutputIs === "log")
      this.#child.stdout.setEncoding("latin1").on("data", addToLog);
    else
      this.#child.stdout.on("data", (chunk: Uint8Array) => {
        this.#output.push(chunk);
        this.#outputLength += chunk.length;
        this.#wake();
      });
    // A peer that ends early closes its input; `ended` tells the reason.
    this.#child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      const finish = (end: Ended): void => {
        this.#end = end;
        this.#wake();
        if (peers.has(this)) for (const { onEnd } of waits) onEnd();
        resolve(end);
      };
      this.#child.once("error", (error) => {
        this.#log += `\n${error.message}`;
        finish({ code: null, signal: null });
      });
      this.#child.once("close", (code, signal) => {
        finish({ code, signal });
      });
    });
  }

  /** All of standard output so far. */
  output(): Uint8Array {
    return concatAll(this.#output);
  }

  /** All of its log so far. It comes late by a pipe: `logged` or `exit` first. */
  log(): string {
    return this.#log;
  }

  write(data: Uint8Array | string): void {
    this.#child.stdin.write(data);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Sends all that the process writes back to its input. */
  echo(): void {
    // Not pipe(): it would stop reading while the peer is busy writing, and
    // peers with one blocking loop would then wait for ever.
    this.#child.stdout.on("data", (chunk: Uint8Array) => {
      this.#child.stdin.write(chunk);
    });
  }

  /** Gives what it prints as it comes. */
  onOutput(take: (bytes: Uint8Array) => void): void {
    this.#child.stdout.on("data", take);
  }

  /** Asks it to end. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  /** Ends it at once, and whatever it started. */
  kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    // The number of one that has ended may be another's by now.
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const tree = processTree(pid);
    // Stopped first, so that none of them can say that another has died.
    for (const signal of ["SIGSTOP", "SIGKILL"] as const)
      for (const one of tree)
        try {
          process.kill(one, signal);
        } catch {
          // It has ended since.
        }
  }

  hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Waits until that much came out, or the process ended. */
  async outputReaches(length: number): Promise<void> {
    await this.#until(
      () => this.#outputLength >= length || this.hasEnded(),
      () => `${String(length)} bytes, got ${String(this.#outputLength)}`,
    );
  }

  /** Waits until its output has that text somewhere, or the process ended. */
  async prints(text: string): Promise<void> {
    await this.#until(
      () => latin1(this.output()).includes(text) || this.hasEnded(),
      () => `${text} in its output`,
    );
  }

  /**
   * Waits for its log to match.
   *
   * @throws Error when the process ends without, or the time is up
   */
  async logged(pattern: RegExp): Promise<void> {
    const what = (): string => `${String(pattern)} in its log`;
    await this.#until(() => pattern.test(this.#log) || this.hasEnded(), what);
    if (!pattern.test(this.#log)) throw this.#complaint(what());
  }

  /** Waits for its end. */
  async exit(): Promise<Ended> {
    await this.#until(
      () => this.hasEnded(),
      () => "its end",
    );
    return this.ended;
  }

  async #until(done: () => boolean, what: () => string): Promise<void> {
    const deadline = Date.now() + PATIENCE * 1000;
    while (!done()) {
      const left = deadline - Date.now();
      if (left <= 0) throw this.#complaint(what());
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Describes its state and its last output, for failures. */
  describe(): string {
    const state =
      this.#end === undefined
        ? "still runs"
        : `ended with ${this.#end.signal ?? `exit code ${String(this.#end.code)}`}`;
    return `${this.#command}\nThe process ${state}; its log ends with\n${this.#log.slice(-2000)}`;
  }

  #complaint(what: string): Error {
    return new Error(`waited in vain for ${what} of: ${this.describe()}`);
  }
}

/** Starts a server on a free port and waits until it listens. */
export async function startServer(
  start: (port: number) => PeerProcess,
): Promise<{ readonly server: PeerProcess; readonly port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = start(port);
    const deadline = Date.now() + PATIENCE * 1000;
    while (
      !(await keepsListening(port)) &&
      !server.hasEnded() &&
      Date.now() < deadline
    )
      await sleep(10);
    if (!server.hasEnded() && isListening(port)) return { server, port };
    server.kill();
    // Between the choice and the bind another program may take the port.
    if (/address already in use/i.test(server.log()) && attempt < 5) continue;
    throw new Error(
      `a server did not listen on port ${String(port)}; it said\n${server.log()}`,
    );
  }
}

/** Another process that looks for a free port listens on it for a moment. */
async function keepsListening(port: number): Promise<boolean> {
  if (!isListening(port)) return false;
  await sleep(30);
  return isListening(port);
}
