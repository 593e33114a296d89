/**
 * The exceptions of Python's `ssl`. A wrong argument is a TypeError or a
 * RangeError; a call in the wrong state and everything that goes wrong with the
 * connection is an {@link SSLError}.
 */
import { kindOf, refusePythonNames } from "../../options.ts";
import { SSLErrorNumber } from "../constants.ts";

/** An alert that went out or came in, RFC 9846 6. */
export interface SSLAlert {
  readonly level: "warning" | "fatal";
  /** Its number. */
  readonly description: number;
  /** The RFC's name, "alert 199" for a number that has none. */
  readonly name: string;
  readonly direction: "sent" | "received";
}

export interface SSLErrorOptions {
  readonly code?: string;
  readonly library?: string | null;
  readonly reason?: string | null;
  readonly errno?: number;
  readonly alert?: SSLAlert | undefined;
  readonly cause?: unknown;
  /** Begins the message, in place of the reason's own text. */
  readonly text?: string | undefined;
  readonly echRetryConfigs?: Uint8Array | undefined;
}

/**
 * Python: `ssl.SSLError`. Something is wrong with the connection or with what
 * it was given.
 *
 * @example
 * ```ts
 * import { SSLContext, SSLError } from "puretls";
 *
 * const context = new SSLContext();
 * try {
 *   context.loadVerifyLocations({ ca: "no certificate in here" });
 * } catch (error) {
 *   if (!(error instanceof SSLError)) throw error;
 *   if (error.reason !== "NO_START_LINE") throw error;
 * }
 * ```
 */
export class SSLError extends Error {
  override readonly name: string = "SSLError";
  /** A stable name in the manner of Node: "ERR_SSL_HTTP_REQUEST". */
  readonly code: string;
  /** OpenSSL's name of the part at fault: "SSL", "PEM", "X509", "ASN1". */
  readonly library: string | null;
  /** OpenSSL's name of the reason: "CERTIFICATE_VERIFY_FAILED". */
  readonly reason: string | null;
  /** One of {@link SSLErrorNumber}. */
  readonly errno: number;
  /** The alert that belongs to it. */
  readonly alert: SSLAlert | undefined;
  /**
   * Not in Python. With ECH_REJECTED: an ECHConfigList to try again with
   * (RFC 9849 6.1.6), null where the server does without ECH.
   */
  readonly echRetryConfigs: Uint8Array | null;

  /** @throws TypeError for a message that is no text */
  constructor(message: string, options: SSLErrorOptions = {}) {
    if (typeof message !== "string")
      throw new TypeError(
        `SSLError: ${kindOf(message)}; a text is allowed, and { errno } behind it`,
      );
    const { library = null, reason = null } = options;
    super(`${prefix(library, reason)}${withText(options, message)}`, {
      cause: options.cause,
    });
    this.library = library;
    this.reason = reason;
    this.errno = options.errno ?? SSLErrorNumber.SSL_ERROR_SSL;
    this.alert = options.alert;
    this.echRetryConfigs = options.echRetryConfigs ?? null;
    this.code = options.code ?? `ERR_SSL_${reason ?? "UNKNOWN"}`;
  }

  /** The message. Python: `strerror`. */
  get strerror(): string {
    return this.message;
  }

  /** {@link errno} and the message. Python: `args`. */
  get args(): readonly [errno: number, message: string] {
    return [this.errno, this.message];
  }
}

/**
 * Python: `ssl.SSLZeroReturnError`. Both sides have said close_notify, or the
 * peer did in the middle of the handshake. See {@link SSLError} for an example.
 */
export class SSLZeroReturnError extends SSLError {
  override readonly name = "SSLZeroReturnError";

  constructor(options: SSLErrorOptions = {}) {
    super("TLS/SSL connection has been closed (EOF)", {
      errno: SSLErrorNumber.SSL_ERROR_ZERO_RETURN,
      code: "ERR_SSL_ZERO_RETURN",
      ...options,
    });
  }
}

/**
 * Python: `ssl.SSLWantReadError`. The call wants more bytes from the peer: send
 * what waits in the outgoing BIO, feed the incoming one and call again. One
 * instance serves all calls, so its stack trace says nothing.
 *
 * @example
 * ```ts
 * import { MemoryBIO, SSLContext, SSLWantReadError } from "puretls";
 *
 * const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
 * const options = { serverHostname: "a.example" };
 * const object = new SSLContext().wrapBio(incoming, outgoing, options);
 * try {
 *   object.doHandshake();
 * } catch (error) {
 *   if (!(error instanceof SSLWantReadError)) throw error;
 *   if (outgoing.pending === 0) throw new Error("no ClientHello to send");
 * }
 * ```
 */
export class SSLWantReadError extends SSLError {
  override readonly name = "SSLWantReadError";

  constructor() {
    super("The operation did not complete (read)", {
      errno: SSLErrorNumber.SSL_ERROR_WANT_READ,
      code: "ERR_SSL_WANT_READ",
    });
  }
}

/**
 * Python: `ssl.SSLWantWriteError`. The outgoing BIO holds as much as it may:
 * send some of it and call again. See {@link SSLWantReadError} for an example.
 */
export class SSLWantWriteError extends SSLError {
  override readonly name = "SSLWantWriteError";

  constructor() {
    super("The operation did not complete (write)", {
      errno: SSLErrorNumber.SSL_ERROR_WANT_WRITE,
      code: "ERR_SSL_WANT_WRITE",
    });
  }
}

