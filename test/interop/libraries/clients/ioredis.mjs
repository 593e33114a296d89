/** ioredis against a server that wants a certificate. */
import { Redis } from "ioredis";

export const client = {
  asksForCertificate: true,
  waits: true,
  async open({ host, port, patience, ...tls }) {
    const redis = new Redis({
      ...{ host, port, tls, lazyConnect: true },
      ...{ connectTimeout: patience, commandTimeout: patience },
      ...{ retryStrategy: () => null, maxRetriesPerRequest: 0 },
    });
    let failure;
    redis.on("error", (error) => (failure = error));
    const gone = new Promise((resolve) =>
      redis.on("close", () => resolve("the close event")),
    );
    const call = async (name, ...args) => {
      try {
        if (redis.status === "wait") await redis.connect();
        return await redis.callBuffer(name, ...args);
      } catch (error) {
        throw failure ?? error;
      }
    };
    return {
      ask: async () => String(await call("echo", "hello")),
      transfer: async (bytes) => {
        await call("set", "bytes", bytes);
        return call("get", "bytes");
      },
      whoami: async () => String(await call("ping")),
      wait: () => call("blpop", "nothing", "60"),
      // Which of two errors comes first is no one's promise.
      lost: () => call("blpop", "nothing", "60").catch(() => "an error"),
      lostIdle: () => gone,
      close: () => redis.disconnect(),
    };
  },
};
