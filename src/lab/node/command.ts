/** A client that is started by a command, once for each run. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { LabError } from "../errors.ts";
import type { LabConnection, Opponent } from "../peers/opponent.ts";
import { SocketConnection } from "./socket.ts";

/** Options of {@link clientByCommand}. */
export interface CommandOptions {
  /** A command line for the shell; `{port}` and `{host}` are filled in. */
  readonly command: string;
  /** Milliseconds until it has to connect. Default 10000. */
  readonly timeout?: number;
  /** The name in reports. Default: the first word of the command. */
  readonly name?: string;
}

/**
 * A client to play scenarios of a server against: the command is started for each run, and
 * ended with it. It has to connect to 127.0.0.1 and the port, ask for `localhost`, and to
 * trust `labAuthorityPem()`, unless it is to refuse that. Needs a shell.
 *
 * @example
 * ```ts
 * import { play, scenario } from "puretls/lab";
 * import { clientByCommand } from "puretls/lab/node";
 *
 * // A command that connects to nobody.
 * const client = clientByCommand({ command: "exit 0", timeout: 2000 });
 * const one = scenario("tls13", "server").skip("finished").expectSilence(100);
 * const { verdict } = await play(one, client);
 * await client.close();
 * if (verdict !== "error") throw new Error();
 * ```
 */
export function clientByCommand(options: CommandOptions): Opponent {
  const { command, timeout = 10_000 } = options;
  const [word = "a command"] = command.trim().split(/\s+/);
  const started = new Started(command, timeout);
  return {
    role: "client",
    name: options.name ?? word,
    serverName: "localhost",
    connect: () => started.connect(),
    close: () => started.close(),
  };
}

class Started {
  readonly #command: string;
  readonly #timeout: number;
  #server: Promise<Server> | undefined;
  readonly #children = new Set<ChildProcess>();
  #onSocket: ((socket: Socket) => void) | undefined;

  constructor(command: string, timeout: number) {
    this.#command = command;
    this.#timeout = timeout;
  }

  async connect(): Promise<LabConnection> {
    const server = await (this.#server ??= this.#listen());
    const address = server.address();
    if (address === null || typeof address === "string")
      throw new LabError("the listener has no port");
    const command = this.#command
      .replaceAll("{port}", `${address.port}`)
      .replaceAll("{host}", "127.0.0.1");
    return new Promise((resolve, reject) => {
      const child = spawn(command, {
        shell: true,
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
      });
      this.#children.add(child);
      const accept = (socket: Socket): void => {
        this.#onSocket = undefined;
        clearTimeout(timer);
        socket.once("close", () => this.#end(child));
        resolve(new SocketConnection(socket));
      };
      const fail = (why: string): void => {
        this.#end(child);
        // Of another run, which this one has nothing to do with any more.
        if (this.#onSocket !== accept) return;
        this.#onSocket = undefined;
        clearTimeout(timer);
        reject(new LabError(why));
      };
      const timer = setTimeout(() => {
        fail(`the command did not connect within ${this.#timeout} ms`);
      }, this.#timeout);
      child.once("error", (error) => fail(error.message));
      child.once("exit", (code) => {
        // What it has started may go on, and its connection may be under way.
        setTimeout(() => {
          fail(`the command ended with ${code ?? "a signal"}, unconnected`);
        }, LATE_CONNECTION);
      });
      this.#onSocket = accept;
    });
  }

  async close(): Promise<void> {
    for (const child of this.#children) endGroup(child);
    this.#children.clear();
    const server = await this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  #end(child: ChildProcess): void {
    if (this.#children.delete(child)) endGroup(child);
  }

  #listen(): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        if (this.#onSocket === undefined) socket.destroy();
        else this.#onSocket(socket);
      });
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => resolve(server));
    });
  }
}

/** Milliseconds in which a connection may come of a command that has ended. */
const LATE_CONNECTION = 200;

/** Ends a command with all that it has started. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
