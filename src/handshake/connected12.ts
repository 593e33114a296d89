/** Life after the handshake of TLS 1.2, the same for both roles. */
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { VerifiedFinished } from "./authentication.ts";
import type { CipherSuite12 } from "./cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { ConnectionInfo, HandshakeIo } from "./io.ts";
import type { MasterSecret12, Randoms } from "./key-schedule12.ts";

/** Requests to renegotiate that a peer may make on one connection. */
const MAX_RENEGOTIATIONS = 16;

/** What a connection of TLS 1.2 is made of once the handshake is done. */
export interface Connected12 {
  readonly config: ClientConfig | ServerConfig;
  readonly info: ConnectionInfo;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly master: MasterSecret12;
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
  if (renegotiations > MAX_RENEGOTIATIONS)
    throw new TlsError(reason.too_many_renegotiations);
  io.sendWarning("no_renegotiation");
  return { ...state, renegotiations };
}
