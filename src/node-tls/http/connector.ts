/** Connections for undici, and for fetch of a dispatcher of it. */
import { connect as connectNet, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "../connect.ts";
import { nodeError } from "../base/errors.ts";
import { KeptSessions } from "./kept-sessions.ts";
import type { ConnectionOptions } from "../socket-options.ts";

/** Milliseconds for a connection, TLS included: undici's own default. */
const TIMEOUT = 10_000;
const KEEP_ALIVE_DELAY = 60_000;

/** Options of {@link createConnector}: those of every connection. */
export type ConnectorOptions = ConnectionOptions & {
  /** Offer HTTP/2, as the option of the same name of undici's Agent. */
  readonly allowH2?: boolean;
};

/** The parts of undici's options of a connection that are read. */
export interface ConnectorTarget {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string | null;
  readonly localAddress?: string | null;
  readonly httpSocket?: Duplex | null;
}

/** The function that undici calls for a connection. */
export type Connector = (
  target: ConnectorTarget,
  done: (...result: [null, Socket] | [Error, null]) => void,
) => void;

/**
 * Makes the option `connect` of undici's `Agent`, `Client` and `Pool`: their
 * connections to https: are puretls's then.
 *
 * @example
 * ```ts
 * import { createConnector } from "puretls/node-tls";
 *
 * const connect = createConnector({ minVersion: "TLSv1.3", allowH2: true });
 * // new Agent({ connect, allowH2: true }) of undici
 * if (typeof connect !== "function") throw new Error();
 * ```
 */
export function createConnector(options: ConnectorOptions = {}): Connector {
  const { allowH2 = false, timeout = TIMEOUT, ...common } = options;
  const sessions = new KeptSessions();
  return (target, done) => {
    const isSecure = target.protocol === "https:";
    const socket = isSecure
      ? secured(target, common, allowH2, sessions)
      : connectNet({
          host: target.hostname,
          port: Number(target.port || 80),
          ...(target.localAddress && { localAddress: target.localAddress }),
        });
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY);
    socket.setNoDelay(true);
    settle(socket, isSecure ? "secureConnect" : "connect", timeout, done);
  };
}

function secured(
  target: ConnectorTarget,
  common: ConnectionOptions,
  allowH2: boolean,
  sessions: KeptSessions,
) {
  const { hostname, localAddress, httpSocket, port } = target;
  const host = hostname.replace(/^\[|\]$/g, "");
  const servername =
    target.servername || common.servername || (isIP(host) === 0 ? host : "");
  const key = `${servername || host}:${port}`;
  const session = common.session ?? sessions.get(key);
  const socket = connect({
    ...common,
    host,
    port: Number(port || 443),
    ...(servername !== "" && { servername }),
    ...(localAddress && { localAddress }),
    ...(httpSocket && { socket: httpSocket }),
    ...(session && { session }),
    ALPNProtocols: allowH2 ? ["h2", "http/1.1"] : ["http/1.1"],
  });
  socket.on("session", (newest: Buffer) => {
    sessions.keep(key, newest);
  });
  return socket;
}

/** Calls back once, with the socket or with what happened first. */
function settle(
  socket: Socket,
  event: "connect" | "secureConnect",
  timeout: number,
  done: (...result: [null, Socket] | [Error, null]) => void,
): void {
  const timer =
    timeout > 0
      ? setTimeout(() => {
          socket.destroy(
            nodeError(
              "UND_ERR_CONNECT_TIMEOUT",
              `the connection was not made in ${String(timeout)} ms (timeout)`,
            ),
          );
        }, timeout)
      : undefined;
  const end = (): void => {
    clearTimeout(timer);
    socket.off("error", onError);
    socket.off(event, onConnect);
  };
  const onConnect = (): void => {
    end();
    done(null, socket);
  };
  const onError = (error: Error): void => {
    end();
    done(error, null);
  };
  socket.once(event, onConnect);
  socket.once("error", onError);
}
