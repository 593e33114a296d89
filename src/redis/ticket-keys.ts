import type { BytesLike } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { TicketKeys } from "../handshake/sessions/ticket-keys.ts";
import { callListener } from "../promises.ts";
import { startInterval } from "../ssl/platform/interval.ts";
import { type RedisOptions, runner } from "./client.ts";
import {
  joinRings,
  type KeyRing,
  ringFromBytes,
  ringToBytes,
  type RingTimes,
  sameRing,
  withNextKey,
} from "./key-ring.ts";
import { NOW } from "./epoch.ts";
import { prefixOf } from "./names.ts";
import { Sealer } from "./sealing.ts";

/** Options of {@link redisTicketKeys}. */
export interface RedisTicketKeysOptions extends RedisOptions {
  /**
   * Its random source and AEAD: the provider of the contexts. By its clock time
   * passes between two looks into Redis, whose clock is that of the schedule: a
   * process may be ahead or behind.
   */
  readonly provider: CryptoProvider;
  /**
   * 32 bytes each, under which the keys are encrypted in Redis: the first
   * encrypts, all of them decrypt. To replace one, give all processes the new one
   * as the second first, and then as the first. Copied.
   */
  readonly encryptionKeys: readonly BytesLike[];
  /** Milliseconds for which a key seals. Default half a day. */
  readonly rotationInterval?: number;
  /**
   * Seconds that a ticket may be used: the longest `sessionLifetimeSeconds` of
   * the configs. Default 7200, as theirs.
   */
  readonly ticketLifetimeSeconds?: number;
  /**
   * Milliseconds between two looks into Redis. A key is published three times as
   * long before it seals. Default one minute.
   */
  readonly refreshInterval?: number;
  /** Told of each look into Redis, for metrics. What it throws is ignored. */
  readonly onRefresh?: (event: TicketKeysEvent) => unknown;
}

/** One look into Redis. */
export interface TicketKeysEvent {
  /**
   * `rotated`: this process published a key. `restored`: Redis had lost keys,
   * which this process put back. `failed`: the keys stay as they are.
   */
  readonly outcome: "unchanged" | "adopted" | "rotated" | "restored" | "failed";
  /** Number of shared keys that this process has. */
  readonly keys: number;
  readonly error?: unknown;
}

/** Ticket keys that all processes of a service have from Redis. */
export interface SharedTicketKeys {
  /** For `ticketKeys` of contexts and configs. */
  readonly keys: TicketKeys;
  /**
   * Looks into Redis now. Await it before the first connection: until then
   * tickets are sealed under a key of this process. Until a look succeeds there is
   * one each second, whether this was called or not.
   *
   * @throws the client's error, and Error for keys that cannot be decrypted
   */
  refresh(): Promise<void>;
  /** Stops looking into Redis. The keys stay as they are. */
  close(): void;
}

/** Of Redis, written as a whole where nobody else has written meanwhile. */
const COMPARE_AND_SET = `
local old = redis.call('GET', KEYS[1])
if (old or '') ~= ARGV[1] then return 'changed' end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 'set'
`;
/**
 * The time of Redis, milliseconds, and the value: the schedule is by its clock.
 * ARGV: the longest value; of one that is longer a byte more.
 */
const GET = `${NOW}
local value = redis.call('GETRANGE', KEYS[1], 0, ARGV[1])
return string.format('%.0f', now) .. ':' .. value
`;
/** Characters: a ring of the most keys has some 14,000. */
const LONGEST_VALUE = 65_536;
const ATTEMPTS = 8;
const MINUTE = 60_000;
const HALF_DAY = 43_200_000;
/** Milliseconds between two looks until there are keys: a client may yet connect. */
const SOON = 1000;
/** Milliseconds after which a look into Redis is taken for lost. */
const PATIENCE = 30_000;

/**
 * Ticket keys that rotate on schedule in all processes of a service: the process
 * that writes first publishes the next key, and the others adopt it before it is
 * used. Old keys stay for the life of the tickets that they sealed. In Redis they
 * are encrypted under `encryptionKeys`.
 *
 * Without Redis the keys stay as they are, for one period more than they
 * should, and after that with a key of each process: clients are resumed less,
 * connections never fail. What Redis loses is put back by any process that has it.
 *
 * @throws TlsUsageError for options out of range
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { redisTicketKeys } from "puretls/redis";
 *
 * // Stands for a client of the package redis or ioredis:
 * const client = { call: () => Promise.reject(new Error("no Redis here")) };
 * // 32 bytes that all processes have, and Redis has not:
 * const encryptionKeys = [provider.random(32)];
 * const shared = redisTicketKeys({ client, provider, encryptionKeys });
 * const context = new SSLContext({
 *   protocol: "tlsServer",
 *   ticketKeys: shared.keys,
 * });
 * await shared.refresh().catch(() => "resumed by this process alone");
 * shared.close();
 * if (context.ticketKeys.usage().length !== 1) throw new Error();
 * ```
 */
export function redisTicketKeys(
  options: RedisTicketKeysOptions,
): SharedTicketKeys {
  const shared = new SharedKeys(options);
  const look = (): void => {
    shared.refresh().catch(() => undefined); // onRefresh is told.
  };
  const close = startInterval(shared.refreshInterval, look);
  const soon = Math.min(SOON, shared.refreshInterval);
  const closeFirst = startInterval(soon, () => {
    if (shared.hasKeys) closeFirst();
    else look();
  });
  return {
    keys: shared.keys,
    refresh: () => shared.refresh(),
    close: () => {
      close();
      closeFirst();
    },
  };
}

