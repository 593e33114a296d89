import { Agent as HttpsAgent } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "../connect.ts";
import type { ConnectionOptions } from "../socket-options.ts";

/** Sessions of that many servers are kept. */
const MAX_SESSIONS = 100;

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
  readonly #sessions = new Map<string, Buffer>();

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
    // Before the agent's own listener, which keeps no socket that is destroyed.
    if (isOfOne) socket.once("free", () => socket.destroy());
    else
      socket.on("session", (newest: Buffer) => {
        this.#keep(name, newest);
      });
    socket.once("close", (hadError: boolean) => {
      if (hadError) this.#sessions.delete(name);
    });
    return socket;
  }

  #keep(name: string, session: Buffer): void {
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) return;
      this.#sessions.delete(oldest);
    }
  }
}

/** The name in SNI is the host, unless it is an address or one is named. */
function connectionOptions(given: object): ConnectionOptions {
  const options: ConnectionOptions = { ...given };
  const { host, servername } = options;
  if (servername !== undefined || !host || isIP(host) !== 0) return options;
  return { ...options, servername: host };
}
