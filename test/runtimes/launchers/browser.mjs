/**
 * A browser, in whatever scope this script runs: lines go to the server that the
 * page came from. A service worker runs while it is installed.
 */
import { runProgram } from "../program/program.mjs";

const { input } = globalThis;

let last = Promise.resolve();
function print(body) {
  last = last.then(() => fetch("/line", { method: "POST", body }));
}

async function main() {
  try {
    await runProgram({ ...input, print, now: () => performance.now() });
  } catch (error) {
    const told = `${String(error)}\n${String(error.stack)}`;
    print(JSON.stringify({ check: "program", ok: false, error: told }));
  }
  await last;
}

if ("ServiceWorkerGlobalScope" in globalThis)
  addEventListener("install", (event) => event.waitUntil(main()));
else void main();
