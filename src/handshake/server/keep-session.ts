import { RAISE_NEED } from "../../promises.ts";
import type { ServerConfig } from "../config/config.ts";
import type { HandshakeIo } from "../machine/io.ts";
import type { Session } from "../sessions/session.ts";

/**
 * Keeps a session under an id, here or where the engine's holder keeps it. A
 * store that fails costs the resumption, not the connection.
 */
export function keep(
  store: ServerConfig["sessionStore"],
  id: Uint8Array,
  session: Session,
  io: HandshakeIo,
): void {
  if (store === RAISE_NEED) {
    io.emit({ type: "store_session", id: id.slice(), session });
    return;
  }
  try {
    store?.put(id, session);
  } catch {
    // The session is not kept: a full handshake follows next time.
  }
}
