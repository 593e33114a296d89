/**
 * A TLS client for any Node: options as JSON on the command line, plaintext
 * from standard input and to standard output, one JSON line on standard error
 * for each thing that happens. Ends with 0 after a clean close, else with 1.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:tls";

const { ca, cert, key, ...options } = JSON.parse(process.argv[2]);
const report = (event, facts = {}) => {
  process.stderr.write(`${JSON.stringify({ event, ...facts })}\n`);
};

const socket = connect({
  host: "127.0.0.1",
  ca: readFileSync(ca),
  ...(cert ? { cert: readFileSync(cert), key: readFileSync(key) } : {}),
  ...options,
});

let ended = false;
let failed = false;
socket.on("secureConnect", () => {
  report("secure", {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().standardName,
    group: socket.getEphemeralKeyInfo(),
    alpn: socket.alpnProtocol,
    authorized: socket.authorized,
    peer: socket.getPeerCertificate()?.subject?.CN,
  });
});
socket.on("error", (error) => {
  failed = true;
  report("error", { code: error.code, message: error.message });
});
socket.on("end", () => {
  ended = true;
  report("end");
});
socket.on("close", (hadError) => {
  report("close", { hadError });
  process.exitCode = ended && !failed ? 0 : 1;
  process.stdin.destroy();
});
process.stdin.pipe(socket);
socket.pipe(process.stdout);
