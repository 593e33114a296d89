/** A connection that has failed is forgotten: its keys, secrets and sessions. */
import { RAISE_NEED } from "../promises.ts";
import type { TlsError } from "../errors.ts";
import type { ServerConfig } from "../handshake/config/config.ts";
import type { Session } from "../handshake/sessions/session.ts";
import type { ConnectionState } from "./connection-state.ts";
import { endWith } from "./alerts.ts";
import { wipeState } from "./clone-state.ts";
import type { EventQueue } from "./events.ts";
import type { Flags, Parts } from "./parts.ts";

/** Ends a connection by what was thrown: with its alert, and for good. */
export function endConnection(
  thrown: unknown,
  state: ConnectionState,
  parts: Parts,
  flags: Flags,
  events: EventQueue,
): void {
  const { writeClosed } = flags;
  const error = endWith(thrown, parts.write, flags);
  forget(parts, state, events, { error, writeClosed });
  events.push({ type: "failed", error });
}

/**
 * Drops the keys of both directions and overwrites the secrets of the handshake.
 * Where a fatal alert ended the connection, in either direction, its sessions
 * are forgotten too (RFC 5246 7.2.2, RFC 9846 6.2): those in a server's store
 * are taken out, and a client is told of the one that it offered; a ticket that
 * a client holds cannot be taken back. After an end without close_notify RFC
 * 5246 7.2.1 allows a session to be resumed; OpenSSL's servers drop it unless
 * they have sent their own close_notify (`ssl_clear_bad_session`), and its
 * clients, as Python has them, do not: so does this one.
 *
 * @param end the error, and whether this side had sent close_notify before
 */
function forget(
  { read, write }: Parts,
  state: ConnectionState,
  events: EventQueue,
  end: { readonly error: TlsError; readonly writeClosed: boolean },
): void {
  const { alert, reason } = end.error;
  const byAlert = alert !== undefined && alert !== "close_notify";
  const isBad = reason === "truncated" && !end.writeClosed;
  if (byAlert || isBad) forgetStored(state, events);
  const session = byAlert ? offeredSession(state) : undefined;
  if (session !== undefined) events.push({ type: "session_ended", session });
  write.forget();
  read.forget();
  // [5246-7.2.2-01] [9846-6-03a]
  wipeState(state);
}

// [5246-7.2-01] [9846-6-03b]
/** A server's sessions, whether the handshake was done or not. */
function forgetStored(state: ConnectionState, events: EventQueue): void {
  const holder = "connected" in state ? state.connected : state;
  if (!("storedIds" in holder)) return;
  for (const id of holder.storedIds)
    forgetId(holder.config.sessionStore, id, events);
}

function forgetId(
  store: ServerConfig["sessionStore"],
  id: Uint8Array,
  events: EventQueue,
): void {
  if (store === RAISE_NEED) {
    events.push({ type: "forget_session", id });
    return;
  }
  try {
    // [5246-7.2.2-02]
    store?.take(id);
  } catch {
    // A store that fails has nothing to forget it by.
  }
}

/** The session that a client offered and that no ServerHello declined. */
function offeredSession(state: ConnectionState): Session | undefined {
  switch (state.machine) {
    case "clientHello": {
      if (state.at === "WAIT_PSK") return undefined;
      const hello = state.ech?.inner?.hello ?? state.hello;
      const psk = hello.psks.find(({ kind }) => kind === "resumption");
      return (
        hello.session12?.session ??
        (psk?.kind === "resumption" ? psk.session : undefined)
      );
    }
    case "client12":
      return "peer" in state && state.peer.by === "session"
        ? state.peer.resumed.session
        : undefined;
    case "client13": {
      const holder = "connected" in state ? state.connected : state;
      const chosen =
        "peer" in holder && "psk" in holder.peer
          ? holder.peer.psk
          : "psk" in holder
            ? holder.psk
            : undefined;
      return chosen?.psk.kind === "resumption" ? chosen.psk.session : undefined;
    }
    default:
      return undefined;
  }
}
