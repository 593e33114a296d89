import { TlsError } from "../errors.ts";
import type {
  HandshakeEvent,
  HandshakeIo,
  ProtectionKeys,
} from "../handshake/io.ts";
import { Aead12Opener, Aead12Sealer } from "../record/aead12.ts";
import { Aead13Opener, Aead13Sealer } from "../record/aead13.ts";
import { Cbc12Opener, Cbc12Sealer } from "../record/cbc12.ts";
import type { RecordOpener, RecordSealer } from "../record/protection.ts";
import { ContentType } from "../wire/code-points.ts";
import { encodeAlert } from "./alerts.ts";
import type { Flags, Parts } from "./parts.ts";

/** The one place where the handshake reaches the record layer. */
export function handshakeIo(
  { read, write, joiner, config }: Parts,
  flags: Flags,
  emit: (event: HandshakeEvent) => void,
): HandshakeIo {
  const endFlight = (): void => {
    if (!joiner.isEmpty) throw new TlsError("data_across_key_change");
  };
  const setReadKeys = (keys: ProtectionKeys): void => {
    // RFC 8446 5.1: messages "MUST NOT span key changes".
    endFlight();
    read.setOpener(openerOf(keys));
    flags.readKeyLimit =
      keys.kind === "aead13" ? keys.recordsPerKey : Number.MAX_SAFE_INTEGER;
    flags.updateRequested = false;
    // RFC 8446 5: after the peer's Finished a change_cipher_spec is an error,
    // and so it is in TLS 1.2, where there is one and no renegotiation.
    if (keys.epoch === "application") read.changeCipherSpec = "forbidden";
  };
  return {
    send: (message) => {
      if (!flags.writeClosed) write.handshake(message);
    },
    sendChangeCipherSpec: () => {
      if (!flags.writeClosed) write.changeCipherSpec();
    },
    endFlight,
    sendWarning: (alert) => {
      if (!flags.writeClosed)
        write.write(ContentType.alert, encodeAlert("warning", alert));
    },
    setReadKeys,
    setWriteKeys: (keys) => {
      write.setSealer(sealerOf(keys));
    },
    setChangeCipherSpec: (policy) => {
      read.changeCipherSpec = policy;
    },
    setWarningAlerts: (policy) => {
      flags.warningAlertPolicy = policy;
    },
    setRecordLimits: (limits) => {
      if (limits.read !== undefined) read.setLimit(limits.read);
      if (limits.write !== undefined) write.setLimit(limits.write);
    },
    setMaxFragmentLength: (bytes) => {
      read.setLimit(bytes);
      read.setClearLimit(bytes);
      write.setLimit(bytes);
    },
    skipEarlyData: () => {
      read.skipEarlyData(config.limits.skippedEarlyData);
    },
    allowHalfRtt: () => {
      flags.halfRtt = true;
    },
    beginWritingEarlyData: (keys, bytes) => {
      write.setSealer(sealerOf(keys));
      flags.earlyDataToWrite = bytes;
    },
    endWritingEarlyData: () => {
      write.clearSealer();
      flags.earlyDataToWrite = undefined;
    },
    beginReadingEarlyData: (keys, bytes) => {
      setReadKeys(keys);
      flags.earlyDataToRead = bytes;
    },
    endReadingEarlyData: () => {
      flags.earlyDataToRead = undefined;
    },
    emit,
  };
}

function openerOf(keys: ProtectionKeys): RecordOpener {
  switch (keys.kind) {
    case "aead13":
      return new Aead13Opener(keys);
    case "aead12":
      return new Aead12Opener(keys);
    case "cbc12":
      return new Cbc12Opener(keys);
  }
}

function sealerOf(keys: ProtectionKeys): RecordSealer {
  switch (keys.kind) {
    case "aead13":
      return new Aead13Sealer(keys);
    case "aead12":
      return new Aead12Sealer(keys);
    case "cbc12":
      return new Cbc12Sealer(keys);
  }
}
