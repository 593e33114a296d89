/** got with a keep-alive agent. */
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import got from "got";

export const client = {
  asksForCertificate: true,
  waits: true,
  lingers: true,
  async open({ host, port, patience, ...tls }) {
    const site = got.extend({
      agent: { https: new https.Agent({ keepAlive: true, ...tls }) },
      prefixUrl: `https://${host}:${port}`,
      timeout: { request: patience },
      retry: { limit: 0 },
    });
    const get = (path) => site.get(path).text();
    return {
      ask: () => get("hello"),
      transfer: async (body) => {
        const bytes = await site.post("echo", { body }).buffer();
        return Buffer.from(bytes);
      },
      whoami: () => get("whoami"),
      wait: () => get("late"),
      lost: () => get("late"),
      lostIdle: async () => {
        await sleep(400);
        return get("hello");
      },
      close: () => undefined,
    };
  },
};
