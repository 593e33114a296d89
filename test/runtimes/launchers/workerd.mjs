/**
 * A Worker of Cloudflare's runtime: a request runs the program, and connections
 * over TCP are served, until one has ended or a line has come.
 */
import { connect as tcp } from "cloudflare:sockets";
import { connect, serve } from "puretls/workers";
import { runProgram } from "../program/program.mjs";
import { HALF } from "../program/exchange.mjs";
import { receive } from "../program/memory.mjs";
import { reverse } from "../program/sockets.mjs";

const { input } = globalThis;
const { cert, key } = input.material;
const NEW_LINE = 10;

/** The clock stands still unless something is waited for. */
async function now() {
  await scheduler.wait(1);
  return Date.now();
}

async function answer(socket) {
  const first = await socket.recv();
  if (first.at(-1) === NEW_LINE) await socket.sendAll(reverse(first));
  else {
    const others = await receive(socket, HALF);
    await socket.sendAll(first);
    await socket.sendAll(others);
  }
  await socket.close();
}

const worker = {
  async fetch() {
    await runProgram({
      ...input,
      print: (line) => console.log(line),
      now,
      sockets: {
        "puretls/workers": {
          connect: (options) =>
            connect(tcp, { hostname: "127.0.0.1", ...options }),
        },
      },
    });
    return new Response("done");
  },
  connect: serve({ cert, key }, answer),
};

export { worker as default };
