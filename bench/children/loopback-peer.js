/**
 * A node:tls server that reads or writes as many bytes as it is asked to, and a
 * plain one that does the same with one sealed record over and over.
 */
import net from "node:net";
import tls from "node:tls";
import { bareKey } from "../lib/bare-record.js";
import { childMessage } from "../lib/child.js";

const BLOCK = Buffer.alloc(64 * 1024, 7);

const { key, cert, ciphers, version } = await childMessage();
const server = tls.createServer(
  { key, cert, ciphers, minVersion: version, maxVersion: version },
  (socket) => serve(socket, BLOCK),
);
const record = bareKey().seal(BLOCK.subarray(0, 16 * 1024));
const plain = net.createServer((socket) => serve(socket, record));
server.listen(0, "127.0.0.1", () =>
  plain.listen(0, "127.0.0.1", () =>
    process.send?.({
      port: server.address().port,
      plainPort: plain.address().port,
    }),
  ),
);
process.on("disconnect", () => process.exit());

function serve(socket, block) {
  socket.setNoDelay(true);
  socket.once("data", (first) => {
    const [verb, count] = String(first.subarray(0, 16)).split(" ");
    if (verb === "take") take(socket, Number(count), first.length - 16);
    else give(socket, Number(count), block);
  });
  socket.on("error", () => socket.destroy());
}

function take(socket, count, taken) {
  let left = count - taken;
  const done = () => {
    if (left <= 0) socket.end("done");
  };
  socket.on("data", (data) => {
    left -= data.length;
    done();
  });
  done();
}

function give(socket, count, block) {
  let left = count;
  const more = () => {
    while (left > 0) {
      left -= block.length;
      if (!socket.write(block)) return;
    }
    socket.end();
  };
  socket.on("drain", more);
  more();
}
