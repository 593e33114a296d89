/** One end of a connection to `children/loopback-peer.js`. */
import { once } from "node:events";
import net from "node:net";
import nodeTls from "node:tls";
import { SSLContext } from "puretls";
import { connect } from "puretls/node";
import { bareKey, HEADER_LENGTH, TAG_LENGTH } from "./bare-record.js";
import { HOST } from "./fixtures.js";

export const BLOCK = new Uint8Array(64 * 1024).fill(7);

/** 16 bytes that tell the other end what to do. */
function order(verb, bytes) {
  return Buffer.from(`${verb} ${bytes}`.padEnd(16));
}

export async function openOurs(provider, port, ca, groups) {
  const context = new SSLContext({ provider });
  if (groups !== undefined) context.setGroups(groups);
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

/** Of node:tls, or of a package with its API. */
export async function openTheirs(port, ca, tls = nodeTls) {
  const socket = tls.connect({ port, host: "127.0.0.1", servername: HOST, ca });
  await once(socket, "secureConnect");
  socket.setNoDelay?.(true);
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
      // Not every package tells the end of the data.
      const all = new Promise((resolve) => {
        socket.on("data", (data) => {
          left -= data.length;
          if (left <= 0) resolve(undefined);
        });
      });
      socket.write(order("give", bytes));
      await all;
    },
    close: () => socket.destroy(),
  };
}

/** The same bytes in records of 16 KiB, without a TLS to speak of. */
export async function openBare(port) {
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
