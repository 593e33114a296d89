/**
 * The register alone, without TLS around it: so many early data, each sent to
 * four registers many times at once. Counts those that were accepted twice.
 */
import { createHash } from "node:crypto";
import { node as provider } from "puretls/crypto/node";
import { redisStrikeRegister } from "puretls/redis";
import { createClient } from "redis";

const REPLAYS = 100;
const BATCH = 200;

export interface StrikeFigures {
  readonly sent: number;
  readonly distinct: number;
  readonly accepted: number;
  readonly acceptedTwice: number;
  /** Calls without an answer in time: refused. */
  readonly failed: number;
}

export async function strikeManyTimes(
  port: number,
  count: number,
): Promise<StrikeFigures> {
  const connect = () =>
    createClient({ socket: { host: "127.0.0.1", port } })
      .on("error", () => undefined)
      .connect();
  const clients = await Promise.all([
    connect(),
    connect(),
    connect(),
    connect(),
  ]);
  const registers = clients.map((client) =>
    redisStrikeRegister({ client, provider, maxPending: BATCH }),
  );
  const distinct = Math.ceil(count / REPLAYS);
  const accepted = new Array<number>(distinct).fill(0);
  let failed = 0;
  try {
    for (let from = 0; from < count; from += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - from) });
      await Promise.all(
        batch.map(async (_, index) => {
          // All of a key's at once, by all four registers.
          const at = Math.floor((from + index) / REPLAYS);
          const key = createHash("sha256").update(`early ${at}`).digest();
          const register = registers[index % registers.length];
          const until = Date.now() + 20_000;
          try {
            if (await register?.strike(key, until))
              accepted[at] = (accepted[at] ?? 0) + 1;
          } catch {
            failed++;
          }
        }),
      );
    }
  } finally {
    for (const client of clients) client.destroy();
  }
  return {
    sent: count,
    distinct,
    accepted: accepted.filter((times) => times > 0).length,
    acceptedTwice: accepted.filter((times) => times > 1).length,
    failed,
  };
}
