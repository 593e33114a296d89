/**
 * A gateway from WebSockets to TCP, for pages: `ws://gateway/HOST:PORT` is carried to
 * that host and port, if --allow names them. What it carries is TLS from end to end:
 * it sees ciphertext alone. An empty message ends its direction.
 *
 *     node gateway.mjs --port 8080 --allow example.org:443 --origin https://app.example
 */
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8080" },
    allow: { type: "string", multiple: true, default: [] },
    origin: { type: "string", multiple: true, default: [] },
  },
});
for (const place of values.allow)
  if (!/^(\[[\da-f:.]+\]|[\w.-]+):\d+$/i.test(place))
    throw new TypeError(
      `--allow ${place}: HOST:PORT or [ADDRESS]:PORT is wanted`,
    );

const server = new WebSocketServer({
  host: values.host,
  port: Number(values.port),
  // Any page may open a WebSocket to here: those of other origins are refused.
  verifyClient: ({ origin }) =>
    values.origin.length === 0 || values.origin.includes(origin),
});
server.on("listening", () => {
  console.log(`listening on ${server.address().port}`);
});

server.on("connection", (socket, { url }) => {
  const place = decoded(url.slice(1));
  if (place === undefined || !values.allow.includes(place)) {
    socket.close(4403, "this address is not allowed");
    return;
  }
  const { hostname, port } = new URL(`tcp://${place}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  const tcp = connect({ host, port, allowHalfOpen: true, noDelay: true });
  let failed = false;
  answering.add(socket.on("pong", () => answering.add(socket)));
  tcp.on("error", () => (failed = true));
  tcp.on("data", (bytes) => {
    tcp.pause();
    socket.send(bytes, () => tcp.resume());
  });
  tcp.on("end", () => socket.send(new Uint8Array(0)));
  tcp.on("drain", () => socket.resume());
  tcp.on("close", () => socket.close(failed ? 4502 : 1000));
  socket.on("message", (bytes) => {
    if (bytes.length === 0) tcp.end();
    else if (!tcp.write(bytes)) socket.pause();
  });
  socket.on("error", () => tcp.destroy());
  socket.on("close", (code) => {
    if (code === 1006) tcp.resetAndDestroy();
    else tcp.destroySoon();
  });
});

/** Sockets that answered the last ping: others have gone without a word. */
const answering = new WeakSet();
setInterval(() => {
  for (const socket of server.clients) {
    if (socket.isPaused) continue;
    if (!answering.delete(socket)) socket.terminate();
    else socket.ping();
  }
}, 30_000).unref();

/** Undefined for what is no text: that is for the client to see, not for all others. */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
