/** Servers of the client's own process, which carry bytes or hold them back. */
import { connect, createServer } from "node:net";
import { once } from "node:events";

/** A port that leads to another, and the connections that were made by it. */
export async function relayTo(port) {
  const sockets = [];
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    sockets.push(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
    near.pipe(far).pipe(near);
  });
  return { sockets, ...(await listening(server, sockets)) };
}

/** A port that accepts and never says a word, after `greeting`. */
export async function mutePort(greeting) {
  const sockets = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    if (greeting === undefined) socket.resume();
    else greeting(socket);
  });
  return listening(server, sockets);
}

async function listening(server, sockets) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
