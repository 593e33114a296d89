/**
 * One process of the service: a TLS server whose ticket keys and strike register
 * are in Redis, which all workers share. It does not wait for Redis: without it,
 * clients are resumed by the keys that are there, and early data is refused.
 */
import { env, exit } from "node:process";
import { SSLContext, type SSLSocket } from "puretls";
import { node as provider } from "puretls/crypto/node";
import { serve } from "puretls/node";
import { redisStrikeRegister, redisTicketKeys } from "puretls/redis";
import { createClient } from "redis";

/** A message from a worker to its parent. */
export interface Report {
  readonly type: "ready" | "store" | "keys";
  /** Of the session store, the strike register or the ticket keys. */
  readonly outcome?: string;
}

/** Short times, so that a demonstration sees keys rotate. */
const ROTATION_INTERVAL = 12_000;
const REFRESH_INTERVAL = 2000;

export async function runWorker(): Promise<void> {
  const report = (message: Report): void => {
    if (process.connected) process.send?.(message);
  };
  // Without a queue: what cannot be asked now is not asked late.
  const client = createClient({
    socket: {
      host: "127.0.0.1",
      port: Number(env["REDIS_PORT"]),
      reconnectStrategy: () => 100,
    },
    disableOfflineQueue: true,
  });
  client.on("error", () => undefined); // It connects again by itself.
  const connected = client.connect().catch(() => undefined);
  await Promise.race([connected, new Promise((go) => setTimeout(go, 1000))]);

  const shared = redisTicketKeys({
    client,
    provider,
    // From the operator's secrets, and never from Redis.
    encryptionKeys: [Buffer.from(env["ENCRYPTION_KEY"] ?? "", "hex")],
    rotationInterval: ROTATION_INTERVAL,
    refreshInterval: REFRESH_INTERVAL,
    onRefresh: ({ outcome }) => {
      report({ type: "keys", outcome });
    },
  });
  await shared.refresh().catch(() => undefined);

  const context = new SSLContext({
    protocol: "tlsServer",
    provider,
    certChain: { cert: env["CERT"] ?? "", key: env["KEY"] ?? "" },
    ticketKeys: shared.keys,
    strikeRegister: redisStrikeRegister({ client, provider }),
    maxEarlyData: 1024,
    onStoreEvent: ({ operation, outcome }) => {
      report({ type: "store", outcome: `${operation} ${outcome}` });
    },
  });
  const server = await serve({
    host: "127.0.0.1",
    port: Number(env["PORT"]),
    context,
    onHandshakeError: () => undefined, // Replays end before their Finished.
  });
  process.on("disconnect", () => exit());
  report({ type: "ready" });
  for await (const socket of server) answer(socket).catch(() => undefined);
}

/** Answers one request, early or not. */
async function answer(socket: SSLSocket): Promise<void> {
  try {
    const early = socket.readEarlyData();
    if (early === null) await socket.recv();
    await socket.sendAll(new TextEncoder().encode("fine"));
  } finally {
    await socket.close();
  }
}
