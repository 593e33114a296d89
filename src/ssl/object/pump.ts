import {
  SSLWantAsyncError,
  SSLWantReadError,
  SSLWantWriteError,
} from "../errors/errors.ts";
import type { MemoryBIO } from "./memory-bio.ts";
import type { SSLObject } from "./ssl-object.ts";
import type { Transport } from "../socket/transport.ts";

/** An SSLObject and the BIOs that it was wrapped around. */
export interface Bios {
  readonly object: SSLObject;
  readonly incoming: MemoryBIO;
  readonly outgoing: MemoryBIO;
}

/**
 * The loop that Python's documentation writes around a call on an SSLObject:
 * makes it again and again, and moves bytes between the BIOs and a transport in
 * between, until it is done.
 *
 * @param call as `() => object.doHandshake()`
 * @throws what the call throws, its alert sent, and the transport's errors
 *
 * @example
 * ```ts
 * import { MemoryBIO, memoryPair, pump, SSLContext } from "puretls";
 * import { createSelfSigned } from "puretls/pki";
 * import { noble } from "puretls/crypto/noble";
 *
 * const made = createSelfSigned({ provider: noble, hosts: ["a.test"] });
 * const server = new SSLContext({ protocol: "tlsServer" });
 * server.loadCertChain({ cert: made.pem, key: made.key.toPem() });
 * const client = new SSLContext();
 * client.addCa(made.pem);
 *
 * const [near, far] = memoryPair();
 * const there = server.wrapSocket(far, { serverSide: true });
 * const incoming = new MemoryBIO();
 * const outgoing = new MemoryBIO();
 * const object = client.wrapBio(incoming, outgoing, {
 *   serverHostname: "a.test",
 * });
 * const bios = { object, incoming, outgoing };
 * await pump(near, bios, () => object.doHandshake());
 * await pump(near, bios, () => object.write(Uint8Array.of(1, 2, 3)));
 * if ((await there.recv()).length !== 3) throw new Error();
 * ```
 */
export async function pump<T>(
  transport: Transport,
  { object, incoming, outgoing }: Bios,
  call: () => T,
): Promise<T> {
  for (;;) {
    let missing: unknown;
    try {
      const result = call();
      await flush(transport, outgoing);
      return result;
    } catch (error) {
      missing = error;
    }
    await flush(transport, outgoing);
    if (missing instanceof SSLWantAsyncError) await object.settle();
    else if (missing instanceof SSLWantReadError) {
      const bytes = await transport.read();
      if (bytes === null) incoming.writeEof();
      else incoming.put(bytes);
    } else if (!(missing instanceof SSLWantWriteError)) throw missing;
  }
}

async function flush(transport: Transport, outgoing: MemoryBIO): Promise<void> {
  if (outgoing.pending > 0) await transport.write(outgoing.read());
}
