/** MQTT.js; a message comes back by its topic. */
import { once } from "node:events";
import mqtt from "mqtt";

export const client = {
  asksForCertificate: true,
  async open({ host, port, patience, ...tls }) {
    const broker = mqtt.connect({
      ...{ protocol: "mqtts", host, port, ...tls },
      ...{ connectTimeout: patience, reconnectPeriod: 0 },
    });
    const failed = new Promise((resolve, reject) => {
      broker.on("error", reject);
      broker.on("close", () => reject(new Error("the close event")));
    });
    failed.catch(() => undefined);
    const connected = Promise.race([once(broker, "connect"), failed]);
    connected.catch(() => undefined);
    const send = async (message) => {
      await connected;
      const topic = `checks/${broker.options.clientId}`;
      await broker.subscribeAsync(topic);
      broker.publish(topic, message);
      const [, answer] = await once(broker, "message");
      return answer;
    };
    return {
      ask: async () => String(await send("hello")),
      transfer: send,
      whoami: async () => String(await send("hello")),
      lost: () => failed,
      close: () => broker.endAsync(true),
    };
  },
};
