/** What an engine is made of, apart from the handshake's state. */
import type { TlsError } from "../errors.ts";
import type { ClientConfig, ServerConfig } from "../handshake/config.ts";
import type { ConnectionInfo, WarningAlertPolicy } from "../handshake/io.ts";
import { HandshakeJoiner } from "../record/handshake-joiner.ts";
import { ReadHalf } from "../record/read-half.ts";
import { WriteHalf } from "../record/write-half.ts";
import { HandshakeType } from "../wire/code-points.ts";
import { type EngineProtocol, protocolOf } from "./protocol.ts";

export interface Parts {
  readonly config: ClientConfig | ServerConfig;
  readonly protocol: EngineProtocol;
  readonly read: ReadHalf;
  readonly write: WriteHalf;
  readonly joiner: HandshakeJoiner;
}

export interface Flags {
  readClosed: boolean;
  writeClosed: boolean;
  failed: TlsError | undefined;
  info: ConnectionInfo | undefined;
  /** A need was told and not yet answered. */
  asked: boolean;
  keyUpdates: number;
  warningAlerts: number;
  warningAlertPolicy: WarningAlertPolicy;
  /** Records after which the peer's key is worn out. */
  readKeyLimit: number;
  /** The peer was asked for new keys. */
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

export function newParts(config: ClientConfig | ServerConfig): Parts {
  const { limits, padding, maxSendFragment } = config;
  const protocol = protocolOf(config);
  const read = new ReadHalf();
  read.dropsEmptyData = false;
  if (config.role === "server" && config.retryCookies !== undefined) {
    // RFC 8446 D.4, 4.2.10: what follows a hello that another engine has read.
    read.changeCipherSpec = "dropped";
    read.skipEarlyData(limits.skippedEarlyData);
  }
  return {
    config,
    protocol,
    read,
    write: new WriteHalf(padding, maxSendFragment),
    joiner: new HandshakeJoiner((type) =>
      type === HandshakeType.certificate ||
      type === HandshakeType.compressed_certificate ||
      type === HandshakeType.certificate_request
        ? limits.certificateMessage
        : limits.handshakeMessage,
    ),
  };
}

export function cloneParts(parts: Parts): Parts {
  const { read, write, joiner } = parts;
  return {
    ...parts,
    read: read.clone(),
    write: write.clone(),
    joiner: joiner.clone(),
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
    warningAlerts: 0,
    warningAlertPolicy: "fatal",
    readKeyLimit: Number.MAX_SAFE_INTEGER,
    updateRequested: false,
    halfRtt: false,
    earlyDataToWrite: undefined,
    earlyDataToRead: undefined,
  };
}
