/** Other stacks from npm, those of `bench/peers`: named where they are missing. */
import { generateKeyPairSync } from "node:crypto";
import net from "node:net";
import { node } from "puretls/crypto/node";
import { TlsEngine } from "puretls/engine";
import { startChild } from "../lib/child.js";
import { openOurs, openTheirs } from "../lib/ends.js";
import {
  CHAIN_KINDS,
  connect,
  HOST,
  identity,
  newClientConfig,
  newServerConfig,
  warmUp,
} from "../lib/fixtures.js";
import { handshakeFloor } from "../lib/floor.js";
import { cpuMs, Stopwatch, timed } from "../lib/measure.js";
import { importPackages, PACKAGES, reclaimClient } from "../lib/packages.js";

export const title = "Packages of npm";

const MIB = 1024 * 1024;
/** performance.md's bars; subtls and forge are there to be seen. */
const BARS = {
  reclaim: { kind: "most", value: 0.55 },
  lemon: { kind: "most", value: 0.6 },
};

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export async function run(report, effort) {
  warmUp();
  const sections = {
    "@reclaimprotocol/tls": reclaimRows,
    "lemon-tls": lemonRows,
    subtls: subtlsRows,
    "node-forge": forgeRows,
  };
  for (const [name, version] of Object.entries(PACKAGES)) {
    const isThere = await sections[name](report, effort);
    if (!isThere)
      report.skip(
        `${name} ${version}`,
        "not installed (npm ci --prefix bench/peers)",
      );
  }
}

/** A client's full handshake, pure JavaScript both, with a server of ours. */
async function reclaimRows(report, { rounds, quick }) {
  const modules = await importPackages(
    "reclaim",
    "reclaimX509",
    "reclaimPureJs",
  );
  if (modules === undefined) return false;
  for (const kind of CHAIN_KINDS) {
    const own = identity(kind);
    const options = { groups: ["x25519"] };
    const serverSide = newServerConfig(own, options);
    const { sent } = connect(newClientConfig(own, options), serverSide);
    const operations = Object.values(
      handshakeFloor(own, sent, "x25519").client,
    );
    const ours = [];
    const theirs = [];
    const floor = [];
    const times = quick ? 2 : 4;
    for (let round = -4; round < Math.min(rounds, 9); round++) {
      let our = 0;
      let their = 0;
      let least = 0;
      for (let i = 0; i < times; i++) {
        their += await reclaimHandshake(modules, own, serverSide);
        our += connect(newClientConfig(own, options), serverSide).clientMs;
        for (const operation of operations) least += timed(operation);
      }
      if (round < 0) continue;
      ours.push(our / times);
      theirs.push(their / times);
      floor.push(least / times);
    }
    report.add({
      name: `full handshake, client, ${kind}, against reclaim pure-js`,
      unit: "ms",
      ours,
      beside: theirs,
      bar: BARS.reclaim,
    });
    report.add({
      name: `noble's operations of it alone, ${kind}, against the same`,
      unit: "ms",
      ours: floor,
      beside: theirs,
    });
  }
  return true;
}

/** CPU milliseconds of its client: all of the process but those of the server. */
async function reclaimHandshake(modules, own, serverSide) {
  const ofServer = new Stopwatch();
  const server = TlsEngine.server(serverSide);
  const start = cpuMs();
  await new Promise((resolve, reject) => {
    const client = reclaimClient(modules, {
      host: HOST,
      root: own.authority.pem,
      done: (error) => (error ? reject(error) : resolve(undefined)),
      write(header, content) {
        const output = ofServer.run(() => {
          server.receive(header);
          server.receive(content);
          return server.takeOutput();
        });
        if (output.length > 0)
          queueMicrotask(() => client.handleReceivedBytes(output));
      },
    });
    client.startHandshake();
  });
  if (server.error !== undefined) throw server.error;
  return cpuMs() - start - ofServer.ms;
}

/** Both on node:crypto, one end each, to a process that runs node:tls. */
async function lemonRows(report, { rounds, quick }) {
  const modules = await importPackages("lemon");
  if (modules === undefined) return false;
  const [{ default: lemon }] = modules;
  const peer = await startPeer("ECDSA P-256");
  const { port, ca } = peer;
  const open = {
    ours: () => openOurs(node, port, ca, ["x25519"]),
    theirs: () => openTheirs(port, ca, lemon),
  };
  const bytes = (quick ? 2 : 16) * MIB;
  const times = quick ? 4 : 10;
  const series = { handshake: pair(), send: pair(), receive: pair() };
  for (let round = -1; round < Math.min(rounds, 7); round++)
    for (const who of ["ours", "theirs"]) {
      const start = cpuMs();
      const ends = [];
      for (let i = 0; i < times; i++) ends.push(await open[who]());
      const handshake = (cpuMs() - start) / times;
      if (round >= 0) series.handshake[who].push(handshake);
      for (const end of ends) end.close();
      for (const direction of ["send", "receive"]) {
        const end = await open[who]();
        const before = cpuMs();
        await end[direction](bytes);
        const perMib = (cpuMs() - before) / (bytes / MIB);
        end.close();
        if (round >= 0) series[direction][who].push(perMib);
      }
    }
  peer.stop();
  for (const [what, { ours, theirs }] of Object.entries(series))
    report.add({
      name: `${what} over loopback, one end, against lemon-tls`,
      unit: what === "handshake" ? "ms" : "ms/MiB",
      ours,
      beside: theirs,
      bar: BARS.lemon,
    });
  return true;
}

