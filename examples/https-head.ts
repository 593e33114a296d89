/**
 * Python's HEAD request: sent whole, and the answer split into lines.
 *
 *     conn.sendall(b"HEAD / HTTP/1.0\r\nHost: linuxfr.org\r\n\r\n")
 *     pprint.pprint(conn.recv(1024).split(b"\r\n"))
 *
 * Arguments: HOST [PORT] [CA-FILE]
 */
import { argv } from "node:process";
import { connect } from "puretls/node";

const [host, port = "443", caFile] = argv.slice(2);
if (host === undefined) console.log("usage: https-head HOST [PORT] [CA-FILE]");
else {
  const socket = await connect({
    host,
    port: Number(port),
    ...(caFile !== undefined && { caFile }),
  });
  const request = `HEAD / HTTP/1.0\r\nHost: ${host}\r\n\r\n`;
  await socket.sendAll(new TextEncoder().encode(request));
  const answer = new TextDecoder().decode(await socket.recv(1024));
  console.log(answer.split("\r\n"));
  await socket.close();
}
