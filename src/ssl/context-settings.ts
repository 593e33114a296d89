/**
 * The settings of a context, with the names and the rules of Python's
 * `SSLContext`. What wraps connections is SSLContext, in context.ts.
 */
import type { BytesLike } from "../bytes.ts";
import type { ClientHello } from "../handshake/messages/client-hello.ts";
import { alpnNames } from "./alpn.ts";
import type { CipherTriple } from "./ciphers.ts";
import { Protocol } from "./constants.ts";
import type { ContextState, KeyLog } from "./context-state.ts";
import { stateError } from "./errors.ts";
import { keyLogFile } from "./key-log-file.ts";
import {
  type CertChainSource,
  type LatePassword,
  loadCredential,
} from "./key-material.ts";
import { ExtensionSettings } from "./extension-settings.ts";
import { contextState } from "./protocol-settings.ts";
import { domainToUnicode } from "./punycode.ts";
import type { SSLSession } from "./session.ts";

/** What an {@link SniCallback} sees of the connection that asks. */
export interface SniConnection {
  /** Set it to go on under another context. */
  context: ContextSettings;
  readonly serverSide: boolean;
  /** Still null: nothing is agreed yet. */
  version(): string | null;
  cipher(): CipherTriple | null;
  selectedAlpnProtocol(): string | null;
}

/** What an {@link SniCallback} may answer. */
export type SniAnswer =
  | undefined
  | null
  /** An alert by its number, from `AlertDescription`: refuses the client. */
  | number
  /** Goes on under another context. */
  | { readonly context: ContextSettings };

/**
 * Python: `sni_callback`. Called on a server for each ClientHello, with the
 * name that the client asks for (an A-label) or null.
 */
export type SniCallback = (
  connection: SniConnection,
  serverName: string | null,
  context: ContextSettings,
  clientHello: ClientHello,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- callbacks without an answer
) => SniAnswer | void | Promise<SniAnswer | void>;

/** What an {@link AlpnCallback} is told of a client. */
export interface AlpnOffer {
  /** The name in SNI, an A-label; null without one. */
  readonly serverName: string | null;
  /** What the client offers, best first; one character is one byte. */
  readonly protocols: readonly string[];
}

/**
 * Chooses a protocol for a client: its name, or null for none. An exception
 * ends the connection.
 */
export type AlpnCallback = (
  offer: AlpnOffer,
) => string | null | Promise<string | null>;

/** Told of a session, and of the connection that it came on. */
export type SessionListener = (
  session: SSLSession,
  connection: SniConnection,
) => void;

/** A context as connections look at it: everything but wrapping. */
export class ContextSettings extends ExtensionSettings {
  #sniCallback: SniCallback | null = null;
  #alpnCallback: AlpnCallback | null = null;
  /**
   * Not in Python. Told on a client of each session that a later connection can
   * go on from; in TLS 1.3 they come while data is read.
   */
  onSession: SessionListener | null = null;

