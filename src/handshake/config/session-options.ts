import type { RAISE_NEED } from "../../promises.ts";
import { NO_BYTES } from "../../bytes.ts";
import type {
  CryptoProvider,
  FiniteFieldParameters,
} from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import { checkDhParameters } from "./checks.ts";
import { EARLY_DATA, inRange, SESSION_CONTEXT, TICKETS } from "./ranges.ts";
import { MAX_SESSION_LIFETIME } from "../sessions/session.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import type {
  AskedStrikeRegister,
  StrikeRegister,
} from "../sessions/strike-register.ts";
import type { TicketKeys } from "../sessions/ticket-keys.ts";

/** Those of a server's options. */
export interface SessionOptions {
  readonly provider: CryptoProvider;
  readonly ticketKeys?: TicketKeys;
  readonly sessionStore?: SessionStore | typeof RAISE_NEED;
  readonly numTickets?: number;
  readonly sessionContext?: Uint8Array;
  readonly sessionLifetimeSeconds?: number;
  readonly pskIdentityHint?: Uint8Array;
  readonly dhParameters?: FiniteFieldParameters;
  readonly maxEarlyData?: number;
  readonly strikeRegister?: StrikeRegister | AskedStrikeRegister;
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
 * Validates a server's options about sessions and fills in defaults.
 *
 * @throws TlsUsageError for numbers out of range, and early data unguarded
 */
export function sessionOptions(options: SessionOptions) {
  // [9846-C.4-02] [9846-F.5-03a]
  const {
    numTickets = 2,
    sessionContext = NO_BYTES,
    sessionLifetimeSeconds = 7200,
    maxEarlyData = 0,
  } = options;
  inRange("sessionContext", sessionContext.length, SESSION_CONTEXT, "bytes");
  if (maxEarlyData > 0 && options.ticketKeys && !options.strikeRegister)
    throw new TlsUsageError(
      "maxEarlyData: early data of stateless tickets needs a strikeRegister",
    );
  checkRegister(options.strikeRegister);
  return {
    numTickets: inRange("numTickets", numTickets, TICKETS, "tickets"),
    maxEarlyData: inRange(
      "maxEarlyData",
      Math.floor(maxEarlyData),
      EARLY_DATA,
      "bytes",
    ),
    strikeRegister: options.strikeRegister,
    sessionContext: sessionContext.slice(),
    sessionLifetimeSeconds: inRange(
      "sessionLifetimeSeconds",
      Math.floor(sessionLifetimeSeconds),
      [1, MAX_SESSION_LIFETIME],
      "seconds",
    ),
    ticketKeys: options.ticketKeys,
    sessionStore: options.sessionStore,
    pskIdentityHint: options.pskIdentityHint?.slice(),
    dhParameters: checkedField(options),
  };
}

/** The id is what a ticket names the register by: an empty one names none. */
function checkRegister(register: SessionOptions["strikeRegister"]): void {
  if (register === undefined) return;
  const { length } = register.id;
  if (length < 1 || length > 32)
    throw new TlsUsageError(
      `strikeRegister: an id of ${length} bytes; 1 to 32 are allowed`,
    );
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
