/** NATS; a message comes back by its subject. */
import { connect } from "@nats-io/transport-node";

export const client = {
  asksForCertificate: true,
  async open({ host, port, patience, ...tls }) {
    const opening = connect({
      ...{ servers: `${host}:${port}`, tls, timeout: patience },
      ...{ reconnect: false, maxReconnectAttempts: 0 },
    });
    opening.catch(() => undefined);
    const send = async (bytes) => {
      const nats = await opening;
      const subscription = nats.subscribe("checks", { max: 1 });
      nats.publish("checks", bytes);
      for await (const { data } of subscription) return Buffer.from(data);
    };
    return {
      ask: async () => String(await send("hello")),
      // A message has 8 MiB at most.
      transfer: async (bytes) =>
        Buffer.concat([
          await send(bytes.subarray(0, bytes.length / 2)),
          await send(bytes.subarray(bytes.length / 2)),
        ]),
      whoami: async () => String(await send("hello")),
      lost: async () => {
        const error = await (await opening).closed();
        if (error) throw error;
        return "closed";
      },
      close: () => opening.then((nats) => nats.close()).catch(() => undefined),
    };
  },
};