class SharedKeys {
  readonly keys: TicketKeys;
  readonly refreshInterval: number;
  readonly #options: RedisTicketKeysOptions;
  readonly #name: string;
  readonly #sealer: Sealer;
  readonly #times: RingTimes;
  readonly #run: ReturnType<typeof runner>;
  /** The ring as it was last seen in Redis, or written to it. */
  #ring: KeyRing = [];
  #refreshing: { readonly since: number; done: Promise<void> } | undefined;

  constructor(options: RedisTicketKeysOptions) {
    const { rotationInterval = HALF_DAY, refreshInterval = MINUTE } = options;
    const { ticketLifetimeSeconds = 7200, provider } = options;
    positive("rotationInterval", rotationInterval, "milliseconds");
    positive("refreshInterval", refreshInterval, "milliseconds");
    positive("ticketLifetimeSeconds", ticketLifetimeSeconds, "seconds");
    if (6 * refreshInterval > rotationInterval)
      throw new TlsUsageError(
        `refreshInterval: ${refreshInterval.toString()} milliseconds; at most a sixth of rotationInterval (${rotationInterval.toString()}) is allowed`,
      );
    this.#options = options;
    this.refreshInterval = refreshInterval;
    this.#times = {
      rotationInterval,
      announce: 3 * refreshInterval,
      ticketLifetime: 1000 * ticketLifetimeSeconds,
    };
    this.#name = `{${prefixOf(options)}:keys}:ticket-keys`;
    this.#sealer = new Sealer(provider, options.encryptionKeys, LONGEST_VALUE);
    this.#run = runner(options);
    this.keys = new TicketKeys({ provider, rotationInterval });
  }

  get hasKeys(): boolean {
    return this.#ring.length > 0;
  }

  /**
   * One look at a time: those that ask meanwhile get its outcome. One that has no
   * answer for long is left behind.
   */
  refresh(): Promise<void> {
    const now = this.#options.provider.now();
    const before = this.#refreshing;
    if (before !== undefined && Math.abs(now - before.since) < PATIENCE)
      return before.done;
    const done = this.#look().finally(() => {
      if (this.#refreshing === look) this.#refreshing = undefined;
    });
    const look = { since: now, done };
    this.#refreshing = look;
    return done;
  }

  async #look(): Promise<void> {
    try {
      this.#tell({ outcome: await this.#exchange(), keys: this.#ring.length });
    } catch (error) {
      this.#tell({ outcome: "failed", keys: this.#ring.length, error });
      throw error;
    }
  }

  async #exchange(): Promise<TicketKeysEvent["outcome"]> {
    const { random } = this.#options.provider;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const longest = LONGEST_VALUE.toString();
      const answer = await this.#run(GET, [this.#name], [longest]);
      const { now, text } = readingOf(answer);
      const remote = text === "" ? [] : this.#opened(text);
      const alive = joinRings(remote, [], now);
      const joined = joinRings(remote, this.#ring, now);
      const next = withNextKey(joined, now, this.#times, random);
      if (sameRing(next, alive))
        return this.#adopt(next, now) ? "adopted" : "unchanged";
      if (await this.#replace(text, next, now)) {
        this.#adopt(next, now);
        return sameRing(next, joined) ? "restored" : "rotated";
      }
    }
    throw new Error("ticket keys: others write them all the time");
  }

  #opened(text: string): KeyRing {
    const plaintext = this.#sealer.open(this.#name, text);
    const ring = plaintext && ringFromBytes(plaintext);
    plaintext?.fill(0);
    if (ring !== undefined) return ring;
    throw new Error(
      `ticket keys: these encryptionKeys do not open what Redis has as ${this.#name}`,
    );
  }

  async #replace(text: string, ring: KeyRing, now: number): Promise<boolean> {
    const plaintext = ringToBytes(ring);
    const sealed = this.#sealer.seal(this.#name, plaintext);
    plaintext.fill(0);
    const end = Math.max(...ring.map(({ openUntil }) => openUntil));
    const left = Math.max(1, Math.ceil(end - now)).toString();
    const parts = [text, sealed, left];
    return (await this.#run(COMPARE_AND_SET, [this.#name], parts)) === "set";
  }

  /** Seals with nothing that Redis has not got. */
  #adopt(published: KeyRing, now: number): boolean {
    // Another look may have published a key meanwhile.
    const ring = joinRings(published, this.#ring, now);
    const isOther = !sameRing(ring, this.#ring);
    this.#ring = ring;
    // Each time: the clock here may have been set since.
    this.keys.share(ring, now);
    return isOther;
  }

  #tell(event: TicketKeysEvent): void {
    callListener(() => this.#options.onRefresh?.(event));
  }
}

/** @throws Error for what is no answer of the script */
function readingOf(answer: unknown): { now: number; text: string } {
  const match = /^(\d{1,15}):(.*)$/s.exec(String(answer));
  if (match === null) throw new Error("ticket keys: not an answer of Redis");
  return { now: Number(match[1]), text: match[2] ?? "" };
}

/** @throws TlsUsageError for what is not above 0, and for what does not end */
function positive(name: string, value: number, unit: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new TlsUsageError(
    `${name}: ${String(value)}; ${unit} above 0 are allowed`,
  );
}
