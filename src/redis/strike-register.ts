import { utf8Bytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import type { ContextStrikeRegister } from "../ssl/context/store-calls.ts";
import { runner, type ShardedOptions } from "./client.ts";
import { NOW, SINCE } from "./epoch.ts";
import { namesOf, prefixOf } from "./names.ts";

/** Options of {@link redisStrikeRegister}. */
export interface RedisStrikeRegisterOptions extends ShardedOptions {
  /** Its clock and hashes: the provider of the contexts. */
  readonly provider: CryptoProvider;
  /**
   * Milliseconds that the clock of a process may differ from Redis'. One that
   * differs more is refused; strikes are kept twice as long beyond their time,
   * for two processes may differ to either side. Default 2000; the same in all
   * processes, since registers with different ones refuse each other's tickets.
   */
  readonly clockTolerance?: number;
  /**
   * Tells this Redis from any other, where processes with the same ticket keys
   * use several (a region each): registers of one name must be one Redis.
   * Default: the prefix.
   */
  readonly name?: string;
}

/**
 * ARGV: milliseconds to keep a strike, the caller's clock, its tolerance. A clock of
 * Redis that the caller's does not confirm begins no epoch: after a replica whose
 * clock is behind has taken over and is set right, its time would seem long.
 */
const STRIKE = `${NOW}
if math.abs(now - tonumber(ARGV[2])) > tonumber(ARGV[3]) then
  return 'clock'
end
${SINCE}
if now - since <= tonumber(ARGV[1]) + tonumber(ARGV[3]) then
  return 'young'
end
if redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[1]) then return 'first' end
return 'repeated'
`;

const FAULTS: Readonly<Record<string, string>> = {
  clock: "the clocks of Redis and of this process differ too much",
  young:
    "Redis was started, or a replica took over, so recently that earlier strikes may be lost",
};

/**
 * A strike register in Redis, for all processes that have the same ticket keys:
 * early data is accepted by one of them, once (RFC 9846 8.2). One round trip, a
 * SET NX PX in a script; entries end with the window in which a hello is fresh.
 *
 * It fails closed: without an answer, with an error, while the clocks of a
 * process and of Redis differ by more than `clockTolerance`, and for some 26
 * seconds after Redis was started anew or a replica took over, since strikes may
 * be lost then. Early data is refused meanwhile, and handshakes go on. Redis must
 * not evict (`maxmemory-policy noeviction`), and two masters that both accept
 * writes, in a network split or by active-active replication, are two registers.
 *
 * @throws TlsUsageError for options out of range
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { redisStrikeRegister } from "puretls/redis";
 *
 * // Stands for a client of the package redis or ioredis:
 * const client = { call: () => Promise.resolve("first") };
 * const context = new SSLContext({
 *   protocol: "tlsServer",
 *   maxEarlyData: 16_384,
 *   strikeRegister: redisStrikeRegister({ client, provider }),
 * });
 * if (context.strikeRegister.id.length !== 16) throw new Error();
 * ```
 */
export function redisStrikeRegister(
  options: RedisStrikeRegisterOptions,
): ContextStrikeRegister {
  const { provider, clockTolerance = 2000, name = prefixOf(options) } = options;
  if (!(clockTolerance >= 0 && clockTolerance <= 60_000))
    throw new TlsUsageError(
      `clockTolerance: ${String(clockTolerance)}; from 0 to 60000 milliseconds are allowed`,
    );
  const run = runner(options);
  const namesFor = namesOf("strike", options);
  const { shards = 1 } = options;
  // Whatever says what is struck and for how long. A process that tolerates more
  // may come when another's strikes are over.
  const which = [shards, clockTolerance, prefixOf(options), name];
  const text = utf8Bytes(`puretls redis ${JSON.stringify(which)}`);
  return {
    id: provider.hashes["SHA-256"].hash(text).slice(0, 16),
    strike: async (key, until) => {
      const names = namesFor(key);
      const now = provider.now();
      const keep = Math.ceil(Math.max(1, until - now) + 2 * clockTolerance);
      const answer = await run(
        STRIKE,
        [names.epoch, names.key],
        [keep, Math.floor(now), clockTolerance].map(String),
      );
      if (answer === "first") return true;
      if (answer === "repeated") return false;
      const fault = typeof answer === "string" ? FAULTS[answer] : undefined;
      throw new Error(`strike register: ${fault ?? "not an answer of Redis"}`);
    },
  };
}
