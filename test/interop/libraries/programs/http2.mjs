import http2 from "node:http2";
import { whoIs } from "./answers.mjs";

export function serve(options) {
  const server = http2.createSecureServer({
    ...options,
    maxSessionMemory: 64,
  });
  server.on("stream", (stream, { ":path": path }) => {
    stream.on("error", () => undefined);
    if (path === "/late") return;
    stream.respond({ ":status": 200 });
    if (path === "/echo") stream.pipe(stream);
    else
      stream.end(path === "/whoami" ? whoIs(stream.session.socket) : "hello");
  });
  return server;
}
