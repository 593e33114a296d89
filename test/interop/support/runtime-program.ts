/**
 * Runs in another runtime: trusts what the system trusts, then serves and
 * connects over loopback, and tells what came of it as JSON.
 */
import { noble } from "../../../src/crypto/noble/index.ts";
import { connect, createDefaultContext, serve } from "../../../src/net/node.ts";
import { createCertificateAuthority } from "../../../src/pki/index.ts";

const system = createDefaultContext().certStoreStats();
const authority = createCertificateAuthority({ provider: noble, name: "CA" });
const { chainPem, key } = authority.issueServer({ hosts: ["localhost"] });
const context = createDefaultContext({ purpose: "clientAuth" });
context.loadCertChain({ cert: chainPem, key: key.toPem() });
const server = await serve({ context, host: "127.0.0.1", port: 0 });
const serving = (async () => {
  const { socket } = await server.accept();
  for await (const bytes of socket) await socket.sendAll(bytes);
  await socket.close();
})();

const socket = await connect({
  host: "127.0.0.1",
  port: server.address?.port ?? 0,
  context: createDefaultContext({ ca: authority.pem }),
  serverHostname: "localhost",
});
const sent = noble.random(1 << 20);
let received = 0;
let same = true;
const receiving = (async () => {
  for await (const bytes of socket)
    for (const byte of bytes) same &&= byte === sent[received++];
})();
await socket.sendAll(sent);
await socket.shutdown("write");
await receiving;
await Promise.all([socket.close(), serving]);
await server.close();
console.log(
  JSON.stringify({
    anchors: system.x509Ca,
    version: socket.version(),
    received,
    same,
  }),
);
