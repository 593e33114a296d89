/** Ticket keys of a secure context: Node's 48 bytes, and the time of sessions. */
import type { Bytes } from "../../bytes.ts";
import { node as provider } from "../../crypto/node.ts";
import type { Session } from "../../handshake/sessions/session.ts";
import { TicketKeys } from "../../handshake/sessions/ticket-keys.ts";
import type { SecureContextOptions } from "./context-options.ts";
import { requireBytes, requireWhole, viewOf } from "../base/checks.ts";
import { wrongValue } from "../base/errors.ts";

/** Bytes of Node's ticket keys: a name and what the tickets are sealed with. */
const KEYS_LENGTH = 48;
/** Seconds for which a session is good: OpenSSL's, and Node's. */
const DEFAULT_SESSION_TIMEOUT = 300;

/** Seals tickets under keys that can be read and replaced. */
export class SealedTickets {
  #keys: TicketKeys;
  readonly sessionTimeout: number;
  /** Keys of an `SSLContext`, which stay when those inside are replaced. */
  readonly keys: TicketKeys;

  /**
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for keys that are
   *   not 48 bytes
   * @throws RangeError ERR_OUT_OF_RANGE for a timeout that is no number of seconds
   */
  constructor({ ticketKeys, sessionTimeout }: SecureContextOptions) {
    if (sessionTimeout !== undefined && sessionTimeout !== null)
      requireWhole("options.sessionTimeout", sessionTimeout, 0);
    this.sessionTimeout = sessionTimeout || DEFAULT_SESSION_TIMEOUT;
    const given: unknown = ticketKeys ?? undefined;
    this.#keys =
      given === undefined
        ? new TicketKeys({ provider })
        : ownKeys(requireTicketKeys("options.ticketKeys", given));
    this.keys = new Replaceable(this);
  }

  seal(session: Session): Bytes | undefined {
    return this.#keys.seal(session);
  }

  open(ticket: Uint8Array): Session | undefined {
    const session = this.#keys.open(ticket);
    if (session === undefined) return undefined;
    const age = provider.now() - session.createdAt;
    return age < this.sessionTimeout * 1000 ? session : undefined;
  }

  /** The newest key: 48 bytes, a secret that belongs to the caller. */
  export(): Buffer {
    const [newest] = this.#keys.export();
    return Buffer.from(newest ?? new Uint8Array(KEYS_LENGTH));
  }

  /** Seals and opens with this key alone from now on. */
  replace(keys: Uint8Array): void {
    this.#keys = ownKeys(keys);
  }
}

class Replaceable extends TicketKeys {
  readonly #tickets: SealedTickets;

  constructor(tickets: SealedTickets) {
    super({ provider });
    this.#tickets = tickets;
  }

  override seal(session: Session) {
    return this.#tickets.seal(session);
  }

  override open(ticket: Uint8Array): Session | undefined {
    return this.#tickets.open(ticket);
  }
}

/**
 * Returns 48 bytes of keys.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for anything else
 */
export function requireTicketKeys(name: string, value: unknown): Uint8Array {
  requireBytes(name, value);
  if (value.byteLength === KEYS_LENGTH) return viewOf(value);
  throw wrongValue(
    name,
    value.byteLength,
    `Session ticket keys must be a ${String(KEYS_LENGTH)}-byte buffer`,
  );
}

function ownKeys(key: Uint8Array): TicketKeys {
  return new TicketKeys({ provider, keys: [key] });
}