  get #state(): ContextState {
    return contextState(this);
  }

  /** Whether a value is a context of this library. */
  static is(value: unknown): value is ContextSettings {
    return ContextSettings.made(value);
  }

  /**
   * Python: `sni_callback`.
   *
   * @throws TypeError for what is no function
   * @throws RangeError on a context for clients
   */
  get sniCallback(): SniCallback | null {
    return this.#sniCallback;
  }
  set sniCallback(callback: SniCallback | null) {
    if (this.protocol === Protocol.PROTOCOL_TLS_CLIENT)
      throw new RangeError("sniCallback cannot be set on TLS_CLIENT context");
    if (callback !== null && typeof callback !== "function")
      throw new TypeError("sniCallback: not a callable object");
    this.#sniCallback = callback;
  }

  /**
   * Python: `set_servername_callback`. As {@link sniCallback}, but the name is
   * decoded: a U-label (RFC 5890) where the client sent an A-label.
   *
   * @deprecated Set {@link sniCallback}.
   */
  setServernameCallback(callback: SniCallback | null): void {
    this.sniCallback =
      typeof callback === "function"
        ? (connection, name, context, clientHello) =>
            callback(
              connection,
              name === null ? null : domainToUnicode(name),
              context,
              clientHello,
            )
        : callback;
  }

  /**
   * Not in Python. On a server it chooses the protocol for a client that
   * offers some, in place of the order of {@link alpnProtocols}.
   *
   * @throws TypeError for what is no function
   */
  get alpnCallback(): AlpnCallback | null {
    return this.#alpnCallback;
  }
  set alpnCallback(callback: AlpnCallback | null) {
    if (callback !== null && typeof callback !== "function")
      throw new TypeError("alpnCallback: not a callable object");
    this.#alpnCallback = callback;
  }

  /**
   * Python: `keylog_filename`. Appends the secrets of each connection to a
   * file, as NSS key log lines; null: to none. The file is opened at once, and
   * one that is new or empty begins with a comment.
   *
   * @throws SSLError where there is no file system, and for a path that cannot
   *   be written
   */
  keylogFile(path: string | null): void {
    this.keylog = path === null ? null : keyLogFile(this.#state.platform, path);
  }

  /** Gets the secrets of each connection, as NSS key log lines. */
  get keylog(): KeyLog | null {
    return this.#state.keylog;
  }
  set keylog(log: KeyLog | null) {
    if (log !== null && typeof log !== "function")
      throw new TypeError("keylog: not a callable object");
    this.#state.keylog = log;
  }

  /** Python: `set_alpn_protocols` has no getter. Names, best first. */
  get alpnProtocols(): readonly string[] {
    return this.#state.alpnProtocols;
  }
  set alpnProtocols(names: readonly (string | BytesLike)[]) {
    this.setAlpnProtocols(names);
  }

  /** Without a name in common: go on, as Python does, or alert (RFC 7301). */
  get alpnMismatch(): "ignore" | "alert" {
    return this.#state.alpnMismatch;
  }
  set alpnMismatch(value: "ignore" | "alert") {
    if (value !== "ignore" && value !== "alert")
      throw new RangeError(`alpnMismatch: ${String(value)} is no choice`);
    this.#state.alpnMismatch = value;
  }

  /**
   * Python: `set_alpn_protocols`, RFC 7301.
   *
   * @throws TypeError for a text that is not ASCII
   * @throws SSLError for a name that has not from 1 to 255 bytes
   */
  setAlpnProtocols(names: readonly (string | BytesLike)[]): void {
    this.#state.alpnProtocols = alpnNames(names);
  }

  /**
   * Python: `set_npn_protocols`.
   *
   * @deprecated There is no NPN: see {@link setAlpnProtocols}.
   * @throws SSLError ERR_NOT_IMPLEMENTED, always
   */
  setNpnProtocols(_names: readonly string[]): never {
    throw stateError(
      "ERR_NOT_IMPLEMENTED",
      "NPN is not implemented: ALPN took its place, see setAlpnProtocols()",
    );
  }

  /**
   * As {@link loadCertChain}, for a password that comes later.
   *
   * @throws what {@link loadCertChain} and the callback throw
   */
  async loadCertChainLater(
    source: Omit<CertChainSource, "password"> & {
      readonly password?: LatePassword;
    },
  ): Promise<void> {
    const { password, ...rest } = source;
    if (typeof password !== "function") {
      this.loadCertChain(password === undefined ? rest : { ...rest, password });
      return;
    }
    // Asked for only if the key is encrypted, as the callback of Python.
    let asked = false;
    const ask = (): string => {
      asked = true;
      return "";
    };
    try {
      this.loadCertChain({ ...rest, password: ask });
    } catch (error) {
      if (!asked) throw error;
      this.loadCertChain({ ...rest, password: await password() });
    }
  }

  /**
   * Python: `load_cert_chain`. A chain and its key, from contents or from
   * files; a second one with a key of another kind is served beside the first.
   *
   * @throws TypeError without a certificate
   * @throws SSLError KEY_VALUES_MISMATCH, NO_START_LINE, PASSWORD_REQUIRED, …
   */
  loadCertChain(source: CertChainSource): void {
    this.#state.addCredential(
      loadCredential(this.provider, source, this.#state.platform),
    );
  }
}
