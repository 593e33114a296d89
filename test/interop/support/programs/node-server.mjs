/**
 * A TLS echo server for any Node: options as JSON on the command line, one JSON
 * line on standard error for each thing that happens. With `http` it answers
 * each request with the request's body instead, and the end of the answer is
 * the end of the connection.
 */
import { readFileSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { createServer } from "node:tls";

const { port, http, cert, key, ca, ...options } = JSON.parse(process.argv[2]);
const report = (event, facts = {}) => {
  process.stderr.write(`${JSON.stringify({ event, ...facts })}\n`);
};

const server = (http ? createHttps : createServer)({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ...(ca ? { ca: readFileSync(ca) } : {}),
  dhparam: "auto",
  ...options,
  allowHalfOpen: true,
});

server.on("tlsClientError", (error) => report("error", { code: error.code }));
server.on("secureConnection", (socket) => {
  report("secure", {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol,
    servername: socket.servername,
    authorized: socket.authorized,
    peer: socket.getPeerCertificate()?.subject?.CN,
  });
  socket.on("error", (error) => report("error", { code: error.code }));
  if (http) return;
  socket.on("data", (chunk) => socket.write(chunk));
  socket.on("end", () => {
    report("end");
    socket.end();
  });
  socket.on("close", (hadError) => report("close", { hadError }));
});
server.on("request", async (request, response) => {
  const body = await request.toArray();
  response.writeHead(200, { Connection: "close" });
  for (const chunk of body) response.write(chunk);
  response.end();
});
server.listen(port, "127.0.0.1");
