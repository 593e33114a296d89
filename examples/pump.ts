/**
 * Python's handshake without blocking: the call is made again until it stops
 * asking, and bytes are moved in between. `pump()` is this very loop.
 *
 *     while True:
 *         try:
 *             sock.do_handshake()
 *             break
 *         except ssl.SSLWantReadError:
 *             select.select([sock], [], [])
 *
 * Arguments: HOST PORT CA-FILE
 */
import { argv } from "node:process";
import { MemoryBIO, SSLContext, SSLWantReadError } from "puretls";
import { fromNodeSocket, nodePlatform, openTcp } from "puretls/node";

const [host, port, caFile] = argv.slice(2);
if (host === undefined || caFile === undefined)
  console.log("usage: pump HOST PORT CA-FILE");
else {
  const context = new SSLContext({ platform: nodePlatform });
  context.loadVerifyLocations({ caFile });
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const tls = context.wrapBio(incoming, outgoing, { serverHostname: host });
  const transport = fromNodeSocket(await openTcp({ host, port: Number(port) }));
  while (!tls.handshakeDone) {
    try {
      tls.doHandshake();
    } catch (error) {
      if (!(error instanceof SSLWantReadError)) throw error;
    }
    // Whatever the call said, what it wrote has to go out.
    if (tls.needsFlush) await transport.write(outgoing.read());
    if (tls.handshakeDone) break;
    const bytes = await transport.read();
    if (bytes === null) incoming.writeEof();
    else incoming.write(bytes);
  }
  console.log(tls.version(), tls.cipher()?.name);
  await transport.close();
}
