/**
 * Python's server: a certificate chain, and one connection accepted.
 *
 *     context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
 *     context.load_cert_chain('/path/to/certchain.pem', '/path/to/private.key')
 *     with context.wrap_socket(sock, server_side=True) as ssock:
 *         conn, addr = ssock.accept()
 *
 * Arguments: PORT CHAIN-FILE KEY-FILE
 */
import { argv } from "node:process";
import { SSLContext } from "puretls";
import { listenTcp, nodePlatform, SSLServer } from "puretls/node";

const [port, certFile, keyFile] = argv.slice(2);
if (certFile === undefined || keyFile === undefined)
  console.log("usage: server PORT CHAIN-FILE KEY-FILE");
else {
  const context = new SSLContext({
    protocol: "tlsServer",
    platform: nodePlatform,
  });
  context.loadCertChain({ certFile, keyFile });
  const listener = await listenTcp({ host: "127.0.0.1", port: Number(port) });
  const server = new SSLServer(listener, context);
  console.log(`listening on ${server.port.toString()}`);
  const { socket } = await server.accept();
  console.log(socket.version());
  await socket.sendAll(new TextEncoder().encode("hello\n"));
  await socket.close();
  await server.close();
}
