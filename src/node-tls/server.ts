/** Servers: `createServer()` and `Server`. */
import { captureRejectionSymbol } from "node:events";
import { Server as NetServer, type ServerOpts, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { TlsUsageError } from "../errors.ts";
import { contextState } from "../ssl/context/context-state.ts";
import { alpnNames } from "./context/alpn-option.ts";
import {
  requireFunction,
  requireNumber,
  requireObject,
  requireText,
} from "./base/checks.ts";
import type { SecureContextOptions } from "./context/context-options.ts";
import { nodeError, typeError, wrongType } from "./base/errors.ts";
import { contextFacts, isOurContext } from "./context/secure-context.ts";
import type { ServerCallbacks, TLSSocketOptions } from "./socket-options.ts";
import { requireTicketKeys } from "./context/tickets.ts";
import { inUse } from "./in-use.ts";
import { TLSSocket } from "./tls-socket.ts";

/** Milliseconds that a handshake may take. */
const HANDSHAKE_TIMEOUT = 120_000;

/** Options of {@link createServer}: Node's. */
export interface TlsOptions
  extends
    SecureContextOptions,
    Omit<ServerOpts, "highWaterMark">,
    ServerCallbacks {
  readonly requestCert?: boolean | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly ALPNProtocols?: unknown;
  readonly pskIdentityHint?: string | undefined;
  readonly enableTrace?: boolean | undefined;
  /** Milliseconds. Default: 120,000. */
  readonly handshakeTimeout?: number | undefined;
}

/** Listener of `secureConnection`. */
export type SecureListener = (socket: TLSSocket) => void;

/** Methods of a server of TLS beside those of `net.Server`. */
export interface SecureServerMethods {
  /**
   * Adds a context for clients that ask for that name, in which `*` stands for one
   * label; one that was added later comes first.
   *
   * @throws Error ERR_TLS_REQUIRED_SERVER_NAME, and what `createSecureContext()` throws
   */
  addContext(hostname: string, context: SecureContextOptions): void;
  /** The keys of its tickets, 48 bytes: a secret. */
  getTicketKeys(): Buffer;
  /**
   * Replaces the keys of its tickets.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE unless 48 bytes
   */
  setTicketKeys(keys: Buffer): void;
  /**
   * Replaces certificates, keys and rules for the connections that come.
   *
   * @throws what `createSecureContext()` throws
   */
  setSecureContext(options: SecureContextOptions): void;
}

/** A server of TLS: Node's `tls.Server`, which {@link createServer} makes. */
export interface Server extends NetServer, SecureServerMethods {}

interface State {
  readonly options: TlsOptions;
  context: object;
  readonly contexts: (readonly [name: RegExp, context: SecureContext])[];
}

const STATES = new WeakMap<object, State>();

function stateOf(server: object): State {
  const state = STATES.get(server);
  if (state !== undefined) return state;
  throw nodeError("ERR_INVALID_THIS", "this is no Server of puretls/node-tls");
}

/** A listener of connections, as Node's servers have one of their own. */
type ConnectionListener = (this: NetServer, socket: object) => void;

/**
 * Puts TLS below a server of another protocol, as `http.Server`: its own listener gets
 * the sockets whose handshake is done.
 *
 * @throws what {@link createServer} throws
 */
export function secureBelow<Protocol extends NetServer>(
  server: Protocol,
  options: TlsOptions,
): Protocol & SecureServerMethods {
  const above = server.listeners("connection").filter(isConnectionListener);
  keepState(server, { ...options });
  server.removeAllListeners("connection");
  server.on("connection", (socket) => {
    accept(server, socket);
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    for (const listener of above) Reflect.apply(listener, server, [socket]);
  });
  const methods: SecureServerMethods = METHODS;
  return Object.assign(server, methods);
}

function isConnectionListener(value: unknown): value is ConnectionListener {
  return typeof value === "function";
}

function keepState(server: NetServer, options: TlsOptions): void {
  requireServerOptions(options);
  const context = servable(options);
  STATES.set(server, { options, context, contexts: [] });
  Object.assign(server, facesOf(options));
}

/** Checks the options and makes the server of `self`. */
function setUp(self: NetServer, first: unknown, second: unknown): void {
  const listener = typeof first === "function" ? first : second;
  const given: unknown =
    typeof first === "function" || first === undefined || first === null
      ? {}
      : first;
  if (typeof given !== "object" || given === null)
    throw wrongType("options", given, "an object");
  const options: TlsOptions = { ...given };
  keepState(self, options);
  Reflect.apply(NetServer, self, [
    options,
    (socket: Socket) => {
      accept(self, socket);
    },
  ]);
  if (isListener(listener)) self.on("secureConnection", listener);
}

function isListener(value: unknown): value is SecureListener {
  return typeof value === "function";
}

function requireServerOptions(options: TlsOptions): void {
  const { handshakeTimeout, ALPNProtocols, ALPNCallback } = options;
  if (ALPNCallback && ALPNProtocols)
    throw typeError(
      "ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS",
      "ALPNCallback and ALPNProtocols cannot be given together: take one",
    );
  alpnNames(ALPNProtocols);
  requireNumber(
    "options.handshakeTimeout",
    handshakeTimeout || HANDSHAKE_TIMEOUT,
  );
  for (const name of ["ALPNCallback", "SNICallback", "pskCallback"] as const)
    if (options[name]) requireFunction(`options.${name}`, options[name]);
  if (options.pskIdentityHint)
    requireText("options.pskIdentityHint", options.pskIdentityHint);
}

/**
 * Makes the context of a server.
 *
 * @throws Error ERR_SSL_NO_CIPHER_MATCH for suites that are a client's alone, as those
 *   with static RSA
 */
function servable(options: SecureContextOptions): object {
  const context = inUse.createSecureContext(contextOptions(options));
  if (!isOurContext(context)) return context;
  const state = contextState(contextFacts(context).serverBase);
  try {
    state.serverConfig(state.settings);
  } catch (cause) {
    if (cause instanceof TlsUsageError && /^cipherSuites/.test(cause.message))
      throw nodeError(
        "ERR_SSL_NO_CIPHER_MATCH",
        `options.ciphers: no cipher match: a server of puretls has none of these suites, as those with static RSA; ${cause.message}`,
        { cause },
      );
  }
  return context;
}

/** A server prefers its own order of suites unless told otherwise. */
function contextOptions(options: SecureContextOptions): SecureContextOptions {
  return { ...options, honorCipherOrder: options.honorCipherOrder ?? true };
}

/** Members that programs read off Node's servers. */
function facesOf(options: TlsOptions) {
  return {
    requestCert: options.requestCert === true,
    rejectUnauthorized: options.rejectUnauthorized !== false,
    ...(options.ALPNProtocols ? { ALPNProtocols: options.ALPNProtocols } : {}),
    ALPNCallback: options.ALPNCallback,
  };
}

/** Makes the handshake with a client that has connected. */
function accept(server: NetServer, below: Socket): void {
  const socket = new TLSSocket(below, socketOptions(server));
  let isTold = false;
  const tell = (error: unknown): void => {
    if (isTold || !socket.secureConnecting) return;
    isTold = true;
    server.emit("tlsClientError", error, socket);
  };
  socket.on("error", tell);
  socket.on("close", (hadError: boolean) => {
    if (!hadError) tell(nodeError("ECONNRESET", "socket hang up"));
  });
  if (server.listenerCount("keylog") > 0)
    socket.on("keylog", (line: Buffer) => {
      server.emit("keylog", line, socket);
    });
  socket.on("secure", () => {
    const { requestCert, rejectUnauthorized } = stateOf(server).options;
    const error = requestCert === true ? socket._authorize() : undefined;
    if (error !== undefined && rejectUnauthorized !== false) {
      socket.destroy(error);
      return;
    }
    socket._releaseControl();
    socket.secureConnecting = false;
    server.emit("secureConnection", socket);
  });
}

function socketOptions(server: NetServer): TLSSocketOptions {
  const { options, context, contexts } = stateOf(server);
  const pauseOnConnect: unknown = Reflect.get(server, "pauseOnConnect");
  const SNICallback =
    options.SNICallback ?? (contexts.length > 0 ? byName(contexts) : undefined);
  return {
    secureContext: context,
    isServer: true,
    server,
    requestCert: options.requestCert === true,
    rejectUnauthorized: options.rejectUnauthorized !== false,
    handshakeTimeout: options.handshakeTimeout || HANDSHAKE_TIMEOUT,
    ALPNProtocols: Reflect.get(server, "ALPNProtocols"),
    ...(options.ALPNCallback && { ALPNCallback: options.ALPNCallback }),
    ...(SNICallback && { SNICallback }),
    ...(options.pskCallback && { pskCallback: options.pskCallback }),
    ...(options.pskIdentityHint && {
      pskIdentityHint: options.pskIdentityHint,
    }),
    ...(options.enableTrace !== undefined && {
      enableTrace: options.enableTrace,
    }),
    pauseOnConnect: pauseOnConnect === true,
  };
}

/** Chooses among the contexts of `addContext()`, the newest first. */
function byName(contexts: State["contexts"]) {
  return (
    name: string,
    done: (error: null, context: SecureContext | undefined) => void,
  ): void => {
    const entry = contexts.findLast(([pattern]) => pattern.test(name));
    done(null, entry?.[1]);
  };
}

const METHODS: ThisType<NetServer> & SecureServerMethods = {
  addContext(hostname, context) {
    if (!hostname)
      throw nodeError(
        "ERR_TLS_REQUIRED_SERVER_NAME",
        'addContext: "hostname" is required, the name that clients ask for',
      );
    const pattern = hostname
      .replace(/[.^$+?()|\-\\[\]{}]/g, "\\$&")
      .replaceAll("*", "[^.]*");
    stateOf(this).contexts.push([
      new RegExp(`^${pattern}$`, "i"),
      isOurContext(context) ? context : inUse.createSecureContext(context),
    ]);
  },
  getTicketKeys() {
    return contextFacts(stateOf(this).context).tickets.export();
  },
  setTicketKeys(keys) {
    const bytes = requireTicketKeys("keys", keys);
    contextFacts(stateOf(this).context).tickets.replace(bytes);
  },
  setSecureContext(options) {
    requireObject("options", options);
    const state = stateOf(this);
    state.context = servable(options);
  },
};

/** Node calls it as a function and as a constructor, and so do its subclasses. */
function makeServer(
  this: unknown,
  options?: unknown,
  listener?: unknown,
): unknown {
  if (!(this instanceof makeServer))
    return Reflect.construct(makeServer, [options, listener]);
  if (this instanceof NetServer) setUp(this, options, listener);
  return undefined;
}
Reflect.setPrototypeOf(makeServer, NetServer);
Object.defineProperty(makeServer, "name", { value: "Server" });
const prototype: object = NetServer.prototype;
const own: object = asConstructor(makeServer).prototype;
Reflect.setPrototypeOf(own, prototype);
for (const [name, value] of Object.entries(METHODS))
  Object.defineProperty(own, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: true,
  });
