/**
 * The end of a handshake of TLS 1.2, the same for both roles: RFC 5246 7.4.9.
 */
import { unshared } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import type { VerifiedFinished } from "../authentication/signatures-and-finished.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { MainSecret12, Randoms } from "../keys/key-schedule12.ts";
import type { Transcript12 } from "../keys/transcript.ts";
import type { ConnectionInfo, HandshakeIo } from "../machine/io.ts";
import { encodeFinished } from "../messages/finished.ts";
import type { CipherSuite12 } from "../registries/cipher-suites.ts";
import type { Session12 } from "../sessions/session.ts";
import type { DirectionKeys } from "./record-keys.ts";
import * as reason from "../../reasons.ts";

/** A side that has the main secret. */
interface Keyed {
  readonly config: ClientConfig | ServerConfig;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly main: MainSecret12;
  readonly keys: DirectionKeys;
  readonly transcript: Transcript12;
}

// [5246-7.3-04]
/** ChangeCipherSpec, and under the new keys the Finished. */
export function sendFinished12<S extends Keyed>(
  state: S,
  role: "client" | "server",
  io: HandshakeIo,
): S & { readonly ownFinished: Uint8Array } {
  const { main, keys, transcript } = state;
  // [5246-7.1-01]
  io.sendChangeCipherSpec();
  // [5246-7.1-02]
  io.setWriteKeys(keys[role]);
  const digest = transcript.digest();
  const ownFinished =
    role === "client"
      ? main.clientFinished(digest)
      : main.serverFinished(digest);
  const message = encodeFinished(ownFinished);
  io.send(message);
  return { ...state, ownFinished, transcript: transcript.add(message) };
}

/** Protects what the peer sends from here on (RFC 5246 7.1). */
export function onChangeCipherSpec<
  S extends Pick<Keyed, "config" | "keys"> & { readonly at: "WAIT_CCS" },
>(
  state: S,
  _signal: unknown,
  io: HandshakeIo,
): Omit<S, "at"> & { readonly at: "WAIT_FINISHED" } {
  const { keys, config } = state;
  io.setReadKeys(config.role === "client" ? keys.server : keys.client);
  return { ...state, at: "WAIT_FINISHED" };
}

/** Facts that one of the roles alone has, or has under another name. */
type RoleFacts = Pick<
  ConnectionInfo,
  | "group"
  | "pskIdentity"
  | "peerSignatureScheme"
  | "peer"
  | "credential"
  | "alpnProtocol"
  | "serverName"
  | "clientHello"
  | "serverEndPoint"
>;

export interface Ending12 {
  readonly finished: VerifiedFinished;
  readonly resumed: boolean;
  readonly extendedMainSecret: boolean;
  /** RFC 5929 3.1: verify_data of the handshake's first Finished, whose ever. */
  readonly tlsUnique: Uint8Array;
}

/** Tells that the handshake is done; answers what the connection keeps of it. */
export function connected12<C extends ClientConfig | ServerConfig>(
  { config, suite, randoms, main }: Keyed & { readonly config: C },
  ending: Ending12,
  facts: RoleFacts,
  io: HandshakeIo,
): Connected12 & { readonly config: C } {
  const { finished, resumed, extendedMainSecret, tlsUnique } = ending;
  // [7627-5.4-03] [7627-5.4-04]
  const info: ConnectionInfo = {
    version: "TLSv1.2",
    cipherSuite: suite,
    resumed,
    earlyData: "none",
    helloRetried: false,
    ...facts,
    extendedMainSecret,
    // RFC 7627 5.4: a main secret that others may share binds nothing.
    ...(extendedMainSecret && { tlsUnique: unshared(tlsUnique) }),
  };
  io.emit({ type: "handshake_done", info });
  return {
    config,
    info,
    suite,
    randoms,
    main,
    tlsUnique,
    renegotiations: 0,
    finished,
  };
}

/** Members of a session beside those that {@link session12} fills in. */
type SessionRest = Omit<
  Session12,
  "version" | "cipherSuite" | "mainSecret" | "createdAt" | "authenticatedAt"
> & { readonly authenticatedAt: number | undefined };

/**
 * Makes the session that this connection leaves; its peer was authenticated
 * now, or earlier.
 */
export function session12(
  { config, suite, main }: Pick<Keyed, "config" | "suite" | "main">,
  rest: SessionRest,
): Session12 {
  const now = config.provider.now();
  return {
    ...rest,
    version: "TLSv1.2",
    cipherSuite: suite,
    mainSecret: main.session(),
    createdAt: now,
    authenticatedAt: rest.authenticatedAt ?? now,
  };
}

/** Members of a connection of TLS 1.2 once the handshake is done. */
export interface Connected12 {
  readonly config: ClientConfig | ServerConfig;
  readonly info: ConnectionInfo;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly main: MainSecret12;
  /** RFC 5929 3: verify_data of the first Finished of the handshake. */
  readonly tlsUnique: Uint8Array;
  readonly renegotiations: number;
  /** Nobody gets here without the peer's Finished. */
  readonly finished: VerifiedFinished;
}

/**
 * RFC 5246 7.4.1.1 and 7.4.1.2: a HelloRequest to a client, or a ClientHello to
 * a server, is answered with the warning no_renegotiation, and all stays as it
 * was.
 */
export function refuseRenegotiation<S extends Connected12>(
  state: S,
  _message: unknown,
  io: HandshakeIo,
): S {
  const renegotiations = state.renegotiations + 1;
  if (renegotiations > state.config.limits.renegotiations)
    throw new TlsError(reason.too_many_renegotiations, {
      detail: `${renegotiations} requests; puretls refuses each`,
    });
  // [5746-4.2-02]
  io.sendWarning("no_renegotiation");
  return { ...state, renegotiations };
}
