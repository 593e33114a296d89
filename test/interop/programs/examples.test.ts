/**
 * The examples of Python's documentation as programs of `examples/`, each with
 * a peer that is not ours: OpenSSL's program or CPython.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { entryPoints } from "../../docs/run.ts";
import { useCertificates } from "../support/certificates.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { describePeers } from "../support/scenarios/peers.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-programs-"));

const NAMES = [
  ...["client-default", "client-custom-ca", "server", "manual-settings"],
  ...["https-head", "echo-server", "pump", "smtp-starttls"],
];

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function bundle(): Promise<void> {
  await build({
    entryPoints: NAMES.map((name) =>
      join(PROJECT_ROOT, "examples", `${name}.ts`),
    ),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    alias: Object.fromEntries(
      [...entryPoints()].map(([name, file]) => [
        name,
        join(PROJECT_ROOT, file),
      ]),
    ),
    logLevel: "error",
  });
}

/** Waits for the end of a program and returns what it printed. */
async function finished(program: PeerProcess, input = ""): Promise<string> {
  program.write(input);
  await program.exit();
  return program.log();
}

function run(program: string, ...args: readonly string[]): PeerProcess {
  return new PeerProcess(program, args, "log");
}

function python(
  text: string,
  port: number,
  ...args: readonly string[]
): PeerProcess {
  return run("python3", "-c", text, String(port), ...args);
}

function example(name: string, ...args: readonly string[]): PeerProcess {
  return run(process.execPath, join(folder, `${name}.mjs`), ...args);
}

/** Answers as an SMTP server that knows STARTTLS does. */
const SMTP_SERVER = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
plain, _ = listener.accept()
plain.sendall(b"220 mail.example ready\\r\\n")
plain.recv(1024)
plain.sendall(b"250-mail.example\\r\\n250 STARTTLS\\r\\n")
plain.recv(1024)
plain.sendall(b"220 go ahead\\r\\n")
secure = context.wrap_socket(plain, server_side=True)
secure.recv(1024)
secure.sendall(b"250 mail.example again\\r\\n")
print(secure.recv(1024))
secure.close()
`;

const HTTPS_SERVER = `
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200, "fine")
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.handle_request()
`;

const PYTHON_CLIENT = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as secure:
        print(secure.version())
        if len(sys.argv) > 3:
            secure.sendall(sys.argv[3].encode())
        print(secure.recv(1024).decode())
        if len(sys.argv) > 3:
            secure.unwrap()
`;

describePeers(["openssl"], () => {
  const files = useCertificates();
  beforeAll(bundle);

  /** s_server for one connection. */
  async function opensslServer(...more: string[]): Promise<number> {
    const { cert, key } = files().server["ECDSA P-256"];
    const { port } = await startServer((free) =>
      run(
        ...(["openssl", "s_server", "-accept"] as const),
        ...[`127.0.0.1:${String(free)}`, "-cert", cert, "-key", key],
        ...["-naccept", "1", ...more],
      ),
    );
    return port;
  }

  it.each([
    ["G-01 Q-08: a client with the default context", "client-default"],
    ["G-02: a client that trusts one bundle", "client-custom-ca"],
    ["G-12 Q-09: a client with settings by hand", "manual-settings"],
    ["G-15 B-05: a handshake without blocking", "pump"],
  ])("%s", async (_title, name) => {
    const port = await opensslServer("-quiet");
    const args = ["127.0.0.1", String(port), files().ca];
    const printed = await finished(example(name, ...args));
    expect(printed).toMatch(
      name === "manual-settings" ? /commonName/ : /TLSv1\.3/,
    );
  });

  it("G-03 S-01 S-02 X-106: a server that accepts", async () => {
    const { cert, key } = files().server["ECDSA P-256"];
    const { port, server } = await startServer((free) =>
      example("server", String(free), cert, key),
    );
    const client = run(
      ...(["openssl", "s_client", "-connect"] as const),
      ...[`127.0.0.1:${String(port)}`, "-quiet"],
      ...["-CAfile", files().ca, "-verify_return_error"],
    );
    expect(await finished(client)).toContain("hello");
    expect(await finished(server)).toContain("TLSv1.3");
  });
});

describePeers(["openssl", "python"], () => {
  const files = useCertificates();
  beforeAll(bundle);

  it("G-14 S-28: a server's loop, until the client has unwrapped", async () => {
    const { cert, key } = files().server.RSA;
    const { port, server } = await startServer((free) =>
      example("echo-server", String(free), cert, key, "2"),
    );
    for (let i = 0; i < 2; i++) {
      const client = python(PYTHON_CLIENT, port, files().ca, "echo me");
      expect(await finished(client)).toBe("TLSv1.3\necho me\n");
    }
    expect(await finished(server)).toBe(`listening on ${String(port)}\n`);
  });

  it("G-13: a HEAD request and its answer, line by line", async () => {
    const { cert, key } = files().server["ECDSA P-256"];
    const { port } = await startServer((free) =>
      python(HTTPS_SERVER, free, cert, key),
    );
    const printed = await finished(
      example("https-head", "127.0.0.1", String(port), files().ca),
    );
    expect(printed).toContain("'HTTP/1.0 200 fine'");
  });

  it("G-16 Q-16: STARTTLS over a connection that was used in plain", async () => {
    const { cert, key } = files().server["ECDSA P-256"];
    const { port, server } = await startServer((free) =>
      python(SMTP_SERVER, free, cert, key),
    );
    const printed = await finished(
      example("smtp-starttls", "127.0.0.1", String(port), files().ca),
    );
    expect(printed).toBe("220 go ahead\n250 mail.example again\nTLSv1.3\n");
    expect(await finished(server)).toContain("QUIT");
  });
});
