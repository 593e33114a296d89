/** Parts of a connection, and checks that a context fits it. */
import { asksLater } from "../../handshake/config/client-authentication.ts";
import type {
  ClientConfig,
  ServerConfig,
} from "../../handshake/config/config.ts";
import type { ConnectionInfo } from "../../handshake/machine/io.ts";
import type { EchClient } from "../../handshake/config/ech-interfaces.ts";
import { Protocol } from "../constants.ts";
import type { SSLContext } from "../context/context-type.ts";
import type { SSLSession } from "../context/session.ts";
import type { Settings } from "../context/settings.ts";
import { type SSLError, stateError } from "../errors/errors.ts";
import { refusedRequest } from "../errors/state-errors.ts";
import type { Timers } from "../platform/timers.ts";

/** Parts of a connection. */
export interface ConnectionOptions {
  readonly context: SSLContext;
  readonly serverSide: boolean;
  /** As it was checked; null: none. */
  readonly serverHostname: string | null;
  /** Bound the time of stores and registers. Default: the runtime's. */
  readonly timers?: Timers;
  /** On a client: to resume. */
  readonly session?: SSLSession | null;
  /** On a client: in place of the context's. */
  readonly encryptedClientHello?: EchClient | null;
}

/** The stages of a certificate request after the handshake, RFC 9846 4.7.2. */
export type PostHandshakeAuthOutcome =
  "requested" | "authenticated" | "anonymous";

/** The end of a connection, as a context has to fit it. */
export interface ContextUse {
  readonly serverSide: boolean;
  readonly serverHostname: string | null;
}

/**
 * Refuses a context made for the other role: a client would verify nobody by
 * the rules of a server's.
 *
 * @throws SSLError ERR_SSL_WRONG_ROLE
 */
export function requireRole(
  { protocol }: SSLContext,
  { serverSide }: Pick<ContextUse, "serverSide">,
): void {
  if (serverSide && protocol === Protocol.PROTOCOL_TLS_CLIENT)
    throw wrongRole("server", "TLS_CLIENT");
  if (!serverSide && protocol === Protocol.PROTOCOL_TLS_SERVER)
    throw wrongRole("client", "TLS_SERVER");
}

/**
 * Refuses to verify a server without a name where the settings want one.
 *
 * @throws TypeError without `serverHostname` where `checkHostname` is on
 */
export function requireHostname(
  { checkHostname }: Settings,
  { serverSide, serverHostname }: ContextUse,
): void {
  if (!serverSide && checkHostname && serverHostname === null)
    throw new TypeError("checkHostname requires serverHostname");
}

/**
 * Checks that a server may ask for a certificate after the handshake.
 *
 * @throws SSLError as Python does, by what stands against it
 */
export function requireMayAsk({
  serverSide,
  info,
  rules,
}: {
  readonly serverSide: boolean;
  readonly info: ConnectionInfo | undefined;
  readonly rules: { readonly config: ClientConfig | ServerConfig } | undefined;
}): void {
  if (info?.version !== "TLSv1.3") throw refusedRequest("WRONG_SSL_VERSION");
  if (!serverSide) throw refusedRequest("NOT_SERVER");
  if (info.clientHello?.extensions.post_handshake_auth === undefined)
    throw refusedRequest("EXTENSION_NOT_RECEIVED");
  const config = rules?.config;
  if (config?.role !== "server" || !asksLater(config.clientAuthentication))
    throw refusedRequest("INVALID_CONFIG");
}

function wrongRole(role: string, protocol: string): SSLError {
  return stateError(
    "ERR_SSL_WRONG_ROLE",
    `Cannot create a ${role} socket with a PROTOCOL_${protocol} context`,
  );
}

/** RFC 6066 3: the name in server_name stands "without a trailing dot". */
export function withoutTrailingDot(name: string | null): string | undefined {
  return name?.endsWith(".") ? name.slice(0, -1) : (name ?? undefined);
}

/** The outcome of a request for a certificate after the handshake. */
export function outcomeOf({
  peer,
  peerRawPublicKey,
}: ConnectionInfo): PostHandshakeAuthOutcome {
  return peer === undefined && peerRawPublicKey === undefined
    ? "anonymous"
    : "authenticated";
}
