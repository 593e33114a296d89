/**
 * Receives much and reads it slowly, in a fresh process: by how much its
 * memory grows at the most, beyond what it had after the first of it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import nodeTls from "node:tls";
import { SSLContext } from "puretls";
import { node } from "puretls/crypto/node";
import { connect } from "puretls/node";
import { childInput } from "../lib/child.js";

const MIB = 1024 * 1024;
/** A pause for each MiB: the sender could go on all the while. */
const PAUSE = 3;
const { who, port, host, ca, mib } = await childInput();
const chunks = await (who === "ours" ? ours() : theirs());
let left = mib * MIB;
let pause = left - MIB;
let base = 0;
let peak = 0;
for await (const chunk of chunks) {
  left -= chunk.length;
  if (left > pause) continue;
  pause -= MIB;
  await sleep(PAUSE);
  const { rss } = process.memoryUsage();
  if (base === 0) base = rss;
  peak = Math.max(peak, rss);
}
if (left > 0) throw new Error("not all arrived");
console.log(JSON.stringify({ growth: (peak - base) / MIB }));
process.exit();

async function ours() {
  const context = new SSLContext({ provider: node });
  context.loadVerifyLocations({ ca });
  context.checkHostname = true;
  context.verifyMode = "required";
  const socket = await connect({
    context,
    host: "127.0.0.1",
    port,
    serverHostname: host,
  });
  await socket.sendAll(order());
  return socket;
}

async function theirs() {
  const socket = nodeTls.connect({
    port,
    host: "127.0.0.1",
    servername: host,
    ca,
  });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  socket.write(order());
  return socket;
}

function order() {
  return Buffer.from(`give ${mib * MIB}`.padEnd(16));
}
