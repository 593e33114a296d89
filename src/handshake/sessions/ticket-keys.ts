/** Stateless tickets: a server's session, sealed, in the client's care. */
import {
  asciiBytes,
  type Bytes,
  type BytesLike,
  concat,
  equal,
  Secret,
  viewBytes,
} from "../../bytes.ts";
import type {
  AeadAlgorithm,
  AeadKey,
  AeadName,
  CryptoProvider,
} from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import type { Session } from "./session.ts";
import { opensForCallerAlone } from "./session-check.ts";
import { sessionFromBytes, sessionToBytes } from "./session-bytes.ts";

const NAME_LENGTH = 16;
const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const LABEL = asciiBytes("puretls ticket");
/** A ClientHello with a longer ticket would not get through everywhere. */
const MAX_TICKET = 16 * 1024;
const DAY = 86_400_000;
/**
 * Messages under one key with random nonces of 96 bits: two of them have the same
 * nonce with a chance of 2^-33 (NIST SP 800-38D 8.3 allows as many).
 */
const MOST_SEALS = 2 ** 32;
/**
 * A client chooses the nonce of a ticket that it makes up, and the key stays
 * for days: only an AEAD whose time does not depend on its key will do.
 * ChaCha20-Poly1305 comes first with every provider, so that processes on
 * different providers open each other's tickets. Keys have 32 bytes in both.
 */
const TICKET_AEADS: readonly AeadName[] = ["ChaCha20-Poly1305", "AES-256-GCM"];

/** Options of {@link TicketKeys}. */
export interface TicketKeysOptions {
  /**
   * Its random source, clock and AEAD: ChaCha20-Poly1305, or AES-256-GCM for a
   * provider that has only that in constant time (`AeadAlgorithm.constantTime`).
   */
  readonly provider: CryptoProvider;
  /**
   * Keys that processes share, newest first, so that each opens the others'
   * tickets: what `export()` returned, or 48 random bytes each, the first 16 of
   * which name the key in the clear. Copied.
   */
  readonly keys?: readonly BytesLike[];
  /**
   * Milliseconds after which a new key seals. Default one day, and never for
   * keys that came from outside: who shares them rotates them.
   */
  readonly rotationInterval?: number;
  /** Older keys that still open tickets. Default 7. */
  readonly keepOlder?: number;
  /**
   * Tickets that this process seals under one key, whose nonces are random. After
   * them a key that it made is replaced, and one that it was given seals no more:
   * there are no tickets until it is replaced. Default 2^32, which processes that
   * share a key have to share too: divide it by their number.
   */
  readonly maxSeals?: number;
}

/**
 * A ticket key that processes share by a schedule: {@link TicketKeys.share}.
 */
export interface TimedTicketKey {
  /** 48 bytes, the first 16 of which name it. */
  readonly key: Uint8Array;
  /** Milliseconds of the schedule's clock from which it seals: all have it. */
  readonly from: number;
  /** Milliseconds of the schedule's clock from which it seals no more. */
  readonly sealUntil: number;
  /** Milliseconds of the schedule's clock from which it opens no more. */
  readonly openUntil: number;
}

/** Use of one ticket key in this process, for metrics. */
export interface TicketKeyUse {
  /** The 16 bytes by which tickets name the key in the clear; a copy. */
  readonly name: Uint8Array;
  /** Tickets that this process sealed under it. */
  readonly seals: number;
  /** True for the key that seals now. */
  readonly isSealing: boolean;
  /** True for one of {@link TicketKeys.share}. */
  readonly isShared: boolean;
}

interface TicketKey {
  readonly name: Uint8Array;
  readonly secret: Secret;
  readonly aead: AeadKey;
  seals: number;
}

/** A key of {@link TicketKeys.share}, its times by the steady clock here. */
interface SharedKey extends TicketKey {
  readonly from: number;
  readonly sealUntil: number;
  readonly openUntil: number;
  /** As it was when the key came: it never seals for longer. */
  readonly mostSealUntil: number;
}

/**
 * Milliseconds that have passed since it was made, by a clock that may be set: one
 * that goes back stands still here, so that nothing lasts longer for it.
 */
