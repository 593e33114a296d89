/**
 * Runs a bundle that has set `client`, with a server of the installed package over a
 * pair in memory, and prints the outcome: `node launch.mjs BUNDLE` in its folder.
 */
import { pathToFileURL } from "node:url";
import { memoryPair, SSLContext } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";

const authority = createCertificateAuthority({ provider, name: "CA" });
const { chainPem: cert, key } = authority.issueServer({ hosts: ["a.test"] });
const context = new SSLContext({ protocol: "tlsServer" });
context.loadCertChain({ cert, key: key.toPem() });

await import(pathToFileURL(process.argv[2]).href);
const [near, far] = memoryPair();
const there = context.wrapSocket(far, { serverSide: true });
const serving = (async () => {
  for await (const bytes of there) await there.sendAll(bytes);
  await there.close();
})();
const outcome = await globalThis.client(near, authority.pem);
await serving;
console.log(JSON.stringify(outcome));
