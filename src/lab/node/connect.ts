/** A server at a host and a port. */
import { connect, isIP } from "node:net";
import { LabError } from "../errors.ts";
import type { LabConnection, Opponent } from "../peers/opponent.ts";
import { SocketConnection } from "./socket.ts";

/** Options of {@link connectTo}. */
export interface ConnectToOptions {
  readonly host: string;
  readonly port: number;
  /** The name to ask for. Default: the host, where it is no address. */
  readonly serverName?: string;
  /** Milliseconds for a connection of TCP. Default 5000. */
  readonly timeout?: number;
  /** Called with each new connection before TLS, as for STARTTLS. */
  readonly prepare?: (connection: LabConnection) => Promise<void>;
}

/**
 * A server to play scenarios against: each run makes a connection of its own. Its
 * certificate is not judged. Only test servers that you may test.
 *
 * @example
 * ```ts
 * import { play, scenario } from "puretls/lab";
 * import { connectTo } from "puretls/lab/node";
 *
 * const server = connectTo({ host: "127.0.0.1", port: 1, timeout: 500 });
 * const result = await play(scenario("tls13").expectConnected(), server);
 * // Nobody listens there.
 * if (result.verdict !== "error") throw new Error();
 * ```
 */
export function connectTo(options: ConnectToOptions): Opponent {
  const { host, port, timeout = 5000, prepare } = options;
  const serverName =
    options.serverName ?? (isIP(host) === 0 ? host : "localhost");
  return {
    role: "server",
    name: `${host}:${port}`,
    serverName,
    connect: async () => {
      const connection = await reach(host, port, timeout);
      await prepare?.(connection);
      return connection;
    },
    close: () => Promise.resolve(),
  };
}

function reach(
  host: string,
  port: number,
  timeout: number,
): Promise<SocketConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new LabError(`no connection within ${timeout} ms`));
    }, timeout);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve(new SocketConnection(socket));
    });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(new LabError(error.message));
    };
    socket.once("error", fail);
  });
}
