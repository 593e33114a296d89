/** Imports puretls and does one handshake against recorded bytes. */
import { childInput } from "../lib/child.js";
import { cpuMs } from "../lib/measure.js";
import { scriptedRandom } from "../lib/scripted-random.js";

const { side, host, options, sent, root, chain, key } = await childInput();
const bytesOf = (list) => list.map((hex) => Buffer.from(hex, "hex"));
const replies = bytesOf(side === "client" ? sent.server : sent.client);
scriptedRandom("warm up")(32);

const start = cpuMs();
const { TlsEngine, createClientConfig, createCredential, createServerConfig } =
  await import("puretls/engine");
const { noble } = await import("puretls/crypto/noble");
const { createVerifier, parseCertificates, parsePrivateKey, TrustStore } =
  await import("puretls/x509");
const imported = cpuMs();
handshake();
const first = cpuMs();
handshake();
const second = cpuMs();

console.log(
  JSON.stringify({
    import: imported - start,
    handshake: first - imported,
    second: second - first,
  }),
);

function handshake() {
  const provider = { ...noble, random: scriptedRandom(side) };
  const engine = side === "client" ? newClient(provider) : newServer(provider);
  engine.takeOutput();
  for (const bytes of replies) {
    engine.receive(bytes);
    engine.takeOutput();
  }
  if (!engine.canWrite) throw engine.error ?? new Error("no handshake");
}

function newClient(provider) {
  const trustStore = TrustStore.of(root);
  const verifier = createVerifier({ provider, trustStore });
  return TlsEngine.client(
    createClientConfig({ provider, verifier, ...options }),
    host,
  );
}

function newServer(provider) {
  const own = createCredential({
    provider,
    chain: parseCertificates(chain).map(({ der }) => der),
    key: parsePrivateKey(key),
  });
  return TlsEngine.server(
    createServerConfig({ provider, credentials: [own], ...options }),
  );
}
