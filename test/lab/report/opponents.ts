/** Servers of a stack as opponents: one process for all connections, or one for each. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import type { Opponent } from "../../../src/lab/index.ts";
import { connectTo } from "../../../src/lab/node/index.ts";

/** A port that is free now. */
async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function start(command: string, port: number): ChildProcess {
  return spawn(
    "sh",
    ["-c", `exec ${command.replaceAll("{port}", String(port))}`],
    {
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
}

/** Waits until somebody listens, by a look at the kernel's table: a connection would be one. */
async function listens(
  port: number,
  child: ChildProcess,
  tables: () => string,
): Promise<boolean> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")} 0`;
  for (let i = 0; i < 500 && child.exitCode === null; i++) {
    const isThere = tables()
      .split("\n")
      .some((line) => line.includes(wanted) && / 0A /.test(line));
    if (isThere) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** A server that lasts, with its port. */
export interface Lasting extends Opponent {
  port(): Promise<number>;
}

/** A server that serves many connections; it is started anew where it has died. */
export function lasting(command: string, tables: () => string): Lasting {
  let running: { child: ChildProcess; port: number } | undefined;
  const ready = async (): Promise<number> => {
    if (
      running !== undefined &&
      running.child.exitCode === null &&
      running.child.signalCode === null
    )
      return running.port;
    const port = await freePort();
    const child = start(command, port);
    running = { child, port };
    await listens(port, child, tables);
    return port;
  };
  return {
    role: "server",
    name: command,
    serverName: "localhost",
    connect: async () =>
      connectTo({
        host: "127.0.0.1",
        port: await ready(),
        serverName: "localhost",
      }).connect(),
    close: () => {
      running?.child.kill("SIGKILL");
      return Promise.resolve();
    },
    port: ready,
  };
}

/** A server that is started for each connection. */
export function single(command: string, tables: () => string): Opponent {
  return {
    role: "server",
    name: command,
    serverName: "localhost",
    connect: async () => {
      const port = await freePort();
      const child = start(command, port);
      await listens(port, child, tables);
      const connection = await connectTo({
        host: "127.0.0.1",
        port,
        serverName: "localhost",
      }).connect();
      return {
        send: (bytes) => connection.send(bytes),
        receive: (patience) => connection.receive(patience),
        end: () => {
          connection.end();
        },
        destroy: () => {
          connection.destroy();
          child.kill("SIGKILL");
        },
      };
    },
    close: () => Promise.resolve(),
  };
}
