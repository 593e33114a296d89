/** Options of one secure socket, as Node's constructor takes them. */
import type { EventEmitter } from "node:events";
import type {
  ConnectionOptions as NodeConnectionOptions,
  TlsOptions as NodeTlsOptions,
} from "node:tls";
import { requireFunction } from "./base/checks.ts";
import type { SecureContextOptions } from "./context/context-options.ts";
import type { OnReadOption } from "./on-read.ts";
import type { SecureSocketOptions } from "./socket/secure-socket.ts";

/** A function of a program, whose parameters are not looked at. */
export type ProgramCallback = (...parameters: never[]) => unknown;

/** Callbacks of a server's options, with the parameters that Node's have. */
export interface ServerCallbacks {
  /** Chooses one of the protocols that a client offers; undefined: none of them. */
  readonly ALPNCallback?: NodeTlsOptions["ALPNCallback"];
  /** Calls back with the context for the name that a client asks for. */
  readonly SNICallback?: NodeTlsOptions["SNICallback"];
  /** Returns the key of the identity that a client names; null: there is none. */
  readonly pskCallback?: NodeTlsOptions["pskCallback"];
}

/** Options of a `TLSSocket`: Node's. */
export interface TLSSocketOptions
  extends
    SecureContextOptions,
    Omit<SecureSocketOptions, "onread">,
    Omit<ServerCallbacks, "pskCallback"> {
  readonly isServer?: boolean | undefined;
  readonly server?: EventEmitter | undefined;
  readonly secureContext?: object | undefined;
  readonly requestCert?: boolean | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly ALPNProtocols?: unknown;
  /** That of a server with `isServer`, that of a client without. */
  readonly pskCallback?:
    ServerCallbacks["pskCallback"] | NodeConnectionOptions["pskCallback"];
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
