/** redis (node-redis) against a server that wants a certificate. */
import { createClient, RESP_TYPES } from "redis";

export const client = {
  asksForCertificate: true,
  async open({ host, port, patience, ...tls }) {
    const redis = createClient({
      socket: {
        ...{ host, port, tls: true, ...tls },
        ...{ connectTimeout: patience, reconnectStrategy: false },
      },
    });
    const gone = new Promise((resolve, reject) => redis.on("error", reject));
    gone.catch(() => undefined);
    const bytes = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    const connected = redis.connect();
    connected.catch(() => undefined);
    const call = async (...parts) => {
      await connected;
      return bytes.sendCommand(parts);
    };
    return {
      ask: async () => String(await call("ECHO", "hello")),
      transfer: async (sent) => {
        await call("SET", "bytes", sent);
        return call("GET", "bytes");
      },
      whoami: async () => String(await call("PING")),
      lost: () => call("BLPOP", "nothing", "60"),
      lostIdle: () => gone,
      close: () => (redis.isOpen ? redis.destroy() : undefined),
    };
  },
};
