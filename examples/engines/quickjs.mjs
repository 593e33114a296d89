/**
 * TLS in QuickJS, by a loop over an SSLObject. Its module `os` has no sockets: socat
 * connects, and the bytes are read from one descriptor and written to another. It says
 * hello to a server and prints the answer on standard error:
 *
 *     npx esbuild quickjs.mjs --bundle --format=esm --external:qjs:* --outfile=out.js
 *     socat TCP:HOST:PORT EXEC:"qjs -m out.js NAME CA-FILE",fdin=3,fdout=4
 *
 * In QuickJS without -ng the modules are called "os" and "std".
 */
import * as os from "qjs:os";
import * as std from "qjs:std";
import { MemoryBIO, SSLContext } from "puretls";
import { noble } from "puretls/crypto/noble";

// QuickJS has no crypto.getRandomValues.
const urandom = std.open("/dev/urandom", "rb");
const random = (length) => {
  const bytes = new Uint8Array(length);
  urandom.read(bytes.buffer, 0, length);
  return bytes;
};

const [serverHostname, file] = scriptArgs.slice(-2);
const context = new SSLContext({
  provider: { ...noble, random },
  verifyLocations: { ca: std.loadFile(file) },
});
const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
const tls = context.wrapBio(incoming, outgoing, { serverHostname });

function flush() {
  const { buffer, byteOffset, length } = outgoing.read();
  for (let at = 0; at < length;)
    at += checked(os.write(4, buffer, byteOffset + at, length - at));
}

const room = new Uint8Array(16_384);

function fill() {
  const length = checked(os.read(3, room.buffer, 0, room.length));
  if (length > 0) incoming.write(room.slice(0, length));
  else incoming.writeEof();
}

function checked(count) {
  if (count < 0)
    throw new Error(`the descriptor failed: ${std.strerror(-count)}`);
  return count;
}

/** Makes a call until it no longer wants bytes of the peer; sends what it left. */
function settle(call) {
  for (;;) {
    let result;
    try {
      result = call();
    } finally {
      flush();
    }
    if (result !== "wantRead" && result.status !== "wantRead") return result;
    fill();
  }
}

settle(() => tls.tryHandshake());
tls.write(Uint8Array.from("hello\n", (letter) => letter.charCodeAt(0)));
flush();
const { bytes = [] } = settle(() => tls.tryRead(16_384));
std.err.puts(String.fromCharCode(...bytes));
settle(() => tls.tryUnwrap());
