/**
 * `puretls/lite`: a client of TLS 1.3 and 1.2 over any transport, in few kibibytes.
 * `puretls/lite/tls13` is the same for TLS 1.3 alone.
 *
 * It verifies as `createDefaultContext()` does, and nothing turns that off. It has no
 * sessions, no client certificates and no post-quantum group: that is what `puretls`
 * is for.
 *
 * @module
 */
import { createClientConfigOf } from "../engine/configs.ts";
import type { Transport } from "../ssl/socket/transport.ts";
import { connectWith, type LiteOptions } from "./connect.ts";
import type { LiteSocket } from "./socket.ts";

export type { LiteOptions } from "./connect.ts";
export { LiteSocket } from "./socket.ts";
export type { RootProgram } from "../x509/trust/root-program.ts";
export type {
  AbortSignalLike,
  Transport,
  TransportAddress,
} from "../ssl/socket/transport.ts";
export type { Bytes, BytesLike } from "../bytes.ts";

/**
 * Makes a TLS connection over a transport, as a client.
 *
 * @throws TlsError when the handshake fails; its `cause` is an X509Error where the
 *   server's certificate is refused
 * @throws TypeError where nothing is trusted and where no name is expected
 * @throws X509Error for a `ca` that cannot be read, what the transport throws, and
 *   the signal's reason
 * @example
 * ```ts
 * import { connect } from "puretls/lite";
 * import { mozillaRoots } from "puretls/roots";
 * import type { Transport } from "puretls";
 *
 * async function head(transport: Transport): Promise<Uint8Array> {
 *   const serverHostname = "example.org";
 *   const socket = await connect(transport, { serverHostname, roots: mozillaRoots });
 *   await socket.sendAll(new TextEncoder().encode("HEAD / HTTP/1.0\r\n\r\n"));
 *   const bytes = await socket.recv();
 *   await socket.close();
 *   return bytes;
 * }
 * ```
 */
export function connect(
  transport: Transport,
  options: LiteOptions,
): Promise<LiteSocket> {
  return connectWith(createClientConfigOf, transport, options);
}
