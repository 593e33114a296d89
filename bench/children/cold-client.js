/**
 * A client of one stack in a fresh process: import and one full handshake with
 * a server elsewhere, in CPU milliseconds.
 */
import net from "node:net";
import { childInput } from "../lib/child.js";
import { cpuMs } from "../lib/measure.js";

const { who, port, host, root } = await childInput();
const socket = net.connect(port, "127.0.0.1");
await new Promise((resolve) => socket.once("connect", resolve));
const start = cpuMs();
await (who === "ours" ? ours() : reclaim());
console.log(JSON.stringify({ ms: cpuMs() - start }));
socket.destroy();

async function ours() {
  const { TlsEngine, createClientConfig } = await import("puretls/engine");
  const { noble: provider } = await import("puretls/crypto/noble");
  const { createVerifier, TrustStore } = await import("puretls/x509");
  const verifier = createVerifier({
    provider,
    trustStore: TrustStore.of(root),
  });
  const groups = ["x25519"];
  const engine = TlsEngine.client(
    createClientConfig({ provider, verifier, groups }),
    host,
  );
  await new Promise((resolve, reject) => {
    socket.write(engine.takeOutput());
    socket.on("data", (data) => {
      engine.receive(data);
      socket.write(engine.takeOutput());
      if (engine.error !== undefined) reject(engine.error);
      else if (engine.canWrite) resolve(undefined);
    });
  });
}

async function reclaim() {
  const { importPackages, reclaimClient } = await import("../lib/packages.js");
  const modules = await importPackages(
    "reclaim",
    "reclaimX509",
    "reclaimPureJs",
  );
  await new Promise((resolve, reject) => {
    const client = reclaimClient(modules, {
      host,
      root,
      done: (error) => (error ? reject(error) : resolve(undefined)),
      write(header, content) {
        socket.write(header);
        socket.write(content);
      },
    });
    socket.on("data", (data) => client.handleReceivedBytes(data));
    client.startHandshake();
  });
}