const pair = () => ({ ours: [], theirs: [] });

/** It has P-256 and AES-128-GCM alone, by WebCrypto. */
async function subtlsRows(report, { rounds, quick }) {
  const modules = await importPackages("subtls");
  if (modules === undefined) return false;
  const [{ SocketReadQueue, startTls }] = modules;
  const peer = await startPeer("ECDSA P-256");
  const { port, ca } = peer;
  const open = {
    ours: async () => (await openOurs(node, port, ca, ["x25519"])).close(),
    theirs: async () => {
      const socket = net.connect(port, "127.0.0.1");
      await new Promise((resolve) => socket.once("connect", resolve));
      const queue = new SocketReadQueue(socket);
      const { write } = await startTls(
        HOST,
        ca,
        (count, mode) => queue.read(count, mode),
        (data) => socket.write(data),
      );
      // Its handshake goes on to the end when something is written.
      await write(new Uint8Array(16));
      socket.destroy();
    },
  };
  const series = pair();
  const times = quick ? 4 : 10;
  for (let round = -1; round < Math.min(rounds, 7); round++)
    for (const who of ["ours", "theirs"]) {
      const start = cpuMs();
      for (let i = 0; i < times; i++) await open[who]();
      if (round >= 0) series[who].push((cpuMs() - start) / times);
    }
  peer.stop();
  report.add({
    name: "handshake over loopback, on node:crypto, against subtls",
    unit: "ms",
    ours: series.ours,
    beside: series.theirs,
  });
  return true;
}

/** It ends at TLS 1.1 with RSA key exchange and CBC: both ends, in memory. */
async function forgeRows(report, { rounds, quick }) {
  const modules = await importPackages("forge");
  if (modules === undefined) return false;
  const [{ default: forge }] = modules;
  const own = identity("RSA-2048");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const cert = selfSigned(forge, key);
  const options = { versions: ["TLSv1.2"] };
  const serverSide = newServerConfig(own, options);
  const series = pair();
  for (let round = -1; round < Math.min(rounds, quick ? 3 : 7); round++) {
    const start = cpuMs();
    await forgePair(forge, { key, cert });
    const middle = cpuMs();
    connect(newClientConfig(own, options), serverSide);
    if (round < 0) continue;
    series.theirs.push(middle - start);
    series.ours.push(cpuMs() - middle);
  }
  report.add({
    name: "handshake, both ends, RSA-2048, TLS 1.2 against forge's 1.1",
    unit: "ms",
    ours: series.ours,
    beside: series.theirs,
  });
  return true;
}

function selfSigned(forge, pem) {
  const key = forge.pki.privateKeyFromPem(pem);
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  cert.serialNumber = "01";
  cert.validity.notAfter.setFullYear(cert.validity.notBefore.getFullYear() + 1);
  const names = [{ name: "commonName", value: HOST }];
  cert.setSubject(names);
  cert.setIssuer(names);
  cert.sign(key, forge.md.sha256.create());
  return forge.pki.certificateToPem(cert);
}

function forgePair(forge, { key, cert }) {
  return new Promise((resolve, reject) => {
    const error = (_connection, { message }) => reject(new Error(message));
    const server = forge.tls.createConnection({
      server: true,
      sessionCache: {},
      verify: () => true,
      getCertificate: () => cert,
      getPrivateKey: () => key,
      tlsDataReady: ({ tlsData }) => client.process(tlsData.getBytes()),
      dataReady: () => {},
      connected: () => {},
      closed: () => {},
      error,
    });
    const client = forge.tls.createConnection({
      server: false,
      caStore: [cert],
      virtualHost: HOST,
      verify: (_connection, verified) => verified,
      tlsDataReady: ({ tlsData }) => server.process(tlsData.getBytes()),
      dataReady: () => {},
      connected: () => resolve(undefined),
      closed: () => {},
      error,
    });
    client.handshake();
  });
}

async function startPeer(kind) {
  const { leaf, authority } = identity(kind);
  const peer = await startChild("loopback-peer.js", {
    key: leaf.key.toPem(),
    cert: leaf.chainPem,
    ciphers: "TLS_AES_128_GCM_SHA256",
    version: "TLSv1.3",
  });
  return { ...peer, port: peer.told.port, ca: authority.pem };
}
