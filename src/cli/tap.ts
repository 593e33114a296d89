import type { Transport } from "../ssl/socket/transport.ts";

/** Shows each array that goes through a transport, and changes nothing. */
export function tap(
  transport: Transport,
  see: (direction: "read" | "write", bytes: Uint8Array) => void,
): Transport {
  return {
    read: async () => {
      const bytes = await transport.read();
      if (bytes !== null) see("read", bytes.slice());
      return bytes;
    },
    write: (bytes) => {
      see("write", bytes.slice());
      return transport.write(bytes);
    },
    closeWrite: () => transport.closeWrite(),
    close: () => transport.close(),
    abort: (error) => {
      transport.abort(error);
    },
    unread: (bytes) => {
      transport.unread(bytes);
    },
    get buffered() {
      return transport.buffered;
    },
    get bytesRead() {
      return transport.bytesRead;
    },
  };
}
