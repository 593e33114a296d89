/**
 * A browser, in whatever scope this script runs: lines go to the server that the
 * page came from. A service worker runs while it is installed.
 */
import { connectWebSocket } from "puretls/web";
import { runProgram } from "../program/program.mjs";

const { input } = globalThis;

let last = Promise.resolve();
function print(body) {
  last = last.then(() => fetch("/line", { method: "POST", body }));
}

/** Through the gateway; `more` names another kind of WebSocket than its own choice. */
function entryOf(more) {
  return {
    connect: ({ port, ...options }) =>
      connectWebSocket(`${input.gateway}/127.0.0.1:${String(port)}`, {
        ...options,
        ...more,
      }),
  };
}

const sockets = {
  "puretls/web": entryOf({}),
  ...("WebSocketStream" in globalThis && {
    "puretls/web by WebSocket": entryOf({ WebSocket }),
  }),
};

async function main() {
  try {
    const now = () => performance.now();
    await runProgram({ ...input, print, now, sockets });
  } catch (error) {
    const told = `${String(error)}\n${String(error.stack)}`;
    print(JSON.stringify({ check: "program", ok: false, error: told }));
  }
  await last;
}

if ("ServiceWorkerGlobalScope" in globalThis)
  addEventListener("install", (event) => event.waitUntil(main()));
else void main();