Object.defineProperty(own, captureRejectionSymbol, {
  value(this: NetServer, error: Error, event: string, socket: unknown): void {
    if (event === "secureConnection" && socket instanceof TLSSocket)
      socket.destroy(error);
    else this.emit("error", error);
  },
  configurable: true,
  writable: true,
});

/** The constructor of {@link Server}: called with `new`, without, and by `.call`. */
export interface ServerConstructor {
  new (listener?: SecureListener): Server;
  new (options: TlsOptions, listener?: SecureListener): Server;
  (listener?: SecureListener): Server;
  (options: TlsOptions, listener?: SecureListener): Server;
  readonly prototype: Server;
}

function asConstructor(made: unknown): ServerConstructor {
  if (isConstructor(made)) return made;
  throw new TypeError("Server is no constructor");
}

function isConstructor(made: unknown): made is ServerConstructor {
  return typeof made === "function" && "prototype" in made;
}

/**
 * Serves TLS. Node's `tls.Server`: as there it is called with `new`, without, and by
 * `Server.call(this, options, listener)` of a subclass. See {@link createServer} for
 * an example.
 */
export const Server: ServerConstructor = asConstructor(makeServer);

/**
 * Makes a server of TLS; `secureConnection` gives the sockets of clients whose
 * handshake is done, `tlsClientError` tells of one that failed. Node's
 * `tls.createServer()`, with its options.
 *
 * @throws TypeError, RangeError and Error with Node's code for options that are wrong
 *
 * @example
 * ```ts
 * import { createServer } from "puretls/node-tls";
 * import { noble } from "puretls/crypto/noble";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const { pem, key } = createSelfSigned({ provider: noble, hosts: ["localhost"] });
 * const server = createServer({ cert: pem, key: key.toPem() }, (socket) => {
 *   socket.end(`hello by ${socket.getProtocol()}`);
 * });
 * if (server.getTicketKeys().length !== 48) throw new Error();
 * ```
 */
export function createServer(
  options?: TlsOptions | SecureListener,
  listener?: SecureListener,
): Server {
  return typeof options === "function"
    ? new Server(options)
    : new Server(options ?? {}, listener);
}
