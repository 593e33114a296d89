import { TlsError } from "../errors.ts";
import type {
  HandshakeEvent,
  HandshakeIo,
  ProtectionKeys,
} from "../handshake/io.ts";
import { Aead13Opener, Aead13Sealer } from "../record/aead13.ts";
import type { Flags, Parts } from "./parts.ts";

/** The one place where the handshake reaches the record layer. */
export function handshakeIo(
  { read, write, joiner, config }: Parts,
  flags: Flags,
  emit: (event: HandshakeEvent) => void,
): HandshakeIo {
  const setReadKeys = (keys: ProtectionKeys): void => {
    // RFC 8446 5.1: messages "MUST NOT span key changes".
    if (!joiner.isEmpty) throw new TlsError("data_across_key_change");
    read.setOpener(new Aead13Opener(keys));
    flags.readKeyLimit = keys.recordsPerKey;
    flags.updateRequested = false;
    // RFC 8446 5: after the peer's Finished a change_cipher_spec is an error.
    if (keys.epoch === "application") read.changeCipherSpec = "forbidden";
  };
  return {
    send: (message) => {
      if (!flags.writeClosed) write.handshake(message);
    },
    sendChangeCipherSpec: () => {
      if (!flags.writeClosed) write.changeCipherSpec();
    },
    setReadKeys,
    setWriteKeys: (keys) => {
      write.setSealer(new Aead13Sealer(keys));
    },
    setRecordLimits: (limits) => {
      if (limits.read !== undefined) read.setLimit(limits.read);
      if (limits.write !== undefined) write.setLimit(limits.write);
    },
    skipEarlyData: () => {
      read.skipEarlyData(config.limits.skippedEarlyData);
    },
    emit,
  };
}
