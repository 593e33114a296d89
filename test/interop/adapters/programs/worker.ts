/** Plays the acts in a Worker, for a request, and sends back what comes by TCP. */
import { connect as tcp } from "cloudflare:sockets";
import { connect, serve } from "../../../../src/adapters/workers/index.ts";
import type { WorkerSocket } from "../../../../src/adapters/workers/index.ts";
import { play, type Settings } from "./acts.ts";

interface Environment {
  readonly CERT: string;
  readonly KEY: string;
}

let handler: ((socket: WorkerSocket) => Promise<void>) | undefined;

const worker = {
  async fetch(request: Request): Promise<Response> {
    const settings = (await request.json()) as Settings;
    const told = await play(
      (port, options) =>
        connect(tcp, { hostname: "127.0.0.1", port, ...options }),
      settings,
    );
    return Response.json(told);
  },

  connect(socket: WorkerSocket, { CERT: cert, KEY: key }: Environment) {
    handler ??= serve({ cert, key }, async (secure) => {
      let length = 0;
      for await (const bytes of secure) {
        length += bytes.length;
        await secure.sendAll(bytes);
      }
      await secure.close();
      console.log("echoed", length);
    });
    return handler(socket).catch((error: unknown) => {
      console.log("failed", String(error));
    });
  },
};

export { worker as default };
