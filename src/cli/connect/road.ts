/** The way to a server: an address, a socket of this system, a proxy. */
import { once } from "node:events";
import { request } from "node:http";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { printable } from "../../bytes.ts";
import { fromNodeSocket } from "../../net/node.ts";
import type { Transport } from "../../ssl/socket/transport.ts";
import { CommandError, readAddress } from "../command.ts";
import type { Values } from "./options.ts";
import { askSocks } from "./socks.ts";

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Proxy extends Address {
  readonly kind: "http" | "socks5";
}

/** The way that a connection goes, whoever is expected at its end. */
export interface Road {
  open(signal: AbortSignal): Promise<Transport>;
}

/** @throws CommandError for options that contradict each other */
export function readRoad(values: Values, target: Address): Road {
  const { unix, proxy: proxyUrl, ipv4, ipv6 } = values;
  if (ipv4 === true && ipv6 === true)
    throw new CommandError("-4 and -6 contradict each other");
  const to = values["connect-to"];
  const given = Object.entries({
    "--unix": unix,
    "--connect-to": to,
    "--proxy": proxyUrl,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (unix !== undefined && given.length > 1)
    throw new CommandError(`${given.join(" and ")} contradict each other`);
  if (unix !== undefined) return directly({ path: unix });
  const { host, port } = target;
  const address = to === undefined ? { host, port } : readAddress(to, port);
  const family = ipv4 === true ? 4 : ipv6 === true ? 6 : 0;
  if (proxyUrl === undefined) return directly({ ...address, family });
  return through(readProxy(proxyUrl), address, family);
}

function directly(where: NetConnectOpts): Road {
  return { open: async (signal) => fromNodeSocket(await call(where, signal)) };
}

function through(proxy: Proxy, to: Address, family: number): Road {
  const { host, port } = proxy;
  return {
    open: async (signal) => {
      const socket = await call({ host, port, family }, signal);
      if (proxy.kind === "http") return askHttp(socket, to, signal);
      const transport = fromNodeSocket(socket);
      const stop = (): void => {
        transport.abort(signal.reason);
      };
      signal.addEventListener("abort", stop);
      try {
        await askSocks(transport, to);
        return transport;
      } catch (error) {
        transport.abort();
        throw error;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

async function call(
  where: NetConnectOpts,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({ ...where, allowHalfOpen: true, noDelay: true });
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : error;
  }
}

/** RFC 9110 9.3.6, by Node's own HTTP client. */
async function askHttp(
  socket: Socket,
  to: Address,
  signal: AbortSignal,
): Promise<Transport> {
  const path = `${bracketed(to.host)}:${to.port}`;
  const asked = request({
    method: "CONNECT",
    path,
    headers: { host: path },
    createConnection: () => socket,
    signal,
  });
  const answered = new Promise<Transport>((resolve, reject) => {
    asked.once("error", reject);
    asked.once("response", (response) => {
      reject(refusal(response.statusCode));
    });
    asked.once("connect", (response, tunnel: Socket, head: Uint8Array) => {
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) reject(refusal(statusCode));
      const transport = fromNodeSocket(tunnel);
      if (head.length > 0) transport.unread(Uint8Array.from(head));
      resolve(transport);
    });
  });
  asked.end();
  try {
    return await answered;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : error;
  }
}

function refusal(status = 0): Error {
  return new Error(`--proxy: the proxy answered ${status}, not 200`);
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function readProxy(text: string): Proxy {
  const match = /^(http|socks5):\/\/([^/@]+)\/?$/.exec(text);
  const [, kind = "", address] = match ?? [];
  if (kind !== "http" && kind !== "socks5")
    throw new CommandError(
      `--proxy takes http://HOST:PORT or socks5://HOST:PORT, not "${printable(text)}"`,
    );
  return { kind, ...readAddress(address, kind === "http" ? 8080 : 1080) };
}
