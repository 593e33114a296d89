/** Limits on the work and the memory that a peer can cause on one connection. */
import { found, requireNames } from "../../options.ts";
import { TlsUsageError } from "../../errors.ts";

/** Limits on what a peer can make this side do; each is a whole number. */
export interface Limits {
  /** Bytes of a Certificate or CertificateRequest message. */
  readonly certificateMessage: number;
  /** Bytes of a ClientHello. */
  readonly clientHello: number;
  /** Bytes of any other handshake message. */
  readonly handshakeMessage: number;
  /** Pre-shared keys of a ClientHello that a server looks at, the first ones. */
  readonly pskIdentities: number;
  /** Session tickets that a connection keeps; further ones are ignored. */
  readonly tickets: number;
  /** Requests for a certificate after the handshake that a client answers. */
  readonly certificateRequests: number;
  /** Requests to renegotiate (TLS 1.2) that are answered with a refusal. */
  readonly renegotiations: number;
  /** Bits of the prime of a server's finite field (DHE, TLS 1.2), from 2048. */
  readonly finiteFieldBits: number;
  /**
   * KeyUpdates without application data, or more than one for 128 bytes of it
   * that the program has not taken yet.
   */
  readonly keyUpdates: number;
  /** Warning alerts in a row. */
  readonly warningAlerts: number;
  /** Records without content in a row. */
  readonly emptyRecords: number;
  /** Records of change_cipher_spec. */
  readonly changeCipherSpecs: number;
  /**
   * Bytes of records of refused early data that a server skips beyond the data
   * that its tickets allow (`maxEarlyData`, or the one that was offered).
   */
  readonly skippedEarlyData: number;
  /** Bytes of ciphertext kept while a need waits for its answer. */
  readonly inputWhileWaiting: number;
  /**
   * Records under one key before it is updated, from 1; never more than the
   * cipher suite allows.
   */
  readonly recordsPerKey: number;
}

/**
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { DEFAULT_LIMITS } from "puretls/engine";
 *
 * const { clientHello } = DEFAULT_LIMITS;
 * new SSLContext({ protocol: "tlsServer", limits: { clientHello: clientHello / 2 } });
 * ```
 */
export const DEFAULT_LIMITS: Limits = /* @__PURE__ */ Object.freeze({
  // SSL_CTX_set_max_cert_list() of OpenSSL begins there too.
  certificateMessage: 100 * 1024,
  // The longest that its syntax allows; OpenSSL takes as much.
  clientHello: 131_396,
  handshakeMessage: 64 * 1024,
  // An honest client offers one or two: each costs a look into the store.
  pskIdentities: 8,
  tickets: 64,
  // Each is answered with a signature.
  certificateRequests: 32,
  renegotiations: 16,
  finiteFieldBits: 8192,
  // As many as OpenSSL and BoringSSL take, of both kinds.
  keyUpdates: 32,
  warningAlerts: 4,
  emptyRecords: 32,
  // RFC 9846 E.4 wants one; some stacks send a few.
  changeCipherSpecs: 32,
  skippedEarlyData: 64 * 1024,
  inputWhileWaiting: 256 * 1024,
  recordsPerKey: Number.MAX_SAFE_INTEGER,
});

/** A message's length has three bytes. */
const MESSAGE = [0, 2 ** 24 - 1] as const;

/** The least and the most of those limits that may not be any whole number. */
const RANGES: Readonly<Partial<Record<string, readonly [number, number]>>> = {
  certificateMessage: MESSAGE,
  clientHello: MESSAGE,
  handshakeMessage: MESSAGE,
  finiteFieldBits: [2048, 8192],
  // A key that seals no record could never be left.
  recordsPerKey: [1, Number.MAX_SAFE_INTEGER],
} satisfies { readonly [N in keyof Limits]?: readonly [number, number] };

/**
 * The default limits with those given in their place.
 *
 * @throws TlsUsageError for what is no object, an unknown name, or for what is not a whole number
 *   in the limit's range
 */
export function checkedLimits(limits: Partial<Limits> | undefined): Limits {
  if (limits === undefined) return DEFAULT_LIMITS;
  requireNames("limits", limits, DEFAULT_LIMITS, { Fault: TlsUsageError });
  for (const [name, value] of Object.entries(limits)) {
    const [least, most] = RANGES[name] ?? [0, Number.MAX_SAFE_INTEGER];
    if (!Number.isSafeInteger(value) || value < least || value > most)
      throw new TlsUsageError(
        `limits.${name}: ${found(value)}; a whole number from ${least} to ${most} is allowed`,
      );
  }
  return Object.freeze({ ...DEFAULT_LIMITS, ...limits });
}
