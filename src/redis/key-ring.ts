/**
 * The schedule of shared ticket keys, as a value. Its clock is that of Redis: a
 * process whose own is wrong changes nothing for the others. The times of an entry
 * only ever become earlier, and rings are joined by union with the earliest of
 * each: processes that see them in any order, and a Redis that has lost some, come
 * to the same ring.
 */
import { fromHex, latin1Bytes, toHex, utf8Text } from "../bytes.ts";
import type { TimedTicketKey } from "../handshake/sessions/ticket-keys.ts";

/** Milliseconds. */
export interface RingTimes {
  /** From one key's first use to the next one's. */
  readonly rotationInterval: number;
  /** From a key's publication to its first use. */
  readonly announce: number;
  /** From a ticket's seal to the end of its use. */
  readonly ticketLifetime: number;
}

export type KeyRing = readonly TimedTicketKey[];

/** More than a schedule has, and few enough for a process to try. */
const MOST_KEYS = 64;
const KEY_LENGTH = 48;

/** Entries of both that still open tickets at that time, the latest first. */
export function joinRings(one: KeyRing, other: KeyRing, now: number): KeyRing {
  const byName = new Map<string, TimedTicketKey>();
  for (const entry of [...one, ...other]) {
    const name = nameOf(entry);
    byName.set(name, earliest(entry, byName.get(name) ?? entry));
  }
  return sorted(
    [...byName.values()].filter(({ openUntil }) => openUntil > now),
  );
}

function earliest(one: TimedTicketKey, other: TimedTicketKey): TimedTicketKey {
  return {
    key: one.key,
    from: Math.min(one.from, other.from),
    sealUntil: Math.min(one.sealUntil, other.sealUntil),
    openUntil: Math.min(one.openUntil, other.openUntil),
  };
}

function sorted(ring: KeyRing): KeyRing {
  return [...ring]
    .sort((a, b) => b.from - a.from || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, MOST_KEYS);
}

/**
 * The ring with the next key where it is time to announce one. The first key of
 * all is used at once. A key seals for one period more than it should, in case
 * that its successor cannot be published.
 */
export function withNextKey(
  ring: KeyRing,
  now: number,
  times: RingTimes,
  random: (length: number) => Uint8Array,
): KeyRing {
  const { rotationInterval, announce, ticketLifetime } = times;
  const present = ring.filter((entry) => !isOfTheFuture(entry, now, times));
  const known = ring.map((entry) =>
    isOfTheFuture(entry, now, times) ? retired(entry, now, times) : entry,
  );
  const [newest] = present;
  const due = newest === undefined ? now : newest.from + rotationInterval;
  if (newest !== undefined && now < due - announce) return sorted(known);
  const from = ring.length === 0 ? now : Math.max(due, now + announce);
  const sealUntil = from + 2 * rotationInterval;
  const next: TimedTicketKey = {
    key: random(KEY_LENGTH),
    from,
    sealUntil,
    openUntil: sealUntil + ticketLifetime,
  };
  return sorted([next, ...known]);
}

/** No key is published so early, unless the clock was ahead then. */
function isOfTheFuture(
  { from }: TimedTicketKey,
  now: number,
  { rotationInterval, announce }: RingTimes,
): boolean {
  return from > now + announce + rotationInterval;
}

/**
 * A key from the time when the clock of Redis was ahead would seal when that time
 * comes, and stand in the way of rotation until then. It seals until the next one
 * does, and opens what processes without Redis may seal for two periods.
 */
function retired(
  { key }: TimedTicketKey,
  now: number,
  { rotationInterval, announce, ticketLifetime }: RingTimes,
): TimedTicketKey {
  return {
    key,
    from: now,
    sealUntil: now + 2 * announce,
    openUntil: now + 2 * rotationInterval + ticketLifetime,
  };
}

/** Tells whether both have the same entries, by name and times. */
export function sameRing(one: KeyRing, other: KeyRing): boolean {
  const texts = new Set(one.map(textOf));
  return (
    one.length === other.length && other.every((e) => texts.has(textOf(e)))
  );
}

function textOf(entry: TimedTicketKey): string {
  const { from, sealUntil, openUntil } = entry;
  return [nameOf(entry), from, sealUntil, openUntil].join(" ");
}

/** A secret, to be sealed. */
export function ringToBytes(ring: KeyRing): Uint8Array {
  const entries = ring.map(({ key, from, sealUntil, openUntil }) => [
    toHex(key),
    from,
    sealUntil,
    openUntil,
  ]);
  return latin1Bytes(JSON.stringify(entries));
}

/** Undefined for what is no ring. */
export function ringFromBytes(bytes: Uint8Array): KeyRing | undefined {
  let entries: unknown;
  try {
    entries = JSON.parse(utf8Text(bytes) ?? "");
  } catch {
    return undefined;
  }
  if (!Array.isArray(entries) || entries.length > MOST_KEYS) return undefined;
  const ring = entries.map(entryOf);
  return ring.every((entry) => entry !== undefined) ? ring : undefined;
}

function entryOf(entry: unknown): TimedTicketKey | undefined {
  if (!Array.isArray(entry)) return undefined;
  const fields: readonly unknown[] = entry;
  const [hex, from, sealUntil, openUntil] = fields;
  if (typeof hex !== "string" || !/^[0-9a-f]{96}$/.test(hex)) return undefined;
  if (!isTime(from) || !isTime(sealUntil) || !isTime(openUntil))
    return undefined;
  return { key: fromHex(hex), from, sealUntil, openUntil };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** The part of a key that a ticket names it by. */
function nameOf({ key }: TimedTicketKey): string {
  return toHex(key.subarray(0, 16));
}
