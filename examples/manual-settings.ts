/**
 * Python's `check_hostname` with every setting made by hand.
 *
 *     context = ssl.SSLContext(ssl.PROTOCOL_TLS)
 *     context.verify_mode = ssl.CERT_REQUIRED
 *     context.check_hostname = True
 *     context.load_default_certs()
 *
 * Arguments: HOST PORT CA-FILE
 */
import { argv } from "node:process";
import { SSLContext, VerifyMode } from "puretls";
import { fromNodeSocket, nodePlatform, openTcp } from "puretls/node";

const [host, port, caFile] = argv.slice(2);
if (host === undefined || caFile === undefined)
  console.log("usage: manual-settings HOST PORT CA-FILE");
else {
  const context = new SSLContext({ protocol: "tls", platform: nodePlatform });
  context.verifyMode = VerifyMode.CERT_REQUIRED;
  context.checkHostname = true;
  context.loadDefaultCerts();
  context.loadVerifyLocations({ caFile });
  const tcp = await openTcp({ host, port: Number(port) });
  const socket = context.wrapSocket(fromNodeSocket(tcp), {
    serverSide: false,
    serverHostname: host,
  });
  await socket.doHandshake();
  const subject = socket.getPeerCert()?.subject ?? [];
  console.log(JSON.stringify(subject));
  await socket.close();
}
