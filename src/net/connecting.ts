/** Parts that the functions which connect and serve have in common, in any runtime. */
import type { EchClient } from "../handshake/config/ech-interfaces.ts";
import type { RootProgram } from "../x509/trust/root-program.ts";
import type { SSLSession } from "../ssl/context/session.ts";
import type { DefaultContextOptions } from "../ssl/default-context.ts";
import { SSLTimeoutError } from "../ssl/errors/errors.ts";
import {
  CERT_CHAIN_OPTIONS,
  type CertChainSource,
} from "../ssl/material/key-material.ts";
import type { Encoded } from "../ssl/material/reading.ts";
import { type Names, picked, withoutNulls } from "../ssl/names/arguments.ts";
import { startTimer } from "../ssl/platform/timers.ts";
import { limitsOf } from "../ssl/socket/deadline.ts";
import type { SSLSocket } from "../ssl/socket/ssl-socket.ts";
import {
  type AbortSignalLike,
  CALL_OPTIONS,
  type CallOptions,
} from "../ssl/socket/transport.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";
import { closeInTime, type Transport } from "./transport.ts";

/** A context, or what to make one of: never both. */
export interface ContextChoice extends CertChainSource {
  /** It has its own of all that follows, which must be left out. */
  readonly context?: SSLContext;
  readonly ca?: Encoded | readonly Encoded[];
  readonly caFile?: string;
  readonly caPath?: string;
  /** `mozillaRoots` of `puretls/roots`, or a list of the program. */
  readonly roots?: RootProgram;
  readonly alpnProtocols?: readonly string[];
}

/** The names of {@link ContextChoice}. */
export const CONTEXT_CHOICE: Names<ContextChoice> = {
  ...CERT_CHAIN_OPTIONS,
  context: true,
  ca: true,
  caFile: true,
  caPath: true,
  roots: true,
  alpnProtocols: true,
};

/** Options of a client that connects, wherever to. */
export interface ClientOptions extends ContextChoice, CallOptions {
  /** The name in SNI and in the certificate. Default: the host, if one is named. */
  readonly serverHostname?: string;
  readonly suppressRaggedEofs?: boolean;
  /** The session to resume: it came to the same `context`. Null: none. */
  readonly session?: SSLSession | null;
  /**
   * The offer that `createEchClient()` of `puretls/ech` makes of the host's configs.
   */
  readonly encryptedClientHello?: EchClient;
}

/** The names of {@link ClientOptions}. */
export const CLIENT_OPTIONS: Names<ClientOptions> = {
  ...CONTEXT_CHOICE,
  ...CALL_OPTIONS,
  serverHostname: true,
  suppressRaggedEofs: true,
  session: true,
  encryptedClientHello: true,
};

/** Makes a context as `createDefaultContext()` does. */
export type ContextMaker = (options: DefaultContextOptions) => SSLContext;

/**
 * Returns the context that was chosen, or makes it.
 *
 * @param call for messages
 * @throws TypeError for a server without a certificate, and for a context together
 *   with what another would be made of
 * @throws SSLError for certificates and keys that do not parse or do not fit
 */
export async function contextOf(
  call: string,
  choice: ContextChoice,
  purpose: "serverAuth" | "clientAuth",
  make: ContextMaker,
): Promise<SSLContext> {
  const given = withoutNulls(choice);
  const { ca, caFile, caPath, roots, alpnProtocols } = given;
  const { cert, certFile, pfx, pfxFile } = given;
  if (given.context !== undefined) {
    requireContextAlone(call, given);
    return given.context;
  }
  const context = make({
    purpose,
    ...(ca !== undefined && { ca }),
    ...(caFile !== undefined && { caFile }),
    ...(caPath !== undefined && { caPath }),
    ...(roots !== undefined && { roots }),
  });
  if ((pfx ?? pfxFile ?? cert ?? certFile) !== undefined)
    await context.loadCertChainAsync(picked(choice, CERT_CHAIN_OPTIONS));
  else if (purpose === "clientAuth")
    throw new TypeError(
      `${call}: a context, cert, certFile, pfx or pfxFile is needed`,
    );
  if (alpnProtocols !== undefined) context.setAlpnProtocols(alpnProtocols);
  return context;
}

/** To pass over a `ca` would be to trust others than the program says. */
function requireContextAlone(call: string, given: object): void {
  for (const name of Object.keys(CONTEXT_CHOICE))
    if (name !== "context" && Reflect.get(given, name) !== undefined)
      throw new TypeError(
        `${call}: ${name}: given together with a context, which has its own; set it in the context, or leave the context out`,
      );
}

