/**
 * `puretls/redis`: sessions, strikes and ticket keys that the processes of a
 * service share through Redis or Valkey, over a client that the program brings.
 *
 * @module
 */
export type {
  IoRedisLike,
  NodeRedisLike,
  RedisClient,
  RedisOptions,
  ShardedOptions,
} from "./client.ts";
export {
  redisSessionStore,
  type RedisSessionStoreOptions,
} from "./session-store.ts";
export {
  redisStrikeRegister,
  type RedisStrikeRegisterOptions,
} from "./strike-register.ts";
export {
  redisTicketKeys,
  type SharedTicketKeys,
  type RedisTicketKeysOptions,
  type TicketKeysEvent,
} from "./ticket-keys.ts";
