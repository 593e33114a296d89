import { type Bytes, unshared } from "../bytes.ts";
import type { AlertName, TlsError } from "../errors.ts";
import type { HandshakeEvent, Need } from "../handshake/machine/io.ts";

/** Events of an engine, in the order in which they happened. */
export type EngineEvent =
  | HandshakeEvent
  | {
      /** Application data; the array belongs to the caller. */
      readonly type: "data";
      readonly bytes: Bytes;
    }
  | {
      /**
       * Early data (0-RTT), which whoever recorded it could send again: do with
       * it only what may be done twice (RFC 9846 8, F.5). It belongs to the
       * caller.
       */
      readonly type: "early_data";
      readonly bytes: Bytes;
    }
  | {
      /** Nothing goes on before `resume()` has the answer. */
      readonly type: "need";
      readonly need: Need;
    }
  | {
      /**
       * An alert that ends nothing (RFC 9846 6.1, RFC 5246 7.2.2): user_canceled,
       * in TLS 1.2 any warning, as no_renegotiation and unrecognized_name. A
       * number where it has no name.
       */
      readonly type: "warning_alert";
      readonly alert: AlertName | number;
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

/** Events that nobody has taken yet. Taking one costs the same for any number. */
export class EventQueue {
  #events: EngineEvent[];
  #taken = 0;

  constructor(events: EngineEvent[] = []) {
    this.#events = events;
  }

  /** Adds data, the caller's from then on. */
  pushData(type: "data" | "early_data", bytes: Uint8Array): void {
    this.#events.push({ type, bytes: unshared(bytes) });
  }

  push(event: EngineEvent): void {
    this.#events.push(event);
  }

  next(): EngineEvent | undefined {
    const event = this.#events[this.#taken];
    if (event === undefined) return undefined;
    this.#taken++;
    if (2 * this.#taken >= this.#events.length) this.#forget();
    return event;
  }

  clone(): EventQueue {
    return new EventQueue(this.#events.slice(this.#taken));
  }

  /** Moves what is left once half is taken: each event moves once on average. */
  #forget(): void {
    this.#events = this.#events.slice(this.#taken);
    this.#taken = 0;
  }
}
