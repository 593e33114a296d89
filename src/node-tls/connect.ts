/** Clients: `connect()`. */
import { isIP } from "node:net";
import { emitWarning } from "node:process";
import type { Duplex } from "node:stream";
import { requireFunction, requireNumber } from "./base/checks.ts";
import { currentDefault } from "./base/defaults.ts";
import { nodeError } from "./base/errors.ts";
import type { IdentityCheck } from "./peer/peer-judge.ts";
import { inUse } from "./in-use.ts";
import type { ConnectionOptions } from "./socket-options.ts";
import { TLSSocket } from "./tls-socket.ts";
import { checkServerIdentity } from "./peer/identity.ts";

/** Bits of a finite field below which Node, too, refuses a server's. */
const MIN_DH_SIZE = 1024;

let hasWarnedOfAddress = false;

/** Listener of `secureConnect`. */
type OnSecure = () => void;

/**
 * Connects a client over TLS, and returns its socket at once: `secureConnect` comes
 * when the handshake is done and the server's certificate and name are verified. Node's
 * `tls.connect()`, with its options.
 *
 * `rejectUnauthorized: false` goes on whatever is wrong with the certificate, and
 * `authorizationError` tells. `NODE_TLS_REJECT_UNAUTHORIZED` changes nothing.
 *
 * @throws TypeError, RangeError and Error with Node's code for options that are wrong
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import type { AddressInfo } from "node:net";
 * import { connect, createServer } from "puretls/node-tls";
 * import { noble } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { pem, key } = createSelfSigned({ provider: noble, hosts: ["localhost"] });
 * const server = createServer({ cert: pem, key: key.toPem() }, (socket) => {
 *   socket.end("hello");
 * });
 * server.listen(0);
 * await once(server, "listening");
 * const { port } = server.address() as AddressInfo;
 *
 * const socket = connect({ port, host: "localhost", ca: pem });
 * await once(socket, "secureConnect");
 * if (!socket.authorized) throw new Error();
 * socket.end();
 * server.close();
 * ```
 */
export function connect(
  options: ConnectionOptions,
  onSecure?: OnSecure,
): TLSSocket;
export function connect(
  port: number,
  host?: string,
  options?: ConnectionOptions,
  onSecure?: OnSecure,
): TLSSocket;
export function connect(
  port: number,
  options?: ConnectionOptions,
  onSecure?: OnSecure,
): TLSSocket;
export function connect(...args: readonly unknown[]): TLSSocket {
  const { options: given, onSecure } = argumentsOf(args);
  const options = { ...defaults(), ...given };
  const { socket: below } = options;
  const minDHSize = "minDHSize" in options ? options.minDHSize : MIN_DH_SIZE;
  const check =
    options.checkServerIdentity === undefined
      ? inUse.checkServerIdentity
      : options.checkServerIdentity;
  requireFunction("options.checkServerIdentity", check);
  requireNumber("options.minDHSize", minDHSize, 1);
  const socket = new TLSSocket(below, {
    ...options,
    isServer: false,
    secureContext: options.secureContext ?? inUse.clientContext(options),
    handshakeTimeout: 0,
  });
  socket._expect({
    hostname: identityOf(options),
    checkServerIdentity: ownCheck(check),
    place: {
      path: options.path,
      host: options.host,
      port: options.port,
      localAddress: Reflect.get(options, "localAddress"),
    },
  });
  if (onSecure !== undefined) socket.once("secureConnect", onSecure);
  if (options.servername) setServername(socket, options.servername);
  socket._releaseControl();
  socket.on("secure", () => {
    onClientSecure(socket, options, minDHSize);
  });
  if (below === undefined || below === null) begin(socket, options);
  else socket._start();
  return socket;
}

/** Options that a program sees in its own `createSecureContext()`, as in Node. */
function defaults() {
  const ciphers = currentDefault("DEFAULT_CIPHERS");
  return typeof ciphers === "string" ? { ciphers } : {};
}

/** The rules for names are puretls's where the program has none of its own. */
function ownCheck(check: unknown): IdentityCheck | undefined {
  return check === checkServerIdentity || !isCheck(check) ? undefined : check;
}

function isCheck(check: unknown): check is IdentityCheck {
  return typeof check === "function";
}

function begin(socket: TLSSocket, options: ConnectionOptions): void {
  // By a signal that was aborted before: nothing is to be connected.
  if (socket.destroyed) return;
  if (options.timeout) socket.setTimeout(options.timeout);
  socket.connect(options);
  if (options.noDelay) socket.setNoDelay(true);
  if (options.keepAlive)
    socket.setKeepAlive(true, options.keepAliveInitialDelay ?? 0);
  socket._start();
}

function setServername(socket: TLSSocket, servername: string): void {
  if (!hasWarnedOfAddress && isIP(servername) !== 0) {
    hasWarnedOfAddress = true;
    emitWarning(
      "servername: an IP address is not allowed there by RFC 6066, and is not sent",
      "DeprecationWarning",
      "DEP0123",
    );
  }
  socket.setServername(servername);
}

/** The server that is expected: by its name in SNI, or the one connected to. */
function identityOf({ servername, host, socket }: ConnectionOptions): string {
  return servername || host || hostOf(socket) || "localhost";
}

/** The host that a socket of Node was connected to. */
function hostOf(socket: Duplex | undefined): string | undefined {
  if (socket === undefined || socket === null) return undefined;
  const host: unknown = Reflect.get(socket, "_host");
  return typeof host === "string" ? host : undefined;
}

function onClientSecure(
  socket: TLSSocket,
  { rejectUnauthorized }: ConnectionOptions,
  minDHSize: number,
): void {
  const key = socket.getEphemeralKeyInfo() ?? {};
  if ("type" in key && key.type === "DH" && "size" in key) {
    const { size } = key;
    if (typeof size === "number" && size < minDHSize) {
      socket.destroy(
        nodeError(
          "ERR_TLS_DH_PARAM_SIZE",
          `minDHSize: the server's finite field has ${String(size)} bits; at least ${String(minDHSize)} are allowed`,
        ),
      );
      return;
    }
  }
  const error = socket._authorize();
  if (error !== undefined && rejectUnauthorized !== false) {
    socket.destroy(error);
    return;
  }
  socket.secureConnecting = false;
  socket.emit("secureConnect");
  socket._releaseSessions();
}

interface Arguments {
  readonly options: ConnectionOptions;
  readonly onSecure: OnSecure | undefined;
}

/** Node's forms: (options), (port, host, options), (path, options), and a listener. */
function argumentsOf(args: readonly unknown[]): Arguments {
  const [first, second, third] = args;
  const last = args.at(-1);
  const onSecure = isListener(last) ? last : undefined;
  if (isOptions(first)) return { options: first, onSecure };
  const path = typeof first === "string" && !isPort(first) ? first : undefined;
  const options: ConnectionOptions = {
    ...(path === undefined ? { port: Number(first) } : { path }),
    ...(typeof second === "string" && { host: second }),
    ...(isOptions(second) ? second : isOptions(third) ? third : {}),
  };
  return { options, onSecure };
}

function isListener(value: unknown): value is OnSecure {
  return typeof value === "function";
}

function isOptions(value: unknown): value is ConnectionOptions {
  return typeof value === "object" && value !== null;
}

function isPort(text: string): boolean {
  return text.trim() !== "" && Number(text) >= 0;
}