/** The way to a server that {@link connectBy} goes. */
export interface Way {
  /** The name of the function, for messages. */
  readonly call: string;
  /** The name of the server where the options have none. */
  readonly host?: string | undefined;
  readonly makeContext: ContextMaker;
  /** Opens the connection; rejects with the signal's reason when that is aborted. */
  readonly open: (signal: AbortSignalLike) => Transport | Promise<Transport>;
}

/**
 * Opens a transport and makes the handshake of a client; `timeout` and `signal` of
 * the options are for both together.
 *
 * @throws SSLCertVerificationError when the server is not who it should be
 * @throws SSLError when the handshake fails, and what opening throws
 */
export async function connectBy(
  options: ClientOptions,
  { call, host, makeContext, open }: Way,
): Promise<SSLSocket> {
  const context = await contextOf(call, options, "serverAuth", makeContext);
  const { suppressRaggedEofs = true, session, encryptedClientHello } = options;
  const serverHostname = options.serverHostname ?? host ?? null;
  return withinLimits(call, options, async (signal) => {
    const transport = await openedBefore(open, signal);
    return handshake(transport, signal, () =>
      context.wrapSocket(transport, {
        ...(serverHostname !== null && { serverHostname }),
        doHandshakeOnConnect: false,
        suppressRaggedEofs,
        ...(session && { session }),
        encryptedClientHello: encryptedClientHello ?? null,
      }),
    );
  });
}

/** Options of a server's side of one connection. */
export interface AcceptOptions extends ContextChoice, CallOptions {
  readonly suppressRaggedEofs?: boolean;
}

/** The names of {@link AcceptOptions}. */
export const ACCEPT_OPTIONS: Names<AcceptOptions> = {
  ...CONTEXT_CHOICE,
  ...CALL_OPTIONS,
  suppressRaggedEofs: true,
};

/**
 * Makes the handshake of a server on a transport; `timeout` and `signal` of the
 * options are for all of it.
 *
 * @throws SSLError when the handshake fails, and what opening throws
 */
export async function acceptBy(
  options: AcceptOptions,
  { call, makeContext, open }: Omit<Way, "host">,
): Promise<SSLSocket> {
  const context = await contextOf(call, options, "clientAuth", makeContext);
  const { suppressRaggedEofs = true } = options;
  return withinLimits(call, options, async (signal) => {
    const transport = await openedBefore(open, signal);
    return handshake(transport, signal, () =>
      context.wrapSocket(transport, {
        serverSide: true,
        doHandshakeOnConnect: false,
        suppressRaggedEofs,
      }),
    );
  });
}

async function handshake(
  transport: Transport,
  signal: AbortSignalLike,
  wrap: () => SSLSocket,
): Promise<SSLSocket> {
  try {
    const secure = wrap();
    await secure.doHandshake({ signal });
    return secure;
  } catch (error) {
    // A peer that kept us waiting is not waited for again.
    if (signal.aborted) transport.abort(error);
    else void closeInTime(transport);
    throw error;
  }
}

/** Opens a transport; one that comes too late is aborted. */
async function openedBefore(
  open: Way["open"],
  signal: AbortSignalLike,
): Promise<Transport> {
  if (signal.aborted) throw signal.reason;
  const opening = Promise.resolve(open(signal));
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(signal.reason);
    };
  });
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([opening, aborted]);
  } catch (error) {
    opening.then(
      (late) => {
        late.abort(error);
      },
      () => undefined,
    );
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Runs `call` with one signal for the time that is left and the caller's own. */
async function withinLimits<T>(
  call: string,
  options: CallOptions,
  run: (signal: AbortSignalLike) => Promise<T>,
): Promise<T> {
  const own = picked(options, CALL_OPTIONS);
  const { timeout, signal } = limitsOf(call, own, null);
  const limit = new Limit();
  const forward = (): void => {
    limit.abort(signal?.reason);
  };
  if (signal?.aborted === true) forward();
  signal?.addEventListener("abort", forward);
  const cancel =
    timeout === null
      ? undefined
      : startTimer({}, timeout, () => {
          limit.abort(new SSLTimeoutError(call, timeout));
        });
  try {
    return await run(limit);
  } finally {
    cancel?.();
    signal?.removeEventListener("abort", forward);
  }
}

/** An AbortController with its signal, which not every engine has. */
class Limit implements AbortSignalLike {
  readonly #listeners = new Set<() => void>();
  aborted = false;
  reason: unknown;

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.#listeners]) listener();
  }
}
