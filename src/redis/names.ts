/** Names in Redis: hash tags put those of one call into one slot. */
import { toHex } from "../bytes.ts";
import { TlsUsageError } from "../errors.ts";
import type { ShardedOptions } from "./client.ts";

const MOST_SHARDS = 1024;

/** The names of one key of a store or register. */
export interface KeyNames {
  /** Of the shard: since when what Redis holds is complete. */
  readonly epoch: string;
  readonly key: string;
}

/** @throws TlsUsageError for a prefix that is empty or has braces */
export function prefixOf({ prefix = "puretls" }: ShardedOptions): string {
  if (/^[^{}]{1,200}$/.test(prefix)) return prefix;
  throw new TlsUsageError(
    `prefix: ${JSON.stringify(prefix)}; 1 to 200 characters without braces are allowed`,
  );
}

/**
 * Returns how keys of that kind are named.
 *
 * @throws TlsUsageError for options out of range
 */
export function namesOf(
  kind: "session" | "strike",
  options: ShardedOptions,
): (key: Uint8Array) => KeyNames {
  const prefix = prefixOf(options);
  const { shards = 1 } = options;
  if (!Number.isInteger(shards) || shards < 1 || shards > MOST_SHARDS)
    throw new TlsUsageError(
      `shards: ${String(shards)}; from 1 to ${MOST_SHARDS.toString()} hash tags are allowed`,
    );
  return (key) => {
    const [high = 0, low = 0] = key;
    const tag = `{${prefix}:${((high * 256 + low) % shards).toString()}}`;
    return { epoch: `${tag}:epoch`, key: `${tag}:${kind}:${toHex(key)}` };
  };
}
