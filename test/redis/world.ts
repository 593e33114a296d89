/**
 * Workers that share ticket keys, each with a clock of its own, over a Redis that
 * is one value: for the tests of puretls/redis' ticket keys and for their model.
 */
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  redisTicketKeys,
  type RedisTicketKeysOptions,
  type SharedTicketKeys,
  type TicketKeysEvent,
} from "../../src/redis/index.ts";
import { session13, T0 } from "../support/sessions.ts";

const encryptionKeys = [new Uint8Array(32).fill(1)];
export const SECOND = 1000;
export const ROTATE = 600 * SECOND;
export const REFRESH = 60 * SECOND;
export const LIFETIME = 900 * SECOND;
/** Milliseconds. */
export const YEAR = 365 * 86_400 * SECOND;
const SESSION = session13();

/** One value of Redis with its time, and how the next call of it goes wrong. */
export class OneValue {
  value = "";
  readonly now: () => number;
  readonly written = new Set<string>();
  fault: "none" | "unreachable" | "answerLost" = "none";
  /** Characters of the longest value that it gave out. */
  longestSent = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  readonly call = async (
    _command: string,
    script = "",
    ...rest: string[]
  ): Promise<unknown> => {
    await Promise.resolve();
    if (this.fault === "unreachable") throw new Error("connection lost");
    const [, , expected = "", next = ""] = rest;
    if (!script.includes("SET'"))
      return this.#sent(this.value.slice(0, 1 + Number(expected)));
    const isSet = this.value === expected;
    if (isSet) this.value = next;
    if (this.fault === "answerLost") throw new Error("answer lost");
    return isSet ? "set" : "changed";
  };

  #sent(value: string): string {
    this.longestSent = Math.max(this.longestSent, value.length);
    return `${this.now().toString()}:${value}`;
  }
}

export interface Worker {
  readonly shared: SharedTicketKeys;
  readonly events: TicketKeysEvent[];
  nextLook: number;
  /** Milliseconds by which it is ahead. */
  readonly clock: { isAhead: number };
}

export class World {
  now = T0;
  /** Milliseconds by which the clock of Redis is ahead. */
  redisIsAhead = 0;
  readonly redis = new OneValue(() => this.now + this.redisIsAhead);
  readonly workers: Worker[] = [];

  start(more: Partial<RedisTicketKeysOptions> = {}, isAhead = 0): Worker {
    const clock = { isAhead };
    const events: TicketKeysEvent[] = [];
    const shared = redisTicketKeys({
      client: { call: this.redis.call },
      provider: { ...noble, now: () => this.now + clock.isAhead },
      encryptionKeys,
      rotationInterval: ROTATE,
      refreshInterval: REFRESH,
      ticketLifetimeSeconds: LIFETIME / SECOND,
      onRefresh: (event) => events.push(event),
      ...more,
    });
    shared.close(); // Looks come when the model says so.
    const worker = { shared, events, nextLook: this.now, clock };
    this.workers.push(worker);
    return worker;
  }
}

/** True where Redis answered. */
export async function look({ shared }: Worker): Promise<boolean> {
  return shared.refresh().then(
    () => true,
    () => false,
  );
}

export function seal({ shared }: Worker): Uint8Array {
  const ticket = shared.keys.seal(SESSION);
  if (ticket === undefined) throw new Error("no key seals");
  return ticket;
}

/** The name of the key of a ticket. */
export const nameOf = (ticket: Uint8Array): string =>
  toHex(ticket.subarray(0, 16));
/** Names of the shared keys that a worker has. */
export const sharedNames = ({ shared }: Worker): string[] =>
  shared.keys
    .usage()
    .filter((use) => use.isShared)
    .map(({ name }) => toHex(name));
