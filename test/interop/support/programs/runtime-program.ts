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
} from "../../../../src/net/node.ts";
import { createCertificateAuthority } from "../../../../src/pki/index.ts";

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

const told = {
  anchors: createDefaultContext().certStoreStats().x509Ca,
  echoed: [await echoed(noble), await echoed(node)],
};
console.log(JSON.stringify(told));
