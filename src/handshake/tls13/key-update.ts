/** Life after the handshake, the same for both roles: RFC 9846 4.7.3. */
import type { Secret } from "../../bytes.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { VerifiedFinished } from "../authentication/signatures-and-finished.ts";
import type { ConnectionInfo, HandshakeIo } from "../machine/io.ts";
import type { Side, TrafficSecret } from "../keys/key-schedule13.ts";
import type { Commands } from "../machine/transitions.ts";
import { encodeKeyUpdate, type KeyUpdate } from "../messages/key-update.ts";
import { applicationKeys } from "./secrets.ts";

/** Members of a connection of TLS 1.3 once the handshake is done. */
export interface Connected13 {
  readonly config: ClientConfig | ServerConfig;
  readonly info: ConnectionInfo;
  readonly suite: CipherSuite13;
  readonly readSecret: TrafficSecret;
  readonly writeSecret: TrafficSecret;
  /** exporter_secret, RFC 9846 7.5. */
  readonly exporter: Secret;
  /** Nobody gets here without the peer's Finished. */
  readonly finished: VerifiedFinished;
  /** The peer asked for new write keys and has not got them yet. */
  readonly owesKeyUpdate?: boolean;
}

/** The peer has new write keys, and may want us to have them too. */
export function onKeyUpdate<S extends Connected13>(
  state: S,
  message: KeyUpdate,
  io: HandshakeIo,
): S {
  // [9846-4.7.3-10]
  const readSecret = state.readSecret.update();
  // [9846-4.7.3-03] [9846-4.7.3-08]
  io.setReadKeys(applicationKeys(state, readSecret));
  io.emit({ type: "key_update", direction: "read" });
  // RFC 9846 4.7.3: an answer is due "prior to sending its next Application
  // Data record", and one is enough for all that were asked for in between.
  const owesKeyUpdate = state.owesKeyUpdate === true || message.updateRequested;
  return { ...state, readSecret, owesKeyUpdate };
}

/**
 * Tells whether new write keys are due before the next application data, after
 * the handshake or while the answer to a late request goes on.
 */
export function owesKeyUpdate(state: object): boolean {
  const holder: object =
    "connected" in state && state.connected instanceof Object
      ? state.connected
      : state;
  return "owesKeyUpdate" in holder && holder.owesKeyUpdate === true;
}

/**
 * This side wants new write keys: its program does, or the old are worn out.
 * RFC 9846 4.7.3: what the peer asked for is answered by an update that asks
 * for nothing, and a request of this side's own is another one behind it.
 */
export function onUpdateKeys<S extends Connected13>(
  state: S,
  { askPeer }: Commands["update_keys"],
  io: HandshakeIo,
): S {
  // [9846-4.7.3-05b]
  const answered = state.owesKeyUpdate ? withNewKeys(state, false, io) : state;
  return state.owesKeyUpdate && !askPeer
    ? answered
    : withNewKeys(answered, askPeer, io);
}

function withNewKeys<S extends Connected13>(
  state: S,
  askPeer: boolean,
  io: HandshakeIo,
): S {
  const writeSecret = sendKeyUpdate(state, state.writeSecret, askPeer, io);
  return { ...state, writeSecret, owesKeyUpdate: false };
}

/**
 * Sends a KeyUpdate and takes the keys behind it. RFC 9846 4.7.3: none that
 * leads beyond the last epoch, though the peer asks for it.
 */
export function sendKeyUpdate<S extends Side>(
  side: Pick<Connected13, "config" | "suite">,
  secret: TrafficSecret<S>,
  askPeer: boolean,
  io: HandshakeIo,
): TrafficSecret<S> {
  // [9846-4.7.3-09] [9846-4.7.3-11]
  if (secret.isLast) return secret;
  // [9846-4.7.3-07]
  io.send(encodeKeyUpdate(askPeer));
  const next = secret.update();
  // [9846-4.7.3-02]
  io.setWriteKeys(applicationKeys(side, next));
  io.emit({ type: "key_update", direction: "write" });
  return next;
}
