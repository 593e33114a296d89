/**
 * Python's first client: the default context verifies the server and its name.
 *
 *     with socket.create_connection((hostname, 443)) as sock:
 *         with context.wrap_socket(sock, server_hostname=hostname) as ssock:
 *             print(ssock.version())
 *
 * Arguments: HOST [PORT] [CA-FILE]
 */
import { argv } from "node:process";
import { createDefaultContext, fromNodeSocket, openTcp } from "puretls/node";

const [host, port = "443", caFile] = argv.slice(2);
if (host === undefined) console.log("usage: client-default HOST [PORT] [CA]");
else {
  const context = createDefaultContext(caFile === undefined ? {} : { caFile });
  const tcp = await openTcp({ host, port: Number(port) });
  const socket = context.wrapSocket(fromNodeSocket(tcp), {
    serverHostname: host,
  });
  await socket.ready;
  console.log(socket.version());
  await socket.close();
}
