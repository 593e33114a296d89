import { type AlertName, TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import type { RecordLimits } from "../handshake/extensions/spec.ts";
import type {
  HandshakeEvent,
  HandshakeIo,
  ProtectionKeys,
  RecordRules,
  WarningAlertPolicy,
} from "../handshake/machine/io.ts";
import { Aead13Opener, Aead13Sealer } from "../record/aead13.ts";
import type { RecordOpener, RecordSealer } from "../record/protection.ts";
import type { ChangeCipherSpecPolicy } from "../wire/code-points.ts";
import { sendAlert } from "./alerts.ts";
import type { Flags, Parts } from "./parts.ts";
import type { EngineProtocol, RecordProtection12 } from "./protocol.ts";

/**
 * The one place where the handshake reaches the record layer. A class, so that
 * all connections share its methods.
 */
export class EngineIo implements HandshakeIo {
  readonly #parts: Parts;
  readonly #flags: Flags;
  readonly #onEvent: (event: HandshakeEvent) => void;

  constructor(
    parts: Parts,
    flags: Flags,
    onEvent: (event: HandshakeEvent) => void,
  ) {
    this.#parts = parts;
    this.#flags = flags;
    this.#onEvent = onEvent;
  }

  send(message: Uint8Array): void {
    if (!this.#flags.writeClosed) this.#parts.write.handshake(message);
  }

  showInnerHello(direction: "read" | "write", message: Uint8Array): void {
    this.#parts.observer.innerHello(direction, message);
  }

  sendChangeCipherSpec(): void {
    if (!this.#flags.writeClosed) this.#parts.write.changeCipherSpec();
  }

  // [9846-5.1-06]
  endFlight(): void {
    if (!this.#parts.joiner.isEmpty)
      throw new TlsError(reason.data_across_key_change);
  }

  sendWarning(alert: AlertName): void {
    if (!this.#flags.writeClosed)
      sendAlert(this.#parts.write, "warning", alert);
  }

  setReadKeys(keys: ProtectionKeys): void {
    // RFC 9846 5.1: messages "MUST NOT span key changes".
    this.endFlight();
    const { read, protocol } = this.#parts;
    const flags = this.#flags;
    read.setOpener(openerOf(keys, protocol));
    flags.readKeyLimit =
      keys.kind === "aead13" ? keys.recordsPerKey : Number.MAX_SAFE_INTEGER;
    flags.updateRequested = false;
    // [9846-5-03]
    // RFC 9846 5: after the peer's Finished a change_cipher_spec is an error,
    // and so it is in TLS 1.2, where there is one and no renegotiation.
    if (keys.epoch === "application") read.changeCipherSpec = "forbidden";
  }

  setWriteKeys(keys: ProtectionKeys): void {
    const { write, protocol } = this.#parts;
    write.setSealer(sealerOf(keys, protocol));
  }

  setChangeCipherSpec(policy: ChangeCipherSpecPolicy): void {
    this.#parts.read.changeCipherSpec = policy;
  }

  setWarningAlerts(policy: WarningAlertPolicy): void {
    this.#flags.warningAlertPolicy = policy;
  }

  setRecordRules({ padding, maxSendFragment }: RecordRules): void {
    this.#parts.write.setRules(padding, maxSendFragment);
  }

  setRecordLimits(limits: RecordLimits): void {
    const { read, write } = this.#parts;
    if (limits.read !== undefined) read.setLimit(limits.read);
    if (limits.read !== undefined && limits.clear)
      read.setClearLimit(limits.read);
    if (limits.write !== undefined) write.setLimit(limits.write);
  }

  skipEarlyData(bytes: number): void {
    const { read, environment } = this.#parts;
    read.skipEarlyData(bytes, environment.limits.skippedEarlyData);
  }

  allowHalfRtt(): void {
    this.#flags.halfRtt = true;
  }

  beginWritingEarlyData(keys: ProtectionKeys, bytes: number): void {
    this.setWriteKeys(keys);
    this.#flags.earlyDataToWrite = bytes;
  }

  endWritingEarlyData(): void {
    this.#parts.write.clearSealer();
    this.#flags.earlyDataToWrite = undefined;
  }

  beginReadingEarlyData(keys: ProtectionKeys, bytes: number): void {
    this.setReadKeys(keys);
    this.#flags.earlyDataToRead = bytes;
  }

  endReadingEarlyData(): void {
    this.#flags.earlyDataToRead = undefined;
  }

  emit(event: HandshakeEvent): void {
    if (event.type === "handshake_done") this.#parts.read.dropsEmptyData = true;
    this.#onEvent(event);
  }
}

function openerOf(
  keys: ProtectionKeys,
  protocol: EngineProtocol,
): RecordOpener {
  return keys.kind === "aead13"
    ? new Aead13Opener(keys)
    : protection12Of(protocol).openerOf(keys);
}

function sealerOf(
  keys: ProtectionKeys,
  protocol: EngineProtocol,
): RecordSealer {
  return keys.kind === "aead13"
    ? new Aead13Sealer(keys)
    : protection12Of(protocol).sealerOf(keys);
}

function protection12Of({ protection12 }: EngineProtocol): RecordProtection12 {
  if (protection12 === undefined) throw new Error("keys of TLS 1.2");
  return protection12;
}
