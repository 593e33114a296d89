/**
 * The rows and columns that Python's `ssl` defines, played by CPython's
 * SSLSocket against the same peer: the outcome is that of the table.
 * Measured with CPython 3.11 and OpenSSL 3.0.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  describePython,
  DIFFERENCES,
  type Interpreter,
} from "../../oracle/python.ts";
import { testAuthority } from "../../support/pki.ts";
import { act, actEarly } from "./acts.ts";
import { Peer, type Version, WireServer } from "./peer.ts";
import { type Row, ROWS, socketCell } from "./table.ts";

/** Those that wait for the peer; Python's close() waits for nothing. */
const COLUMNS = ["handshake", "recv", "unwrap", "then recv"] as const;

/** The result in CPython with OpenSSL 3.0, where it differs. */
function inPython(
  interpreter: Interpreter,
  column: (typeof COLUMNS)[number],
  row: Row,
  suppress: boolean,
): string {
  // It has nothing that tells the two ends apart.
  const ours = socketCell(column, row, suppress).replace("truncated", "end");
  const isReset = row === "RST" && column.endsWith("recv");
  if (isReset && DIFFERENCES.resetIsAnEnd(interpreter))
    return suppress ? "end" : "SSLEOFError None";
  return ours;
}

class Child {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: {
    readonly resolve: (line: string) => void;
    readonly reject: (reason: Error) => void;
  }[] = [];

  constructor({ program, env }: Interpreter) {
    const user = fileURLToPath(new URL("user.py", import.meta.url));
    this.#child = spawn(program, [user, testAuthority().pem], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#waiting.shift()?.resolve(line);
    });
    // Whoever waits is told at once; what it said stands on stderr.
    this.#child.on("exit", (code) => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`user.py ended with ${String(code)}`));
    });
  }

  /** The next line of its output. */
  next(): Promise<string> {
    if (this.#child.exitCode !== null)
      return Promise.reject(new Error("user.py has ended"));
    return new Promise((resolve, reject) =>
      this.#waiting.push({ resolve, reject }),
    );
  }

  say(request: object): void {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  end(): void {
    this.#child.stdin.end();
  }
}

describePython("how a connection ends", (interpreter) => {
  let child: Child;
  beforeAll(() => {
    child = new Child(interpreter);
  });
  afterAll(() => {
    child.end();
  });

  async function play(
    version: Version,
    column: (typeof COLUMNS)[number],
    row: Row,
    suppress: boolean,
  ): Promise<string> {
    const server = new WireServer();
    const port = await server.open();
    const arriving = server.next();
    const outcome = child.next();
    child.say({ port, version, column, suppress });
    const wire = await arriving;
    server.close();
    const peer = new Peer("server", version, wire);
    try {
      if (column === "handshake") await actEarly(row, peer);
      else {
        await peer.handshake();
        await act(row, peer);
      }
      return await outcome;
    } finally {
      await peer.end();
    }
  }

  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    for (const column of COLUMNS)
      it.each(ROWS)(`${version}, in ${column}: %s`, async (row) => {
        // SSL_shutdown() is told "done", or EOF, by what came with the alert.
        if (row === "a fatal alert" && column === "unwrap") return;
        for (const suppress of [true, false]) {
          const theirs = await play(version, column, row, suppress);
          expect(theirs).toBe(inPython(interpreter, column, row, suppress));
        }
      });
});
