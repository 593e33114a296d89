import { Agent as HttpsAgent } from "node:https";
import { isIP } from "node:net";
import { nextTick } from "node:process";
import type { Duplex } from "node:stream";
import { connect } from "../connect.ts";
import { KeptSessions } from "./kept-sessions.ts";
import type { ConnectionOptions } from "../socket-options.ts";

/**
 * An agent for `https.request()` whose connections are puretls's, with the options of
 * Node's `https.Agent`. Sessions are resumed. A connection whose server was accepted by
 * a request's own `checkServerIdentity` serves no other request.
 *
 * @example
 * ```ts
 * import { request } from "node:https";
 * import { Agent } from "puretls/node-tls";
 *
 * const agent = new Agent({ keepAlive: true, minVersion: "TLSv1.3" });
 * const outgoing = request("https://localhost:1/", { agent });
 * outgoing.on("error", () => undefined);
 * outgoing.destroy();
 * agent.destroy();
 * ```
 */
export class Agent extends HttpsAgent {
  readonly #sessions = new KeptSessions();
  /** Options by the request that came with them. */
  readonly #asked = new WeakMap<object, unknown>();

  /** Node's own: finds a connection for a request, now or when one is free. */
  addRequest(request: object, ...options: readonly unknown[]): void {
    this.#asked.set(request, options[0]);
    callNode("addRequest", this, [request, ...options]);
  }

  /**
   * Node's own: makes a connection for a request. To one that has waited Node gives the
   * options of the request before it, whose `checkServerIdentity` is not its own.
   */
  createSocket(request: object, options: unknown, done: unknown): void {
    const own = this.#asked.get(request);
    const given = typeof own === "object" && own !== null ? own : options;
    callNode("createSocket", this, [request, given, done]);
  }

  /** Makes a connection for a request, with the options of both. */
  override createConnection(
    ...[given]: Parameters<HttpsAgent["createConnection"]>
  ): Duplex {
    const options = connectionOptions(given);
    const { checkServerIdentity } = options;
    const isOfOne =
      checkServerIdentity !== undefined &&
      checkServerIdentity !== this.options.checkServerIdentity;
    const name = this.getName(given);
    const session = isOfOne ? undefined : this.#sessions.get(name);
    const socket = connect({
      ...options,
      ...(options.session === undefined &&
        session !== undefined && { session }),
    });
    if (isOfOne) destroyOnceServed(socket);
    else
      socket.on("session", (newest: Buffer) => {
        this.#sessions.keep(name, newest);
      });
    socket.once("close", (hadError: boolean) => {
      if (hadError) this.#sessions.drop(name);
    });
    return socket;
  }
}

/** Calls a method of Node's agent that its types lack. */
function callNode(name: string, agent: HttpsAgent, given: unknown[]): void {
  const method: unknown = Reflect.get(HttpsAgent.prototype, name);
  if (typeof method === "function") Reflect.apply(method, agent, given);
}

/**
 * Lets no second request have that socket. The agent calls a new one free at once, to
 * give it to a request that has waited: what comes in a later turn is meant.
 */
function destroyOnceServed(socket: Duplex): void {
  nextTick(() => {
    // Before the agent's own listener, which keeps no socket that is destroyed.
    socket.prependOnceListener("free", () => socket.destroy());
  });
}

/** The name in SNI is the host, unless it is an address or one is named. */
function connectionOptions(given: object): ConnectionOptions {
  const options: ConnectionOptions = { ...given };
  const { host, servername } = options;
  if (servername !== undefined || !host || isIP(host) !== 0) return options;
  return { ...options, servername: host };
}
