/** Options of one secure socket, as Node's constructor takes them. */
import type { EventEmitter } from "node:events";
import type { ConnectionOptions as NodeConnectionOptions } from "node:tls";
import { requireFunction } from "./base/checks.ts";
import type { SecureContextOptions } from "./context/context-options.ts";
import type { OnReadOption } from "./on-read.ts";
import type { SecureSocketOptions } from "./socket/secure-socket.ts";

/** A function of a program, whose parameters are not looked at. */
export type ProgramCallback = (...parameters: never[]) => unknown;

/** Options of a `TLSSocket`: Node's. */
export interface TLSSocketOptions
  extends SecureContextOptions, Omit<SecureSocketOptions, "onread"> {
  readonly isServer?: boolean | undefined;
  readonly server?: EventEmitter | undefined;
  readonly secureContext?: object | undefined;
  readonly requestCert?: boolean | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly ALPNProtocols?: unknown;
  readonly ALPNCallback?: ProgramCallback | undefined;
  readonly SNICallback?: ProgramCallback | undefined;
  readonly pskCallback?: ProgramCallback | undefined;
  readonly pskIdentityHint?: string | undefined;
  readonly requestOCSP?: boolean | undefined;
  readonly session?: unknown;
  readonly enableTrace?: boolean | undefined;
  /** Milliseconds; 0: no limit. */
  readonly handshakeTimeout?: number | undefined;
  readonly pauseOnConnect?: boolean | undefined;
  readonly onread?: OnReadOption | undefined;
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
  /** Milliseconds. */
  readonly keepAliveInitialDelay?: number | undefined;
}

/** Options of `connect()`: Node's. */
export type ConnectionOptions = Omit<
  NodeConnectionOptions,
  "secureContext" | "session"
> &
  SecureContextOptions & {
    /** Of `createSecureContext()`. */
    readonly secureContext?: object | undefined;
    /** Bytes of the event `session` or of `getSession()`, of the same server. */
    readonly session?: Buffer | string | undefined;
    readonly path?: string | undefined;
    /** Bytes that are buffered in each direction before a side has to wait. */
    readonly highWaterMark?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onread?: OnReadOption | undefined;
    readonly noDelay?: boolean | undefined;
    readonly keepAlive?: boolean | undefined;
    /** Milliseconds. */
    readonly keepAliveInitialDelay?: number | undefined;
    readonly pskCallback?: ProgramCallback | undefined;
  };

/** @throws TypeError ERR_INVALID_ARG_TYPE for callbacks that are none */
export function requireCallbacks(options: TLSSocketOptions): void {
  const { SNICallback, ALPNCallback, isServer } = options;
  if (isServer === true && SNICallback)
    requireFunction("options.SNICallback", SNICallback);
  if (isServer === true && ALPNCallback)
    requireFunction("options.ALPNCallback", ALPNCallback);
  if (options.pskCallback)
    requireFunction("options.pskCallback", options.pskCallback);
}
