/**
 * Runs in another runtime: trusts what the system trusts, then serves and
 * connects over loopback with each provider, and prints the results as JSON.
 */
import { node } from "../../../../src/crypto/node.ts";
import { noble } from "../../../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../../../src/crypto/provider.ts";
import {
  connect,
  createDefaultContext,
  serve,
  toNodeDuplex,
} from "../../../../src/net/node.ts";
import {
  createCertificateAuthority,
  createSelfSigned,
} from "../../../../src/pki/index.ts";

async function echoed(provider: CryptoProvider) {
  const authority = createCertificateAuthority({ provider, name: "CA" });
  const { chainPem, key } = authority.issueServer({ hosts: ["localhost"] });
  const purpose = "clientAuth";
  const context = createDefaultContext({ provider, purpose });
  context.loadCertChain({ cert: chainPem, key: key.toPem() });
  const server = await serve({ context, host: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const { socket } = await server.accept();
    for await (const bytes of socket) await socket.sendAll(bytes);
    await socket.close();
  })();
  const socket = await connect({
    host: "127.0.0.1",
    port: server.port,
    context: createDefaultContext({ provider, ca: authority.pem }),
    serverHostname: "localhost",
  });
  const sent = provider.random(1 << 20);
  let received = 0;
  let same = true;
  const receiving = (async () => {
    for await (const bytes of socket)
      for (const byte of bytes) same &&= byte === sent[received++];
  })();
  await socket.sendAll(sent);
  await socket.shutdown("write");
  await receiving;
  const version = socket.version();
  await Promise.all([socket.close(), serving]);
  await server.close();
  return { provider: provider.name, version, received, same };
}

/** The bytes that come back over sockets of Node, and how these ended. */
async function echoedByDuplexes() {
  const provider = node;
  const { pem, key } = createSelfSigned({ provider, hosts: ["127.0.0.1"] });
  const server = await serve({ cert: pem, key: key.toPem() });
  const accepting = server.accept();
  const client = toNodeDuplex(
    await connect({ host: "127.0.0.1", port: server.port, ca: pem }),
  );
  const { socket } = await accepting;
  const there = toNodeDuplex(socket, { allowHalfOpen: true });
  there.pipe(there);
  const events: string[] = [];
  for (const name of ["end", "finish"])
    client.on(name, () => events.push(name));
  let length = 0;
  client.on("data", (bytes: Uint8Array) => (length += bytes.length));
  client.write(new Uint8Array(300_000));
  client.cork();
  client.write("a");
  client.end("bc");
  await new Promise((resolve) => client.once("close", resolve));
  await server.close();
  return [length, ...events];
}

const told = {
  duplexes: await echoedByDuplexes(),
  anchors: createDefaultContext().certStoreStats().x509Ca,
  echoed: [await echoed(noble), await echoed(node)],
};
console.log(JSON.stringify(told));
