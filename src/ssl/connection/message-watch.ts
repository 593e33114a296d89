import type { TlsEngine } from "../../engine/tls-engine.ts";
import type { MessageObserverCallback } from "../../record/message-observer.ts";
import { callable } from "../context/checks.ts";
import type {
  MessageCallback,
  Settings,
  SniConnection,
} from "../context/settings.ts";

/** A connection, as far as its messages are told. */
interface Watched {
  readonly owner: SniConnection | undefined;
  readonly choice: { readonly settings: Settings };
  readonly engine: TlsEngine | undefined;
}

/** The callback that is told of a connection's messages. */
export class MessageWatch {
  readonly #connection: Watched;
  #own: MessageCallback | null = null;

  constructor(connection: Watched) {
    this.#connection = connection;
  }

  /** The connection's own, or else its context's. */
  get callback(): MessageCallback | null {
    return this.#own ?? this.#connection.choice.settings.messageCallback;
  }
  /** @throws TypeError for what is no function */
  set callback(callback: MessageCallback | null) {
    this.#own = callable("messageCallback", callback);
    const { engine } = this.#connection;
    if (engine !== undefined) engine.messageCallback = this.observer;
  }

  /** The same as an engine wants it; undefined where nobody is told. */
  get observer(): MessageObserverCallback | undefined {
    const { callback } = this;
    if (callback === null) return undefined;
    return (message) => {
      const { owner } = this.#connection;
      return owner === undefined ? undefined : callback(owner, message);
    };
  }
}
