/** node:tls in the same run, both ends in memory. */
import { once } from "node:events";
import tls from "node:tls";
import { noble } from "puretls/crypto/noble";
import { node } from "puretls/crypto/node";
import { TlsEngine } from "puretls/engine";
import {
  CHAIN_KINDS,
  connect,
  HOST,
  identity,
  newClientConfig,
  newServerConfig,
  takeData,
  warmUp,
} from "../lib/fixtures.js";
import { duplexPair } from "../lib/duplex-pair.js";
import { cpuMs, timed } from "../lib/measure.js";

export const title = "node:tls, both ends in memory";

const MIB = 1024 * 1024;
/** performance.md's bars; noble's figures are there to be seen. */
const BARS = {
  handshake: { kind: "most", value: 1.5 },
  bulk: { kind: "least", value: 1 },
};

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export async function run(report, effort) {
  warmUp();
  for (const provider of [node, noble]) {
    for (const kind of CHAIN_KINDS)
      await handshakes(report, effort, provider, kind);
    await bulk(report, effort, provider);
  }
}

async function handshakes(report, { rounds, quick }, provider, kind) {
  const own = identity(kind);
  const options = { provider, groups: ["x25519"] };
  const serverSide = newServerConfig(own, options);
  const contexts = nodeContexts(own);
  const ours = [];
  const theirs = [];
  const times = quick ? 4 : 10;
  for (let round = -2; round < rounds; round++) {
    const start = cpuMs();
    for (let i = 0; i < times; i++) (await nodePair(contexts)).close();
    const middle = cpuMs();
    for (let i = 0; i < times; i++)
      connect(newClientConfig(own, options), serverSide);
    if (round < 0) continue;
    theirs.push((middle - start) / times);
    ours.push((cpuMs() - middle) / times);
  }
  report.add({
    name: `${provider.name}: handshake, ${kind}, against node:tls`,
    unit: "ms",
    ours,
    beside: theirs,
    ...(provider === node && { bar: BARS.handshake }),
  });
}

async function bulk(report, { rounds, quick }, provider) {
  const own = identity("ECDSA P-256");
  const suites = ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"];
  for (const suite of suites) {
    const options = { provider, groups: ["x25519"], cipherSuites: [suite] };
    const { client, server } = connect(
      newClientConfig(own, options),
      newServerConfig(own, options),
    );
    const snapshots = [client.snapshot(), server.snapshot()];
    const pair = await nodePair(nodeContexts(own, suite));
    const mib = (quick ? 1 : 2) * (provider === node ? 8 : 1);
    const ours = [];
    const theirs = [];
    for (let round = -2; round < rounds; round++) {
      const start = cpuMs();
      await pair.send(mib * MIB);
      const theirMs = cpuMs() - start;
      const ourMs = timed(() => send(snapshots, mib));
      if (round < 0) continue;
      theirs.push((mib * MIB) / 1e3 / theirMs);
      ours.push((mib * MIB) / 1e3 / ourMs);
    }
    pair.close();
    report.add({
      name: `${provider.name}: bulk, ${suite.slice(4)}, against node:tls`,
      unit: "MB/s",
      ours,
      beside: theirs,
      ...(provider === node && { bar: BARS.bulk }),
    });
  }
}

function send([from, to], mib) {
  const sender = TlsEngine.restore(from);
  const receiver = TlsEngine.restore(to);
  const block = new Uint8Array(64 * 1024).fill(7);
  // As a socket has it: what was sent leaves its room to what comes next.
  const room = new Uint8Array(66 * 1024);
  for (let sent = 0; sent < mib * MIB; sent += block.length) {
    sender.write(block, room);
    receiver.receive(sender.takeOutput());
    takeData(receiver);
  }
}

function nodeContexts({ leaf, authority }, ciphers) {
  const versions = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" };
  const suites = ciphers === undefined ? {} : { ciphers };
  return {
    server: tls.createSecureContext({
      ...versions,
      ...suites,
      key: leaf.key.toPem(),
      cert: leaf.chainPem,
    }),
    client: tls.createSecureContext({
      ...versions,
      ...suites,
      ca: authority.pem,
    }),
  };
}

/** Two ends of node:tls after their handshake. */
async function nodePair(contexts) {
  const [clientEnd, serverEnd] = duplexPair();
  const server = new tls.TLSSocket(serverEnd, {
    isServer: true,
    secureContext: contexts.server,
  });
  const client = tls.connect({
    socket: clientEnd,
    secureContext: contexts.client,
    servername: HOST,
  });
  await Promise.all([once(server, "secure"), once(client, "secureConnect")]);
  let left = 0;
  let arrived = () => {};
  server.on("data", (data) => {
    left -= data.length;
    if (left <= 0) arrived();
  });
  const block = Buffer.alloc(64 * 1024, 7);
  return {
    async send(bytes) {
      left = bytes;
      const all = new Promise(
        (resolve) => (arrived = () => resolve(undefined)),
      );
      for (let sent = 0; sent < bytes; sent += block.length)
        if (!client.write(block)) await once(client, "drain");
      await all;
    },
    close() {
      client.destroy();
      server.destroy();
    },
  };
}
