/** The parts of an engine, apart from the handshake's state. */
import type { TlsError } from "../errors.ts";
import {
  type ClientConfig,
  type Environment,
  environmentOf,
  type ServerConfig,
} from "../handshake/config/config.ts";
import type {
  ConnectionInfo,
  WarningAlertPolicy,
} from "../handshake/machine/io.ts";
import { HandshakeJoiner } from "../record/handshake-joiner.ts";
import {
  MessageObserver,
  type MessageObserverCallback,
} from "../record/message-observer.ts";
import { ReadHalf } from "../record/read-half.ts";
import { WriteHalf } from "../record/write-half.ts";
import { HandshakeType, ProtocolVersion } from "../wire/code-points.ts";
import { type EngineProtocol, protocolOf } from "./protocol.ts";

export interface Parts {
  /** The rest of a config, its rules, belongs to the state of the handshake. */
  readonly environment: Environment;
  readonly protocol: EngineProtocol;
  readonly read: ReadHalf;
  readonly write: WriteHalf;
  readonly joiner: HandshakeJoiner;
  readonly observer: MessageObserver;
}

export interface Flags {
  readClosed: boolean;
  writeClosed: boolean;
  failed: TlsError | undefined;
  info: ConnectionInfo | undefined;
  /** A need was told and not yet answered. */
  asked: boolean;
  /** KeyUpdates of the peer that nothing has forgiven yet. */
  keyUpdates: number;
  /** Bytes of data that have not forgiven a KeyUpdate yet. */
  dataSinceUpdates: number;
  warningAlerts: number;
  warningAlertPolicy: WarningAlertPolicy;
  /** Records after which the peer's key is worn out. */
  readKeyLimit: number;
  /** The peer was asked for new keys and has not changed them yet. */
  updateRequested: boolean;
  /** A server may write though the client's Finished has not come yet. */
  halfRtt: boolean;
  /** Bytes of early data that may still be written; undefined: none at all. */
  earlyDataToWrite: number | undefined;
  /** Bytes of early data that are still taken; undefined: none at all. */
  earlyDataToRead: number | undefined;
}

/**
 * A connection that stands still, to be restored any number of times. It holds
 * secrets.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfig, RAISE_NEED, TlsEngine } from "puretls/engine";
 *
 * const config = createClientConfig({ provider, verifier: RAISE_NEED });
 * const snapshot = TlsEngine.client(config, "a.example").snapshot();
 * const [one, two] = [TlsEngine.restore(snapshot), TlsEngine.restore(snapshot)];
 * if (one.takeOutput().length !== two.takeOutput().length) throw new Error();
 * ```
 */
export class EngineSnapshot<Engine> {
  readonly #restore: () => Engine;

  /** Made by `TlsEngine.snapshot()`. */
  constructor(restore: () => Engine) {
    this.#restore = restore;
  }

  /** A connection that goes on from there; see `TlsEngine.restore()`. */
  restore(): Engine {
    return this.#restore();
  }
}

export function newParts(
  config: ClientConfig | ServerConfig,
  role: "client" | "server",
  messageCallback: MessageObserverCallback | undefined,
): Parts {
  const environment = environmentOf(config, role);
  const { limits, padding, maxSendFragment } = config;
  const protocol = protocolOf(config);
  const observer = new MessageObserver(
    messageCallback,
    // As OpenSSL: a server does not say its limit before it has agreed.
    ProtocolVersion[
      role === "server" || config.versions.includes("TLSv1.3")
        ? "TLSv1.3"
        : "TLSv1.2"
    ],
  );
  const read = new ReadHalf(limits, observer);
  read.dropsEmptyData = false;
  if (config.role === "server" && config.retryCookies !== undefined) {
    // [9846-4.3.2-04]
    // RFC 9846 E.4, 4.3.10: what follows a hello that another engine has read.
    read.changeCipherSpec = "dropped";
    read.skipEarlyData(config.maxEarlyData, limits.skippedEarlyData);
  }
  return {
    environment,
    protocol,
    read,
    observer,
    write: new WriteHalf(padding, maxSendFragment, observer),
    joiner: new HandshakeJoiner((type) => {
      if (type === HandshakeType.client_hello) return limits.clientHello;
      return type === HandshakeType.certificate ||
        type === HandshakeType.compressed_certificate ||
        type === HandshakeType.certificate_request
        ? limits.certificateMessage
        : limits.handshakeMessage;
    }, observer),
  };
}

export function cloneParts(parts: Parts): Parts {
  const { read, write, joiner } = parts;
  const { callback, version } = parts.observer;
  const observer = new MessageObserver(callback, version);
  return {
    ...parts,
    observer,
    read: read.clone(observer),
    write: write.clone(observer),
    joiner: joiner.clone(observer),
  };
}

export function newFlags(): Flags {
  return {
    readClosed: false,
    writeClosed: false,
    failed: undefined,
    info: undefined,
    asked: false,
    keyUpdates: 0,
    dataSinceUpdates: 0,
    warningAlerts: 0,
    warningAlertPolicy: "fatal",
    readKeyLimit: Number.MAX_SAFE_INTEGER,
    updateRequested: false,
    halfRtt: false,
    earlyDataToWrite: undefined,
    earlyDataToRead: undefined,
  };
}
