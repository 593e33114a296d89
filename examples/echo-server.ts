/**
 * Python's server loop: every connection is dealt with until its data ends.
 *
 *     def deal_with_client(connstream):
 *         data = connstream.recv(1024)
 *         while data: ...
 *
 * Arguments: PORT CHAIN-FILE KEY-FILE [CONNECTIONS]
 */
import { argv } from "node:process";
import type { SSLSocket } from "puretls";
import { serve } from "puretls/node";

async function dealWithClient(socket: SSLSocket): Promise<void> {
  // Ends when the client has said close_notify.
  for await (const data of socket) await socket.sendAll(data);
  await socket.close();
}

const [port, certFile, keyFile, most = "Infinity"] = argv.slice(2);
if (certFile === undefined || keyFile === undefined)
  console.log("usage: echo-server PORT CHAIN-FILE KEY-FILE [CONNECTIONS]");
else {
  const server = await serve({
    host: "127.0.0.1",
    port: Number(port),
    certFile,
    keyFile,
    onHandshakeError: (error) => {
      console.log("refused:", error instanceof Error ? error.message : error);
    },
  });
  console.log(`listening on ${server.port.toString()}`);
  let left = Number(most);
  for await (const socket of server) {
    await dealWithClient(socket);
    if (--left === 0) break;
  }
  await server.close();
}
