import { NO_BYTES } from "../bytes.ts";
import type {
  CryptoProvider,
  FiniteFieldParameters,
} from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { checkDhParameters } from "./config-checks.ts";
import { MAX_SESSION_LIFETIME } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { StrikeRegister } from "./strike-register.ts";
import type { TicketKeys } from "./ticket-keys.ts";

/** Those of a server's options. */
export interface SessionOptions {
  readonly provider: CryptoProvider;
  readonly tickets?: TicketKeys;
  readonly sessionStore?: SessionStore | "ask";
  readonly ticketCount?: number;
  readonly sessionContext?: Uint8Array;
  readonly sessionLifetime?: number;
  readonly pskIdentityHint?: Uint8Array;
  readonly dhParameters?: FiniteFieldParameters;
  readonly maxEarlyData?: number;
  readonly strikeRegister?: StrikeRegister;
}

/** An option that may be left out, in the shape that a spread wants. */
export function given<K extends string, T>(
  name: K,
  value: T | undefined,
): { readonly [N in K]?: T } {
  const none: { [N in K]?: T } = {};
  return value === undefined ? none : { ...none, [name]: value };
}

/**
 * What a server makes of the options about sessions.
 *
 * @throws TlsUsageError for numbers out of range, and early data unguarded
 */
export function sessionOptions(options: SessionOptions) {
  const {
    ticketCount = 2,
    sessionContext = NO_BYTES,
    sessionLifetime = 7200,
    maxEarlyData = 0,
  } = options;
  if (!Number.isInteger(ticketCount) || ticketCount < 0 || ticketCount > 16)
    throw new TlsUsageError("ticketCount: from 0 to 16");
  if (sessionContext.length > 32)
    throw new TlsUsageError("sessionContext: at most 32 bytes");
  if (!(sessionLifetime >= 1 && sessionLifetime <= MAX_SESSION_LIFETIME))
    throw new TlsUsageError("sessionLifetime: from 1 to 604800 seconds");
  if (!(maxEarlyData >= 0 && maxEarlyData < 2 ** 32))
    throw new TlsUsageError("maxEarlyData: from 0 to 2^32 - 1 bytes");
  if (maxEarlyData > 0 && options.tickets && !options.strikeRegister)
    throw new TlsUsageError(
      "maxEarlyData: early data of stateless tickets needs a strikeRegister",
    );
  return {
    ticketCount,
    maxEarlyData: Math.floor(maxEarlyData),
    ...given("strikeRegister", options.strikeRegister),
    sessionContext: sessionContext.slice(),
    sessionLifetime: Math.floor(sessionLifetime),
    ...given("tickets", options.tickets),
    ...given("sessionStore", options.sessionStore),
    ...given("pskIdentityHint", options.pskIdentityHint?.slice()),
    ...given("dhParameters", checkedField(options)),
  };
}

function checkedField({
  provider,
  dhParameters: field,
}: SessionOptions): FiniteFieldParameters | undefined {
  if (field === undefined) return undefined;
  const copy = Object.freeze({
    prime: field.prime.slice(),
    generator: field.generator.slice(),
  });
  checkDhParameters(provider, copy);
  return copy;
}
