/** The part of a Redis client that puretls/redis uses. */
import { TlsUsageError } from "../errors.ts";

/** Clients of the package `redis`, with and without Cluster. */
export interface NodeRedisLike {
  eval(
    script: string,
    options: { keys: string[]; arguments: string[] },
  ): Promise<unknown>;
}

/** Clients of `ioredis` and its kin, with and without Cluster. */
export interface IoRedisLike {
  call(command: string, ...parts: string[]): Promise<unknown>;
}

/**
 * A client that the program made and connected, and closes: of `redis` (6.3) or
 * of `ioredis` (6.0), Cluster or not. Every call of it is one EVAL, whose keys
 * lie in one slot. Give it a bound on its own queue and reconnection as you do
 * for other uses; puretls waits no longer than `sessionStoreTimeout`.
 */
export type RedisClient = NodeRedisLike | IoRedisLike;

/** Options of everything in `puretls/redis`. */
export interface RedisOptions {
  readonly client: RedisClient;
  /**
   * The beginning of all names in Redis, without braces. Default "puretls".
   * Services that must not resume each other's sessions have different ones.
   */
  readonly prefix?: string;
  /**
   * Calls that may wait for Redis at once; more fail immediately, so that a
   * Redis that hangs costs neither memory nor time. Default 1000.
   */
  readonly maxPending?: number;
}

/** Options of what spreads over the nodes of a Cluster. */
export interface ShardedOptions extends RedisOptions {
  /**
   * Hash tags to spread names over, so that each has its slot in a Cluster.
   * Default 1, for a Redis that is none; the same in all processes.
   */
  readonly shards?: number;
}

/** Runs a script in one round trip; its reply is text, a number or null. */
export type Run = (
  script: string,
  keys: readonly string[],
  parts: readonly string[],
) => Promise<unknown>;

/**
 * Returns a function that runs scripts, so many of them at once.
 *
 * @throws TlsUsageError for what is no client, and for a `maxPending` that is no
 *   whole number above 0
 */
export function runner({ client, maxPending = 1000 }: RedisOptions): Run {
  if (!Number.isInteger(maxPending) || maxPending < 1)
    throw new TlsUsageError(
      `maxPending: ${String(maxPending)}; a whole number above 0 is allowed`,
    );
  const evaluate = evaluator(client);
  let pending = 0;
  return async (script, keys, parts) => {
    if (pending >= maxPending)
      throw new Error(
        `redis: ${pending.toString()} calls wait for an answer (maxPending)`,
      );
    pending++;
    try {
      return await evaluate(script, keys, parts);
    } finally {
      pending--;
    }
  };
}

function evaluator(client: RedisClient): Run {
  if (isIoRedis(client))
    return (script, keys, parts) =>
      client.call("EVAL", script, keys.length.toString(), ...keys, ...parts);
  if (isNodeRedis(client))
    return (script, keys, parts) =>
      client.eval(script, { keys: [...keys], arguments: [...parts] });
  throw new TlsUsageError(
    "client: no Redis client; one of the packages redis or ioredis is allowed",
  );
}

/** A client of ioredis has both methods, with an eval() of another form. */
function isIoRedis(client: unknown): client is IoRedisLike {
  return hasMethod(client, "call");
}

function isNodeRedis(client: unknown): client is NodeRedisLike {
  return hasMethod(client, "eval");
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, name) === "function"
  );
}
