/** axios with a keep-alive agent. */
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import axios from "axios";

export const client = {
  asksForCertificate: true,
  waits: true,
  lingers: true,
  async open({ host, port, patience, ...tls }) {
    const httpsAgent = new https.Agent({ keepAlive: true, ...tls });
    const site = axios.create({
      ...{ httpsAgent, proxy: false, timeout: patience },
      baseURL: `https://${host}:${port}`,
      responseType: "arraybuffer",
      transformResponse: [],
    });
    const get = async (path) => (await site.get(path)).data;
    return {
      ask: async () => String(await get("/hello")),
      transfer: async (bytes) => (await site.post("/echo", bytes)).data,
      whoami: async () => String(await get("/whoami")),
      wait: () => get("/late"),
      lost: () => get("/late"),
      lostIdle: async () => {
        await sleep(400);
        return String(await get("/hello"));
      },
      close: () => undefined,
    };
  },
};
