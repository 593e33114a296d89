/** A node:tls server that takes or gives as many bytes as it is asked to. */
import tls from "node:tls";
import { childMessage } from "../lib/child.js";

const BLOCK = Buffer.alloc(64 * 1024, 7);

const { key, cert, ciphers, version } = await childMessage();
const server = tls.createServer(
  { key, cert, ciphers, minVersion: version, maxVersion: version },
  (socket) => {
    socket.setNoDelay(true);
    socket.once("data", (first) => {
      const [verb, count] = String(first.subarray(0, 16)).split(" ");
      if (verb === "take") take(socket, Number(count), first.length - 16);
      else give(socket, Number(count));
    });
    socket.on("error", () => socket.destroy());
  },
);
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("disconnect", () => process.exit());

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

function give(socket, count) {
  let left = count;
  const more = () => {
    while (left > 0) {
      left -= BLOCK.length;
      if (!socket.write(BLOCK)) return;
    }
    socket.end();
  };
  socket.on("drain", more);
  more();
}