/**
 * Not in Python; OpenSSL's SSL_ERROR_WANT_ASYNC. A callback of the program has
 * returned a promise: `await object.settle()` and call again. See
 * {@link SSLWantReadError} for an example.
 */
export class SSLWantAsyncError extends SSLError {
  override readonly name = "SSLWantAsyncError";

  constructor() {
    super("The operation waits for a callback: await settle() and call again", {
      errno: SSLErrorNumber.SSL_ERROR_WANT_ASYNC,
      code: "ERR_SSL_WANT_ASYNC",
    });
  }
}

/**
 * Python: `ssl.SSLSyscallError`. The transport failed; `cause` says how. See
 * {@link SSLError} for an example.
 */
export class SSLSyscallError extends SSLError {
  override readonly name = "SSLSyscallError";

  constructor(message: string, cause: unknown) {
    super(message, {
      errno: SSLErrorNumber.SSL_ERROR_SYSCALL,
      code: "ERR_SSL_SYSCALL",
      cause,
    });
  }
}

/**
 * Python: `ssl.SSLEOFError`. The transport ended without close_notify: what was
 * read may be cut off (RFC 9846 6.1). See {@link SSLError} for an example.
 */
export class SSLEOFError extends SSLError {
  override readonly name = "SSLEOFError";

  /** @param detail stands behind Python's text */
  constructor(options: SSLErrorOptions = {}, detail?: string) {
    const more = detail === undefined ? "" : `: ${detail}`;
    super(`EOF occurred in violation of protocol${more}`, {
      library: "SSL",
      reason: "UNEXPECTED_EOF_WHILE_READING",
      errno: SSLErrorNumber.SSL_ERROR_EOF,
      ...options,
    });
  }
}

/** The members that {@link SSLCertVerificationError} adds. */
export interface VerificationFault {
  readonly verifyCode: number;
  readonly verifyName: string;
  readonly verifyMessage: string;
}

/**
 * Python: `ssl.SSLCertVerificationError` and `ssl.CertificateError`. The peer's
 * certificate was not accepted. JavaScript has no second parent class: it is no
 * RangeError as Python's is a ValueError.
 *
 * @example
 * ```ts
 * import { certificateMatchesHost, matchHostname, SSLCertVerificationError } from "puretls";
 *
 * const cert = { subjectAltName: [["DNS", "a.example"]] } as const;
 * if (!certificateMatchesHost(cert, "a.example")) throw new Error();
 * try {
 *   matchHostname(cert, "b.example");
 * } catch (error) {
 *   if (!(error instanceof SSLCertVerificationError)) throw error;
 *   if (error.verifyCode !== 62) throw error;
 * }
 * ```
 */
export class SSLCertVerificationError extends SSLError {
  override readonly name = "SSLCertVerificationError";
  /** X509_V_ERR number of OpenSSL: 10 expired, 20 no issuer, 62 wrong name. */
  readonly verifyCode: number;
  /** Its name, as "HOSTNAME_MISMATCH". */
  readonly verifyName: string;
  /** Its sentence. */
  readonly verifyMessage: string;

  constructor(
    message: string,
    fault: VerificationFault,
    options: SSLErrorOptions = {},
  ) {
    super(message, {
      library: "SSL",
      reason: "CERTIFICATE_VERIFY_FAILED",
      ...options,
    });
    this.verifyCode = fault.verifyCode;
    this.verifyName = fault.verifyName;
    this.verifyMessage = fault.verifyMessage;
  }
}

refusePythonNames(SSLCertVerificationError, {
  verify_code: "verifyCode",
  verify_message: "verifyMessage",
});

/**
 * Python: `ssl.CertificateError`. See {@link SSLCertVerificationError} for an
 * example.
 */
export const CertificateError = SSLCertVerificationError;
export type CertificateError = SSLCertVerificationError;

/**
 * Python raises `TimeoutError`: the deadline of a whole call has passed. See
 * {@link SSLError} for an example.
 */
export class SSLTimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "ERR_SSL_TIMEOUT";

  constructor(what: string, milliseconds: number) {
    super(`${what} did not end within ${milliseconds.toString()} ms`);
  }
}

/** A call that the state of the object does not allow; nothing has moved. */
export function stateError(
  code: `ERR_${string}`,
  message: string,
  reason?: string,
): SSLError {
  return new SSLError(message, {
    code,
    ...(reason === undefined ? {} : { library: "SSL", reason }),
  });
}

/** OpenSSL's text of a reason, then the message, which may begin with it. */
function withText(
  {
    reason = null,
    text = reason === null ? "" : textOf(reason),
  }: SSLErrorOptions,
  message: string,
): string {
  return message.startsWith(text) ? message : `${text}: ${message}`;
}

function textOf(reason: string): string {
  return REASON_TEXTS[reason] ?? reason.toLowerCase().replaceAll("_", " ");
}

/** Those that are not their mnemonic in other letters. */
const REASON_TEXTS: Readonly<Record<string, string>> = {
  PRNG_NOT_SEEDED: "PRNG not seeded",
  // Python's own.
  UNEXPECTED_EOF_WHILE_READING: "EOF occurred in violation of protocol",
};

function prefix(library: string | null, reason: string | null): string {
  if (library === null) return "";
  return reason === null ? `[${library}] ` : `[${library}: ${reason}] `;
}
