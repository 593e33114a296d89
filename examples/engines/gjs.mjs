/**
 * TLS in GJS, the JavaScript of GNOME, by a loop over an SSLObject and the blocking
 * calls of Gio. It says hello to a server and prints the answer:
 *
 *     npx esbuild gjs.mjs --bundle --format=esm --external:gi://* --outfile=out.js
 *     gjs -m out.js HOST PORT CA-FILE [NAME]
 */
import Gio from "gi://Gio";
import { MemoryBIO, SSLContext } from "puretls";
import { noble } from "puretls/crypto/noble";

// GJS has no crypto.getRandomValues.
const urandom = Gio.File.new_for_path("/dev/urandom").read(null);
const random = (length) => urandom.read_bytes(length, null).toArray();

/** Connects and makes the handshake; `ca` is PEM or DER. */
function connect({ host, port, ca, serverHostname = host }) {
  const context = new SSLContext({
    provider: { ...noble, random },
    verifyLocations: { ca },
  });
  const tcp = new Gio.SocketClient().connect_to_host(host, port, null);
  const input = tcp.get_input_stream();
  const output = tcp.get_output_stream();
  const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
  const tls = context.wrapBio(incoming, outgoing, { serverHostname });

  function flush() {
    const bytes = outgoing.read();
    if (bytes.length > 0) output.write_all(bytes, null);
  }

  function fill() {
    const bytes = input.read_bytes(16_384, null).toArray();
    if (bytes.length > 0) incoming.write(bytes);
    else incoming.writeEof();
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
  return {
    send: (bytes) => {
      tls.write(bytes);
      flush();
    },
    /** Bytes of the peer; none when it has ended. */
    receive: () => settle(() => tls.tryRead(16_384)).bytes ?? new Uint8Array(),
    close: () => {
      settle(() => tls.tryUnwrap());
      tcp.close(null);
    },
  };
}

const [host, port, file, serverHostname = host] = ARGV;
const [, ca] = Gio.File.new_for_path(file).load_contents(null);
const socket = connect({ host, port: Number(port), ca, serverHostname });
socket.send(new TextEncoder().encode("hello\n"));
print(new TextDecoder().decode(socket.receive()));
socket.close();
