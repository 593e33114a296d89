/** Opens many connections and reports what each side of one of them holds. */
import { childInput } from "../lib/child.js";
import { connect, hollowConfigs } from "../lib/fixtures.js";

const { connections } = await childInput();
const { client, server } = hollowConfigs();
// Whatever is made once a process, or once a config, is made now.
for (let i = 0; i < 50; i++) connect(client, server);

const before = memory();
let clients = [];
let servers = [];
for (let i = 0; i < connections; i++) {
  const pair = connect(client, server);
  clients.push(pair.client);
  servers.push(pair.server);
}
const both = memory();
servers = [];
const clientsOnly = memory();
clients = [];

const each = (from, to, what) => (to[what] - from[what]) / connections;
console.log(
  JSON.stringify({
    client: each(before, clientsOnly, "total"),
    "client buffers": each(before, clientsOnly, "buffers"),
    server: each(clientsOnly, both, "total"),
    "server buffers": each(clientsOnly, both, "buffers"),
    left: clients.length + servers.length,
  }),
);

function memory() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { total: heapUsed + arrayBuffers, buffers: arrayBuffers };
}
