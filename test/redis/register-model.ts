/**
 * A model in TypeScript of the strike register's script: for a model check of
 * its design (test/redis), and to be compared with the script in a real Redis
 * (test/interop/redis).
 */

export interface RegisterState {
  /** The run_id of the process, and its master_replid. */
  run: string;
  epoch: { run: string; since: number } | undefined;
  /** Time of Redis until which a key is there, that moment included. */
  readonly strikes: Map<string, number>;
}

export type RegisterAnswer = "clock" | "young" | "first" | "repeated";

export interface StrikeCall {
  readonly key: string;
  /** Milliseconds to keep the strike. */
  readonly keep: number;
  /** The caller's clock, and how far it may be from Redis'. */
  readonly callerNow: number;
  readonly tolerance: number;
}

/** @param now the time of Redis, milliseconds */
export function decide(
  state: RegisterState,
  now: number,
  { key, keep, callerNow, tolerance }: StrikeCall,
): RegisterAnswer {
  if (Math.abs(now - callerNow) > tolerance) return "clock";
  if (state.epoch?.run !== state.run || state.epoch.since > now)
    state.epoch = { run: state.run, since: now };
  if (now - state.epoch.since <= keep + tolerance) return "young";
  const until = state.strikes.get(key);
  if (until !== undefined && now <= until) return "repeated";
  state.strikes.set(key, now + keep);
  return "first";
}
