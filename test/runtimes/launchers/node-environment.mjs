/** The environment of Node, Bun and Deno: all three have the modules of Node. */
import { readFileSync } from "node:fs";
import net from "node:net";
import {
  connect,
  createDefaultContext,
  serve,
  toNodeDuplex,
} from "puretls/node";
import { node } from "puretls/crypto/node";
import { connectOver } from "puretls/duplex";
import { assert, assertEqual } from "../program/assert.mjs";

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const HOST = "127.0.0.1";
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
      host: HOST,
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

/** The environment of the program; `sockets` of the runtime's own come after. */
export function nodeEnvironment(sockets = {}) {
  return {
    ...input,
    print: (line) => console.log(line),
    now: () => performance.now(),
    sockets: {
      "puretls/node": {
        connect: (options) => connect({ host: HOST, ...options }),
        listen: (options) => serve({ host: HOST, ...options }),
      },
      "puretls/duplex": {
        connect: ({ port, ...options }) =>
          connectOver(
            net.connect({ host: HOST, port, allowHalfOpen: true }),
            options,
          ),
      },
      ...sockets,
    },
    checks: {
      "the system's trust store": () => {
        assert(createDefaultContext().certStoreStats().x509Ca > 20, "empty");
      },
      "toNodeDuplex() on puretls/crypto/node": echoByDuplexes,
    },
  };
}
