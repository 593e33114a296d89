/** Options of a program for one connection when it has a context wrap it. */
import type { EchClient } from "../../handshake/config/ech-interfaces.ts";
import { Protocol } from "../constants.ts";
import { contextState } from "../context/context-state.ts";
import type { SSLContext } from "../context/context-type.ts";
import type { SSLSession } from "../context/session.ts";
import type { Names } from "../names/arguments.ts";
import { serverHostnameOf } from "../names/hostname.ts";
import type { Timers } from "../platform/timers.ts";
import { Connection } from "./connection.ts";
import { requireHostname, requireRole } from "./fitting.ts";

/** The role in a connection, and the peer that is expected. */
export interface WrapOptions {
  /** Default: what the context is for; false for `tls`. */
  readonly serverSide?: boolean;
  /** On a client: a DNS name or an IP literal. */
  readonly serverHostname?: string | null;
  /** On a client: a session of this context to resume. */
  readonly session?: SSLSession | null;
  /**
   * On a client: what `createEchClient()` of `puretls/ech` makes of the host's configs,
   * in place of the context's `encryptedClientHello`.
   */
  readonly encryptedClientHello?: EchClient | null;
}

/** The names of {@link WrapOptions}. */
export const WRAP_OPTIONS: Names<WrapOptions> = {
  serverSide: true,
  serverHostname: true,
  session: true,
  encryptedClientHello: true,
};

/**
 * The connection, with the settings that the context has now.
 *
 * @param timers bound the time of stores and registers; default: the runtime's
 * @throws TypeError, RangeError, SSLError for options that do not fit
 */
export function connectionOf(
  context: SSLContext,
  options: WrapOptions,
  timers: Timers = {},
): Connection {
  const { protocol } = context;
  const { settings } = contextState(context);
  const serverSide =
    options.serverSide ?? protocol === Protocol.PROTOCOL_TLS_SERVER;
  const { serverHostname = null, session = null } = options;
  const { encryptedClientHello = null } = options;
  requireRole(context, { serverSide });
  const ofClients = { serverHostname, session, encryptedClientHello };
  for (const [name, value] of Object.entries(ofClients))
    if (serverSide && value !== null)
      throw new TypeError(`${name} can only be specified in client mode`);
  requireHostname(settings, { serverSide, serverHostname });
  return new Connection({
    context,
    serverSide,
    session,
    encryptedClientHello,
    timers,
    serverHostname:
      serverHostname === null ? null : serverHostnameOf(serverHostname),
  });
}
