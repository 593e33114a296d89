/** The state of an `SSLContext`, for the connections made of it. */
import type {
  ClientConfig,
  ServerConfig,
} from "../../handshake/config/config.ts";
import { enterContext, type SSLContext } from "./context-type.ts";
import {
  type ClientChoices,
  clientConfigOf,
  serverConfigOf,
} from "./engine-configs.ts";
import type { ContextChanges } from "./options.ts";
import { ServerSessions } from "./server-sessions.ts";
import type { Change, ContextKind, Settings } from "./settings.ts";
import {
  changed,
  defaultSettings,
  withLoad,
  withSetting,
} from "./settings-change.ts";
import type { CheckedSetting, Input, Load } from "./settings-table.ts";
import { Verifiers } from "./verifiers.ts";

export class ContextState {
  readonly kind: ContextKind;
  readonly sessions: ServerSessions;
  readonly #verifiers: Verifiers;
  #settings: Settings;

  /** @param settings those of another context; default: those of a new one */
  constructor(kind: ContextKind, settings = defaultSettings(kind)) {
    this.kind = kind;
    this.sessions = new ServerSessions(kind.provider);
    this.#verifiers = new Verifiers(kind);
    this.#settings = settings;
  }

  /** The record as it is now; one that was taken earlier stays as it was. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Sets a property. @throws what its check throws */
  set<Name extends CheckedSetting>(name: Name, value: Input<Name>): void {
    this.#settings = withSetting(this.kind, this.#settings, name, value);
  }

  /** Takes an option that is not a setting by itself. @throws as its reading */
  load<Name extends Load>(name: Name, value: Input<Name>): void {
    this.#settings = withLoad(this.kind, this.#settings, name, value);
  }

  /** Takes all of these options, or none of them. @throws as their checks */
  take(options: ContextChanges): void {
    this.#settings = changed(this.kind, this.#settings, options);
  }

  /** Takes over what was read and checked already. */
  apply(change: Change): void {
    this.#settings = Object.freeze({ ...this.#settings, ...change });
  }

  /** @throws SSLError NO_PROTOCOLS_AVAILABLE */
  clientConfig(settings: Settings, choices: ClientChoices): ClientConfig {
    return clientConfigOf(this.#parts, settings, choices);
  }

  /**
   * @param alpnProtocols in place of the settings' own
   * @throws SSLError NO_PROTOCOLS_AVAILABLE
   */
  serverConfig(
    settings: Settings,
    alpnProtocols?: readonly string[],
  ): ServerConfig {
    return serverConfigOf(this.#parts, settings, alpnProtocols);
  }

  get #parts() {
    return {
      kind: this.kind,
      sessions: this.sessions,
      verifiers: this.#verifiers,
    };
  }
}

const STATES = new WeakMap<SSLContext, ContextState>();

/** Puts a state behind a context that is being made. */
export function holdState(context: SSLContext, state: ContextState): void {
  enterContext(context);
  STATES.set(context, state);
}

/** @throws TypeError for what is no context */
export function contextState(context: SSLContext): ContextState {
  const state = STATES.get(context);
  if (state !== undefined) return state;
  throw new TypeError("context: an SSLContext is wanted");
}
