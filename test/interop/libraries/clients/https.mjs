/** `node:https` with a keep-alive agent. */
import { once } from "node:events";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

export const client = {
  asksForCertificate: true,
  waits: true,
  lingers: true,
  async open({ host, port, patience, ...tls }) {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ...tls });
    const send = async (path, method = "GET", body = undefined) => {
      const { servername } = tls;
      const request = https.request({
        ...{ host, port, path, method, agent },
        headers: { host: servername },
        timeout: patience,
      });
      request.on("timeout", () => {
        request.destroy(new Error("the timeout event"));
      });
      request.end(body);
      const [response] = await once(request, "response");
      return Buffer.concat(await response.toArray());
    };
    return {
      ask: async () => String(await send("/hello")),
      transfer: (bytes) => send("/echo", "POST", bytes),
      whoami: async () => String(await send("/whoami")),
      wait: () => send("/late"),
      lost: () => send("/late"),
      lostIdle: async () => {
        await sleep(400);
        return String(await send("/hello"));
      },
      // Left to itself: the agent keeps idle connections.
      close: () => undefined,
    };
  },
};
