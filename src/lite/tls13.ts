/**
 * `puretls/lite/tls13`: `puretls/lite` without a line of TLS 1.2.
 *
 * @module
 */
import { createClientConfigOf } from "../engine/tls13.ts";
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
 * Makes a connection of TLS 1.3 over a transport, as a client.
 *
 * @throws what `connect` of `puretls/lite` throws
 * @example
 * ```ts
 * import { connect } from "puretls/lite/tls13";
 * import type { Transport } from "puretls";
 *
 * async function first(transport: Transport, ca: string): Promise<Uint8Array> {
 *   const socket = await connect(transport, { serverHostname: "a.test", ca });
 *   return socket.recv();
 * }
 * ```
 */
export function connect(
  transport: Transport,
  options: LiteOptions,
): Promise<LiteSocket> {
  return connectWith(createClientConfigOf, transport, options);
}
