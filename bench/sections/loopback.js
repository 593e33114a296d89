/**
 * Bytes over TCP to a process of its own, which runs node:tls: what our end
 * costs, beside node:tls at our end. CPU time of this process alone.
 */
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { SSLContext } from "puretls";
import { noble } from "puretls/crypto/noble";
import { node } from "puretls/crypto/node";
import { connect } from "puretls/node";
import { bareKey, HEADER_LENGTH, TAG_LENGTH } from "../lib/bare-record.js";
import { startChild } from "../lib/child.js";
import { HOST, identity } from "../lib/fixtures.js";
import { cpuMs } from "../lib/measure.js";

export const title = "Bulk over loopback, one end, against node:tls";

const MIB = 1024 * 1024;
const BLOCK = new Uint8Array(64 * 1024).fill(7);
/** performance.md's bars, for the provider on node:crypto. */
const BARS = { send: 0.5, receive: 0.65 };

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export async function run(report, { rounds, quick }) {
  const { leaf, authority } = identity("ECDSA P-256");
  const peer = await startChild("loopback-peer.js", {
    key: leaf.key.toPem(),
    cert: leaf.chainPem,
    ciphers: "TLS_AES_128_GCM_SHA256",
    version: "TLSv1.3",
  });
  const { port, plainPort } = peer.told;
  for (const provider of [node, noble]) {
    const bytes = (quick ? 4 : 16) * (provider === node ? 4 : 1) * MIB;
    const ours = () => openOurs(provider, port, authority.pem);
    const theirs = () => openTheirs(port, authority.pem);
    const bare = () => openBare(plainPort);
    const contenders =
      provider === node ? { ours, theirs, bare } : { ours, theirs };
    for (const direction of ["send", "receive"]) {
      const measured = { ours: [], theirs: [], bare: [] };
      for (let round = -1; round < Math.min(rounds, 9); round++)
        for (const [who, open] of Object.entries(contenders)) {
          const end = await open();
          const start = cpuMs();
          await end[direction](bytes);
          const ms = cpuMs() - start;
          end.close();
          if (round >= 0) measured[who].push(bytes / 1e3 / ms);
        }
      report.add({
        name: `${provider.name}: ${direction}, AES_128_GCM`,
        unit: "MB/s",
        ours: measured.ours,
        beside: measured.theirs,
        ...(provider === node && {
          bar: { kind: "least", value: BARS[direction] },
        }),
      });
      if (measured.bare.length > 0)
        report.add({
          name: `floor: ${direction}, bare node:crypto over plain TCP`,
          unit: "MB/s",
          ours: measured.bare,
          beside: measured.theirs,
        });
    }
  }
  peer.stop();
}

/** 16 bytes that tell the other end what to do. */
function order(verb, bytes) {
  return Buffer.from(`${verb} ${bytes}`.padEnd(16));
}

async function openOurs(provider, port, ca) {
  const context = new SSLContext({ provider });
  context.loadVerifyLocations({ ca });
  context.checkHostname = true;
  context.verifyMode = "required";
  const socket = await connect({
    context,
    host: "127.0.0.1",
    port,
    serverHostname: HOST,
  });
  return {
    async send(bytes) {
      await socket.sendAll(order("take", bytes));
      for (let sent = 0; sent < bytes; sent += BLOCK.length)
        await socket.sendAll(BLOCK);
      const answer = await socket.recv();
      if (answer.length !== 4) throw new Error("not all arrived");
    },
    async receive(bytes) {
      await socket.sendAll(order("give", bytes));
      let left = bytes;
      for await (const data of socket) left -= data.length;
      if (left !== 0) throw new Error("not all arrived");
    },
    close: () => socket.destroy(),
  };
}

async function openTheirs(port, ca) {
  const socket = tls.connect({ port, host: "127.0.0.1", servername: HOST, ca });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  return {
    async send(bytes) {
      const answer = once(socket, "data");
      socket.write(order("take", bytes));
      for (let sent = 0; sent < bytes; sent += BLOCK.length)
        if (!socket.write(BLOCK)) await once(socket, "drain");
      await answer;
    },
    async receive(bytes) {
      let left = bytes;
      const end = new Promise((resolve) => socket.on("end", resolve));
      socket.on("data", (data) => {
        left -= data.length;
      });
      socket.write(order("give", bytes));
      await end;
      if (left !== 0) throw new Error("not all arrived");
    },
    close: () => socket.destroy(),
  };
}

/** The same bytes in records of 16 KiB, without a TLS to speak of. */
async function openBare(port) {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const key = bareKey();
  const RECORD = 16 * 1024;
  return {
    async send(bytes) {
      const total = (bytes / RECORD) * (RECORD + HEADER_LENGTH + TAG_LENGTH);
      const answer = once(socket, "data");
      socket.write(order("take", total));
      for (let sent = 0; sent < bytes; sent += BLOCK.length) {
        const records = [];
        for (let at = 0; at < BLOCK.length; at += RECORD)
          records.push(key.seal(BLOCK.subarray(at, at + RECORD)));
        socket.cork();
        let isRoom = true;
        for (const record of records) isRoom = socket.write(record);
        socket.uncork();
        if (!isRoom) await once(socket, "drain");
      }
      await answer;
    },
    async receive(bytes) {
      const length = RECORD + HEADER_LENGTH + TAG_LENGTH;
      const end = new Promise((resolve) => socket.on("end", resolve));
      let held = Buffer.alloc(0);
      let opened = 0;
      socket.on("data", (data) => {
        let at = 0;
        if (held.length > 0) {
          at = length - held.length;
          if (data.length < at) {
            held = Buffer.concat([held, data]);
            return;
          }
          opened += key.open(
            Buffer.concat([held, data.subarray(0, at)]),
          ).length;
        }
        for (; at + length <= data.length; at += length)
          opened += key.open(data.subarray(at, at + length)).length;
        held = data.subarray(at);
      });
      socket.write(order("give", bytes));
      await end;
      if (opened < bytes * 0.99) throw new Error("not all arrived");
    },
    close: () => socket.destroy(),
  };
}
