/** Life after the handshake, the same for both roles: RFC 8446 4.6.3. */
import type { Secret } from "../../bytes.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { VerifiedFinished } from "../authentication/signatures-and-finished.ts";
import type { ConnectionInfo, HandshakeIo } from "../machine/io.ts";
import type { TrafficSecret } from "../keys/key-schedule13.ts";
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
  /** exporter_master_secret, RFC 8446 7.5. */
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
  const readSecret = state.readSecret.update();
  io.setReadKeys(applicationKeys(state, readSecret));
  io.emit({ type: "key_update", direction: "read" });
  // RFC 8446 4.6.3: an answer is due "prior to sending its next Application
  // Data record", and one is enough for all that were asked for in between.
  const owesKeyUpdate = state.owesKeyUpdate === true || message.updateRequested;
  return { ...state, readSecret, owesKeyUpdate };
}

/** Tells whether new write keys are due before the next application data. */
export function owesKeyUpdate(state: object): boolean {
  return "owesKeyUpdate" in state && state.owesKeyUpdate === true;
}

/** This side wants new write keys: its program does, or the old are worn out. */
export function onUpdateKeys<S extends Connected13>(
  state: S,
  command: Commands["update_keys"],
  io: HandshakeIo,
): S {
  io.send(encodeKeyUpdate(command.askPeer));
  const writeSecret = state.writeSecret.update();
  io.setWriteKeys(applicationKeys(state, writeSecret));
  io.emit({ type: "key_update", direction: "write" });
  return { ...state, writeSecret, owesKeyUpdate: false };
}
