import type { TlsError } from "../errors.ts";
import type { HandshakeEvent, Need } from "../handshake/io.ts";

/** What an engine has to tell, in the order in which it happened. */
export type EngineEvent =
  | HandshakeEvent
  | {
      /** Application data; the array belongs to the caller. */
      readonly type: "data";
      readonly bytes: Uint8Array;
    }
  | {
      /** Nothing goes on before `resume()` has the answer. */
      readonly type: "need";
      readonly need: Need;
    }
  | {
      /** The peer's close_notify: it will send no more data. */
      readonly type: "peer_closed";
    }
  | {
      /** The end. Output may still hold the alert for the peer. */
      readonly type: "failed";
      readonly error: TlsError;
    };
