import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { ServerConfig } from "../config.ts";
import type { HandshakeIo } from "../io.ts";
import type { Session } from "../session.ts";

/** Keeps a session under an id, here or where the engine's holder keeps it. */
export function keep(
  store: ServerConfig["sessionStore"],
  id: Uint8Array,
  session: Session,
  io: HandshakeIo,
): void {
  if (store === "ask") {
    io.emit({ type: "store_session", id: id.slice(), session });
    return;
  }
  try {
    store?.put(id, session);
  } catch (error) {
    throw new TlsError(reason.callback_failed, {
      detail: "session store",
      cause: error,
    });
  }
}
