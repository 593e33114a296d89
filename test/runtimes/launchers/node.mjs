/** Node, Bun and Deno: packages from node_modules, the input from a file. */
import { readFileSync } from "node:fs";
import {
  connect,
  createDefaultContext,
  serve,
  toNodeDuplex,
} from "puretls/node";
import { node } from "puretls/crypto/node";
import { assert, assertEqual } from "../program/assert.mjs";
import { runProgram } from "../program/program.mjs";

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { ca, cert, key } = input.material;

/** Node's streams over a connection on Node's cryptography. */
async function echoByDuplexes() {
  const provider = node;
  const context = createDefaultContext({ provider, purpose: "clientAuth" });
  context.loadCertChain({ cert, key });
  const server = await serve({ context });
  const accepting = server.accept();
  const client = toNodeDuplex(
    await connect({
      host: "127.0.0.1",
      port: server.port,
      serverHostname: "a.test",
      context: createDefaultContext({ provider, ca }),
    }),
  );
  const { socket } = await accepting;
  const there = toNodeDuplex(socket, { allowHalfOpen: true });
  there.pipe(there);
  const events = [];
  for (const name of ["end", "finish"])
    client.on(name, () => events.push(name));
  let length = 0;
  client.on("data", (bytes) => (length += bytes.length));
  client.write(new Uint8Array(300_000));
  client.cork();
  client.write("a");
  client.end("bc");
  await new Promise((resolve) => client.once("close", resolve));
  await server.close();
  assertEqual([length, ...events].join(), "300003,finish,end");
}

await runProgram({
  ...input,
  print: (line) => console.log(line),
  now: () => performance.now(),
  sockets: {
    "puretls/node": {
      connect: (options) => connect({ host: "127.0.0.1", ...options }),
      listen: (options) => serve({ host: "127.0.0.1", ...options }),
    },
  },
  checks: {
    "the system's trust store": () => {
      assert(createDefaultContext().certStoreStats().x509Ca > 20, "empty");
    },
    "toNodeDuplex() on puretls/crypto/node": echoByDuplexes,
  },
});