class SteadyClock {
  readonly #now: () => number;
  #last: number;
  #passed = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#last = now();
  }

  read(): number {
    const now = this.#now();
    this.#passed += Math.max(0, now - this.#last);
    this.#last = now;
    return this.#passed;
  }
}

/**
 * The keys that seal and open a server's tickets (RFC 5077 4, RFC 9846 4.7.1):
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
  readonly #clock: SteadyClock;
  readonly #aead: AeadAlgorithm;
  readonly #keepOlder: number;
  readonly #rotationInterval: number;
  readonly #maxSeals: number;
  /** Own ones, newest first. */
  #keys: readonly TicketKey[] = [];
  /** Those of {@link share}, latest first. */
  #shared: readonly SharedKey[] = [];
  /** True where this process makes its keys. */
  readonly #makesKeys: boolean;
  #rotatedAt: number;

  /**
   * @throws TlsUsageError for keys of a wrong length, for a `maxSeals` out of
   *   range, and for a provider that has no AEAD for tickets
   */
  constructor(options: TicketKeysOptions) {
    const { provider, keys = [] } = options;
    this.#provider = provider;
    this.#clock = new SteadyClock(() => provider.now());
    this.#aead = ticketAead(provider);
    this.#keepOlder = options.keepOlder ?? 7;
    this.#makesKeys =
      keys.length === 0 || options.rotationInterval !== undefined;
    this.#maxSeals = options.maxSeals ?? MOST_SEALS;
    if (!(this.#maxSeals >= 1 && this.#maxSeals <= MOST_SEALS))
      throw new TlsUsageError(
        `maxSeals: ${String(options.maxSeals)}; from 1 to 2^32 tickets are allowed`,
      );
    this.#rotationInterval =
      options.rotationInterval ?? (keys.length === 0 ? DAY : Infinity);
    this.#rotatedAt = this.#clock.read();
    if (keys.length === 0) this.rotate();
    for (const key of [...keys].reverse()) this.rotate(key);
    // A program's own class may keep what it opens.
    if (new.target === TicketKeys) opensForCallerAlone(this);
  }

  /**
   * Seals with a new key from now on: a random one, or one of 48 bytes that
   * another process exported (copied).
   *
   * @throws TlsUsageError for a key of a wrong length
   */
  rotate(key?: BytesLike): void {
    const next = this.#keyOf(
      key === undefined
        ? this.#provider.random(NAME_LENGTH + KEY_LENGTH)
        : viewBytes(key, "ticket key"),
    );
    const same = this.#keys.find(({ name }) => equal(name, next.name));
    next.seals = same?.seals ?? 0;
    const older = this.#keys.filter((one) => one !== same);
    this.#keys = [next, ...older].slice(0, 1 + this.#keepOlder);
    this.#rotatedAt = this.#clock.read();
  }

  /**
   * Replaces the keys that processes share by a schedule, as `puretls/redis` has
   * it: of those whose time has come the latest seals, in place of the keys of this
   * process, and all that are not too old open. Copied. Time passes for them by the
   * provider's clock: where that is set, call this again. No key seals for longer
   * than it would have by the first call that named it.
   *
   * @param now the time by the schedule's clock, milliseconds since the epoch.
   *   Default: that of the provider
   * @throws TlsUsageError for a key of a wrong length
   */
  share(keys: readonly TimedTicketKey[], now = this.#provider.now()): void {
    const ahead = now - this.#clock.read();
    const shared = keys.map((times): SharedKey => {
      const made = this.#keyOf(times.key);
      const before = this.#shared.find(({ name }) => equal(name, made.name));
      const until = times.sealUntil - ahead;
      const mostSealUntil = before?.mostSealUntil ?? until;
      return {
        ...made,
        seals: before?.seals ?? 0,
        from: times.from - ahead,
        sealUntil: Math.min(until, mostSealUntil),
        openUntil: times.openUntil - ahead,
        mostSealUntil,
      };
    });
    this.#shared = shared.sort((a, b) => b.from - a.from);
  }

  /** The use of each key, those that are shared first. */
  usage(): TicketKeyUse[] {
    this.#rotateWhenDue();
    const sealing = this.#sealingKey();
    return this.#opening().map((key) => ({
      name: key.name.slice(),
      seals: key.seals,
      isSealing: key === sealing,
      isShared: "openUntil" in key,
    }));
  }

  /**
   * The keys as bytes, newest first, 48 bytes each: secrets that belong to the
   * caller.
   */
  export(): Bytes[] {
    this.#rotateWhenDue();
    return this.#opening().map(({ name, secret }) =>
      concat(name, secret.bytes),
    );
  }

  /**
   * A ticket of that session; undefined when it would be too long to send, and
   * when no key may seal any more.
   */
  seal(session: Session): Bytes | undefined {
    this.#rotateWhenDue();
    const key = this.#sealingKey();
    if (key === undefined) return undefined;
    const plaintext = sessionToBytes(session);
    const at = NAME_LENGTH + NONCE_LENGTH;
    const ticket = new Uint8Array(at + plaintext.length + TAG_LENGTH);
    try {
      if (ticket.length > MAX_TICKET) return undefined;
      key.seals++;
      const nonce = this.#provider.random(NONCE_LENGTH);
      ticket.set(key.name);
      ticket.set(nonce, NAME_LENGTH);
      const out = new Uint8Array(plaintext.length + TAG_LENGTH);
      key.aead.seal(nonce, aadOf(key), plaintext, out);
      ticket.set(out, at);
      return ticket;
    } finally {
      plaintext.fill(0);
    }
  }

  /** The session in a ticket; undefined when it is not one of ours. */
  open(ticket: Uint8Array): Session | undefined {
    this.#rotateWhenDue();
    const at = NAME_LENGTH + NONCE_LENGTH;
    if (ticket.length <= at + TAG_LENGTH || ticket.length > MAX_TICKET)
      return undefined;
    const name = ticket.subarray(0, NAME_LENGTH);
    const key = this.#opening().find((one) => equal(one.name, name));
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

  /** @throws TlsUsageError for a key of a wrong length */
  #keyOf(bytes: Uint8Array): TicketKey {
    if (bytes.length !== NAME_LENGTH + KEY_LENGTH)
      throw new TlsUsageError(
        `TicketKeys: a key must have ${NAME_LENGTH + KEY_LENGTH} bytes, got ${bytes.length}`,
      );
    const secret = bytes.slice(NAME_LENGTH);
    return {
      name: bytes.slice(0, NAME_LENGTH),
      secret: new Secret(secret),
      aead: this.#aead.key(secret),
      seals: 0,
    };
  }

  /** Keys that open at this time. */
  #opening(): readonly TicketKey[] {
    if (this.#shared.length === 0) return this.#keys;
    const now = this.#clock.read();
    const shared = this.#shared.filter(({ openUntil }) => now < openUntil);
    return [...shared, ...this.#keys];
  }

  /** The key that seals at this time, and may seal one ticket more. */
  #sealingKey(): TicketKey | undefined {
    const now = this.#clock.read();
    const [own] = this.#keys;
    const shared = this.#shared.find(
      ({ from, sealUntil }) => from <= now && now < sealUntil,
    );
    const key = shared ?? own;
    return key !== undefined && key.seals < this.#maxSeals ? key : undefined;
  }

  #rotateWhenDue(): void {
    const now = this.#clock.read();
    const [own] = this.#keys;
    const isWornOut = this.#makesKeys && (own?.seals ?? 0) >= this.#maxSeals;
    if (isWornOut || now - this.#rotatedAt >= this.#rotationInterval)
      this.rotate();
  }
}

/**
 * Returns the AEAD for what is sealed under keys that stay for long.
 *
 * @throws TlsUsageError for a provider that has none in constant time
 */
export function ticketAead(provider: CryptoProvider): AeadAlgorithm {
  for (const name of TICKET_AEADS) {
    const aead = provider.aeads[name];
    if (aead?.constantTime) return aead;
  }
  throw new TlsUsageError(
    `TicketKeys: provider "${provider.name}" has no ${TICKET_AEADS.join(" or ")} with constantTime`,
  );
}

function aadOf({ name }: TicketKey): Uint8Array {
  return concat(LABEL, name);
}
