/** Command lines run in this process, with streams that tests look into. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { expect } from "vitest";
import type { Terminal } from "../../src/cli/command.ts";
import { main } from "../../src/cli/main.ts";
import { testAuthority, testClient, testServer } from "../support/pki.ts";

/** A Writable that remembers. */
class Sink extends Writable {
  readonly chunks: Buffer[] = [];
  #watchers: (() => void)[] = [];

  override _write(
    chunk: Buffer,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    this.chunks.push(Buffer.from(chunk));
    for (const watcher of this.#watchers) watcher();
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString("utf8");
  }

  /** Resolves with the match when the text has one. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.text);
        if (match !== null) resolve(match);
      };
      this.#watchers.push(look);
      look();
    });
  }
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
}

export interface Run {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: Readable;
  /** Interrupts the command, as Ctrl-C does. */
  interrupt(): void;
  readonly ended: Promise<Ended>;
}

/** Begins a command; stdin is empty unless given. */
export function start(
  args: readonly string[],
  stdin: Readable = Readable.from([]),
  env: Terminal["env"] = {},
): Run {
  const stdout = new Sink();
  const stderr = new Sink();
  const interrupted = new AbortController();
  const { signal } = interrupted;
  if (running++ === 0) strangers = tcpHandles().length;
  const ended = main(args, { stdin, stdout, stderr, env, signal })
    .finally(() => {
      running--;
    })
    .then((code) => ({
      code,
      out: stdout.text,
      err: stderr.text,
      bytes: stdout.bytes,
    }));
  return {
    stdout,
    stderr,
    stdin,
    interrupt: () => {
      interrupted.abort();
    },
    ended,
  };
}

/** Runs a command to its end. */
export function run(
  args: readonly string[],
  stdin?: Readable | string | Uint8Array,
): Promise<Ended> {
  const readable =
    typeof stdin === "string" || stdin instanceof Uint8Array
      ? Readable.from([Buffer.from(stdin)])
      : stdin;
  return start(args, readable).ended;
}

/** A stdin that stays open, as a terminal's does. */
export function openStdin(): Readable {
  return new Readable({ read: () => undefined });
}

export interface Served extends Run {
  readonly port: number;
  /** HOST:PORT. */
  readonly at: string;
}

/** `puretls serve` on a free port. */
export async function serving(args: readonly string[]): Promise<Served> {
  const server = start(["serve", "0", ...args]);
  const [, port = ""] = await Promise.race([
    server.stdout.until(/listening on 127\.0\.0\.1:(\d+)\n/),
    server.ended.then(({ err }) => Promise.reject(new Error(err))),
  ]);
  return { ...server, port: Number(port), at: `localhost:${port}` };
}

/** Interrupts a server and returns all its output. */
export async function stopped(server: Run): Promise<Ended> {
  server.interrupt();
  const ended = await server.ended;
  expect(ended.code).toBe(0);
  return ended;
}

/** The one line of a server about a connection that failed; then it stops. */
export async function faultOf(server: Run): Promise<string> {
  await server.stderr.until(/\n/);
  return oneLine((await stopped(server)).err);
}

export interface Scratch {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), "puretls-cli-"));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    write: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The tests' authority, server and client as files. */
export function pkiFiles(files: Scratch) {
  const server = testServer();
  const client = testClient();
  return {
    ca: files.write("ca.pem", testAuthority().pem),
    cert: files.write("server.pem", server.certificatePem),
    key: files.write("server.key", server.keyPem),
    clientCert: files.write("client.pem", client.certificatePem),
    clientKey: files.write("client.key", client.keyPem),
    otherKey: files.write("other.key", testServer("ec-p384").keyPem),
  };
}

/** The exit code that goes with what was written to stderr. */
export function codeFor(err: string): number {
  return / \(puretls [a-z]+ --help\)\n$/.test(err) ? 2 : 1;
}

/** Exactly one line, without its end. */
export function oneLine(text: string): string {
  expect(text).toMatch(/^[^\n]+\n$/);
  return text.slice(0, -1);
}

/** Sockets and servers of TCP that this process has. */
export async function openTcpHandles(): Promise<readonly string[]> {
  // A closed handle is gone some turns of the event loop later.
  for (let turn = 0; turn < 50 && tcpHandles().length > strangers; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const open = tcpHandles();
  strangers = Math.min(strangers, open.length);
  return open.slice(strangers);
}

function tcpHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name.startsWith("TCP"));
}

/**
 * Handles that were there before the first of the commands under way: of test
 * files that ran before in this process, and linger.
 */
let strangers = tcpHandles().length;
let running = 0;

/** A port without a listener. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
