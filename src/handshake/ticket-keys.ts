/** Stateless tickets: a server's session, sealed, in the client's care. */
import {
  asciiBytes,
  type BytesLike,
  concat,
  equal,
  Secret,
  viewBytes,
} from "../bytes.ts";
import type { AeadKey, CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import type { Session } from "./session.ts";
import { sessionFromBytes, sessionToBytes } from "./session-bytes.ts";

const NAME_LENGTH = 16;
const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const LABEL = asciiBytes("puretls ticket");
/** A ClientHello with a longer ticket would not get through everywhere. */
const MAX_TICKET = 16 * 1024;
const DAY = 86_400;

/** How {@link TicketKeys} are made. */
export interface TicketKeysOptions {
  /** Its AES-256-GCM, random source and clock. */
  readonly provider: CryptoProvider;
  /** What another process exported, newest first: both then open each other's. */
  readonly keys?: readonly BytesLike[];
  /**
   * Seconds after which a new key seals. Default one day, and never for keys
   * that came from outside: who shares them rotates them.
   */
  readonly rotateEvery?: number;
  /** Older keys that still open tickets. Default 7. */
  readonly keepOlder?: number;
}

interface TicketKey {
  readonly name: Uint8Array;
  readonly secret: Secret;
  readonly aead: AeadKey;
}

/**
 * The keys that seal and open a server's tickets (RFC 5077 4, RFC 8446 4.6.1):
 * the newest seals, older ones still open. Give the same object to every config
 * whose connections may go on from each other's, and set `sessionContext` apart
 * where they may not.
 *
 * @example
 * ```ts
 * import { TicketKeys } from "puretls/engine";
 * import { noble } from "puretls/crypto/noble";
 *
 * const tickets = new TicketKeys({ provider: noble });
 * // Another process resumes what this one began:
 * const elsewhere = new TicketKeys({ provider: noble, keys: tickets.export() });
 * tickets.rotate();
 * if (elsewhere.export().length !== 1) throw new Error("one key was shared");
 * ```
 */
export class TicketKeys {
  readonly #provider: CryptoProvider;
  readonly #keepOlder: number;
  readonly #rotateEvery: number;
  #keys: readonly TicketKey[] = [];
  #rotatedAt: number;

  /** @throws TlsUsageError for keys of a wrong length, or without AES-256-GCM */
  constructor(options: TicketKeysOptions) {
    const { provider, keys = [] } = options;
    this.#provider = provider;
    this.#keepOlder = options.keepOlder ?? 7;
    this.#rotateEvery =
      options.rotateEvery ?? (keys.length === 0 ? DAY : Infinity);
    this.#rotatedAt = provider.now();
    if (keys.length === 0) this.rotate();
    for (const key of [...keys].reverse()) this.rotate(key);
  }

  /**
   * From now on a new key seals: a random one, or one that another process
   * exported (copied).
   *
   * @throws TlsUsageError for a key of a wrong length
   */
  rotate(key?: BytesLike): void {
    const bytes =
      key === undefined
        ? this.#provider.random(NAME_LENGTH + KEY_LENGTH)
        : viewBytes(key, "ticket key");
    if (bytes.length !== NAME_LENGTH + KEY_LENGTH)
      throw new TlsUsageError(
        `a ticket key has ${NAME_LENGTH + KEY_LENGTH} bytes, not ${bytes.length}`,
      );
    const aead = this.#provider.aeads["AES-256-GCM"];
    if (aead === undefined)
      throw new TlsUsageError("TicketKeys: the provider has no AES-256-GCM");
    const secret = bytes.slice(NAME_LENGTH);
    const next: TicketKey = {
      name: bytes.slice(0, NAME_LENGTH),
      secret: new Secret(secret),
      aead: aead.key(secret),
    };
    const older = this.#keys.filter(({ name }) => !equal(name, next.name));
    this.#keys = [next, ...older].slice(0, 1 + this.#keepOlder);
    this.#rotatedAt = this.#provider.now();
  }

  /** The keys as bytes, newest first: secrets that belong to the caller. */
  export(): Uint8Array[] {
    this.#rotateWhenDue();
    return this.#keys.map(({ name, secret }) => concat(name, secret.bytes));
  }

  /** A ticket of that session; undefined when it would be too long to send. */
  seal(session: Session): Uint8Array | undefined {
    this.#rotateWhenDue();
    const [key] = this.#keys;
    if (key === undefined) return undefined;
    const plaintext = sessionToBytes(session);
    const at = NAME_LENGTH + NONCE_LENGTH;
    const ticket = new Uint8Array(at + plaintext.length + TAG_LENGTH);
    if (ticket.length > MAX_TICKET) return undefined;
    const nonce = this.#provider.random(NONCE_LENGTH);
    ticket.set(key.name);
    ticket.set(nonce, NAME_LENGTH);
    const out = new Uint8Array(plaintext.length + TAG_LENGTH);
    key.aead.seal(nonce, aadOf(key), plaintext, out);
    plaintext.fill(0);
    ticket.set(out, at);
    return ticket;
  }

  /** The session in a ticket; undefined when it is not one of ours. */
  open(ticket: Uint8Array): Session | undefined {
    this.#rotateWhenDue();
    const at = NAME_LENGTH + NONCE_LENGTH;
    if (ticket.length <= at + TAG_LENGTH || ticket.length > MAX_TICKET)
      return undefined;
    const name = ticket.subarray(0, NAME_LENGTH);
    const key = this.#keys.find((one) => equal(one.name, name));
    if (key === undefined) return undefined;
    const nonce = ticket.slice(NAME_LENGTH, at);
    const sealed = ticket.slice(at);
    const plaintext = key.aead.open(nonce, aadOf(key), sealed);
    if (plaintext === undefined) return undefined;
    try {
      return sessionFromBytes(plaintext);
    } catch (error) {
      // Sealed by a process that writes sessions in another form.
      if (error instanceof TlsUsageError) return undefined;
      throw error;
    } finally {
      plaintext.fill(0);
    }
  }

  #rotateWhenDue(): void {
    const age = this.#provider.now() - this.#rotatedAt;
    if (age >= 1000 * this.#rotateEvery) this.rotate();
  }
}

function aadOf({ name }: TicketKey): Uint8Array {
  return concat(LABEL, name);
}
