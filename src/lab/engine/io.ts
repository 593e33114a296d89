/** The io that a handshake writes to: what goes out passes the lab, the rest is the engine's. */
import type {
  HandshakeIo,
  ProtectionKeys,
} from "../../handshake/machine/io.ts";
import { HandshakeType } from "../../wire/code-points.ts";
import type { WriteLayer } from "./write-layer.ts";

/** The side that a handshake writes for. */
interface Owner {
  readonly write: WriteLayer;
  message(raw: Uint8Array): void;
  changeCipherSpec(): void;
  /** Reads the suite off a ServerHello. */
  noteHello(raw: Uint8Array): void;
  readKeys(keys: ProtectionKeys): void;
}

export function labIo(own: HandshakeIo, side: Owner): HandshakeIo {
  const { write } = side;
  return {
    send: (message) => {
      if (message[0] === HandshakeType.server_hello) side.noteHello(message);
      side.message(message);
    },
    showInnerHello: (direction, message) =>
      own.showInnerHello(direction, message),
    sendChangeCipherSpec: () => side.changeCipherSpec(),
    endFlight: () => own.endFlight(),
    sendWarning: (alert) => own.sendWarning(alert),
    setReadKeys: (keys) => {
      own.setReadKeys(keys);
      side.readKeys(keys);
    },
    setWriteKeys: (keys) => write.setKeys(keys, false),
    setChangeCipherSpec: (policy) => own.setChangeCipherSpec(policy),
    setWarningAlerts: (policy) => own.setWarningAlerts(policy),
    setRecordRules: (rules) => own.setRecordRules(rules),
    setRecordLimits: (limits) => {
      own.setRecordLimits(limits);
      if (limits.write !== undefined)
        write.setLimit(limits.clear ? limits.write : limits.write - 1);
    },
    skipEarlyData: (bytes) => own.skipEarlyData(bytes),
    allowHalfRtt: () => own.allowHalfRtt(),
    // The lab writes early data by itself: the engine would protect it too.
    beginWritingEarlyData: (keys) => write.setKeys(keys, true),
    endWritingEarlyData: () => {
      own.endWritingEarlyData();
      write.clearKeys();
    },
    beginReadingEarlyData: (keys, bytes) => {
      own.beginReadingEarlyData(keys, bytes);
      side.readKeys(keys);
    },
    endReadingEarlyData: () => own.endReadingEarlyData(),
    emit: (event) => own.emit(event),
  };
}
