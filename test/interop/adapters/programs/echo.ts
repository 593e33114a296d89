/** A server that sends back what it gets, and ends when a client says so. */
import type { SSLServer, SSLSocket } from "../../../../src/index.ts";
import type { ContextChoice } from "../../../../src/net/connecting.ts";
import type { ServerSocketOptions } from "../../../../src/net/server.ts";

/** Serves with the certificate of the arguments; prints the port, then what fails. */
export async function echo(
  listen: (options: ContextChoice & ServerSocketOptions) => Promise<SSLServer>,
): Promise<void> {
  const [, , cert = "", key = ""] = process.argv;
  const server = await listen({
    cert,
    key,
    onHandshakeError: (error) => {
      console.log("handshake", error instanceof Error ? error.message : error);
    },
  });
  console.log(`listening on ${String(server.port)}`);
  for await (const socket of server)
    answer(socket, server).catch((error: unknown) => {
      console.log("failed", error instanceof Error ? error.name : error);
    });
  console.log("done");
}

async function answer(socket: SSLSocket, server: SSLServer): Promise<void> {
  let length = 0;
  for await (const bytes of socket) {
    if (length === 0 && bytes[0] === 0x21) await server.close();
    length += bytes.length;
    await socket.sendAll(bytes);
  }
  await socket.close();
  console.log("echoed", length);
}
