/**
 * The examples of Python's documentation as programs of `examples/`, each with
 * a peer that is not ours: OpenSSL's program or CPython.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { entryPoints } from "../docs/run.ts";
import { useCertificates } from "./support/certificates.ts";
import { freePort, isListening } from "./support/ports.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const hasPython = spawnSync("python3", ["-c", "import ssl"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "puretls-programs-"));
const children: ChildProcess[] = [];

const NAMES = [
  ...["client-default", "client-custom-ca", "server", "manual-settings"],
  ...["https-head", "echo-server", "pump", "smtp-starttls"],
];

afterAll(() => {
  for (const child of children) child.kill();
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

/** What a program printed, once it has ended. */
async function finished(child: ChildProcess, input?: string): Promise<string> {
  children.push(child);
  let printed = "";
  child.stdout?.on("data", (data: Buffer) => (printed += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (printed += data.toString()));
  if (input !== undefined) child.stdin?.write(input);
  await new Promise((resolve) => child.once("close", resolve));
  return printed;
}

function example(name: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(folder, `${name}.mjs`), ...args]);
}

async function listening(port: number): Promise<void> {
  while (!isListening(port))
    await new Promise((resolve) => setTimeout(resolve, 50));
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

describe.skipIf(!hasOpenssl)("examples, with OpenSSL", () => {
  const files = useCertificates();
  beforeAll(bundle);

  /** s_server for one connection. */
  async function opensslServer(...more: string[]): Promise<number> {
    const port = await freePort();
    const { cert, key } = files().server["ECDSA P-256"];
    children.push(
      spawn("openssl", [
        ...["s_server", "-accept", `127.0.0.1:${String(port)}`],
        ...["-cert", cert, "-key", key, "-naccept", "1", ...more],
      ]),
    );
    await listening(port);
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
    const port = await freePort();
    const { cert, key } = files().server["ECDSA P-256"];
    const server = finished(example("server", String(port), cert, key));
    await listening(port);
    const client = spawn("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${String(port)}`, "-quiet"],
      ...["-CAfile", files().ca, "-verify_return_error"],
    ]);
    expect(await finished(client)).toContain("hello");
    expect(await server).toContain("TLSv1.3");
  });
});

describe.skipIf(!hasOpenssl || !hasPython)("examples, with CPython", () => {
  const files = useCertificates();
  beforeAll(bundle);

  it("G-14 S-28: a server's loop, until the client has unwrapped", async () => {
    const port = await freePort();
    const { cert, key } = files().server.RSA;
    const server = finished(
      example("echo-server", String(port), cert, key, "2"),
    );
    await listening(port);
    for (let i = 0; i < 2; i++) {
      const client = spawn("python3", [
        ...["-c", PYTHON_CLIENT, String(port), files().ca, "echo me"],
      ]);
      expect(await finished(client)).toBe("TLSv1.3\necho me\n");
    }
    expect(await server).toBe(`listening on ${String(port)}\n`);
  });

  it("G-13: a HEAD request and its answer, line by line", async () => {
    const port = await freePort();
    const { cert, key } = files().server["ECDSA P-256"];
    children.push(
      spawn("python3", ["-c", HTTPS_SERVER, String(port), cert, key]),
    );
    await listening(port);
    const printed = await finished(
      example("https-head", "127.0.0.1", String(port), files().ca),
    );
    expect(printed).toContain("'HTTP/1.0 200 fine'");
  });

  it("G-16 Q-16: STARTTLS over a connection that was used in plain", async () => {
    const port = await freePort();
    const { cert, key } = files().server["ECDSA P-256"];
    const server = finished(
      spawn("python3", ["-c", SMTP_SERVER, String(port), cert, key]),
    );
    await listening(port);
    const printed = await finished(
      example("smtp-starttls", "127.0.0.1", String(port), files().ca),
    );
    expect(printed).toBe("220 go ahead\n250 mail.example again\nTLSv1.3\n");
    expect(await server).toContain("QUIT");
  });
});
