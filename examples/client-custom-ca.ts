/**
 * Python's client with a context of its own, which trusts one bundle.
 *
 *     context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
 *     context.load_verify_locations('path/to/cabundle.pem')
 *
 * Arguments: HOST PORT CA-FILE
 */
import { argv } from "node:process";
import { SSLContext } from "puretls";
import { fromNodeSocket, nodePlatform, openTcp } from "puretls/node";

const [host, port, caFile] = argv.slice(2);
if (host === undefined || caFile === undefined)
  console.log("usage: client-custom-ca HOST PORT CA-FILE");
else {
  // PROTOCOL_TLS_CLIENT: a valid certificate chain and hostname are required.
  const context = new SSLContext({
    protocol: "tlsClient",
    platform: nodePlatform,
  });
  context.loadVerifyLocations({ caFile });
  const tcp = await openTcp({ host, port: Number(port) });
  const socket = context.wrapSocket(fromNodeSocket(tcp), {
    serverHostname: host,
  });
  await socket.ready;
  console.log(socket.version());
  await socket.close();
}
