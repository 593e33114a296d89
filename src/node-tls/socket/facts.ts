import type { Connection } from "../../ssl/connection/connection.ts";
import { SSLConnection } from "../../ssl/connection/ssl-connection.ts";
import type { NodeSocket } from "../../net/node-socket.ts";

/**
 * Answers questions about a connection: certificates, session, suite, keys to export.
 * Callbacks of the context (`sniCallback`, `onSession`) get it as the connection.
 */
export class SocketFacts extends SSLConnection {
  /** The socket that it belongs to. */
  readonly socket: NodeSocket;

  constructor(connection: Connection, socket: NodeSocket) {
    super(connection);
    this.socket = socket;
  }
}
