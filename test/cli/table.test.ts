/** Runs each task of docs/cli.md, and checks the commands of other documents. */
import { createHash, createPrivateKey } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createCertificateAuthority,
  createRequest,
} from "../../src/pki/index.ts";
import { pinOf } from "../../src/cli/show/signed.ts";
import { parseCertificates } from "../../src/x509/index.ts";
import { newPair, shuttle, testClientConfig } from "../support/engines.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { pcapOf } from "./captures.ts";
import { page, TASKS } from "./tasks.ts";
import {
  pkiFiles,
  run,
  type Served,
  scratch,
  serving,
  start,
  stopped,
} from "./support.ts";

const files = scratch();
const running: Served[] = [];
const listeners: Server[] = [];
const sockets = new Set<Socket>();
const words = new Map<string, string>();

beforeAll(async () => {
  const pki = pkiFiles(files);
  const own = ["--cert", pki.cert, "--key", pki.key];
  const host = await serving(own);
  const web = await serving([...own, "--www", "--alpn", "http/1.1"]);
  running.push(host, web);
  const [leaf] = parseCertificates(testServer().certificatePem);
  for (const [word, value] of Object.entries({
    ...{ HOST: host.at, "ca.pem": pki.ca, "server.pem": pki.cert },
    ...{ "client.pem": pki.clientCert, "client.key": pki.clientKey },
    "https://WEB/": `https://${web.at}/`,
    WEB: web.at,
    MAIL: await listening(mail(host.port)),
    "http://PROXY": `http://${await listening(proxy())}`,
    PIN: pinOf(leaf?.subjectPublicKeyInfoDer ?? new Uint8Array()),
    request: files.write("request", "a request"),
    ...served(pki),
  }))
    words.set(word, value);
  for (const name of ["session", "chain.pem", "keys.log", "made", "signed.pem"])
    words.set(name, files.path(name));
  for (const [name, content] of Object.entries(
    otherFiles(leaf?.subjectPublicKeyInfoDer),
  ))
    words.set(name, files.write(name, content));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const listener of listeners) listener.close();
  for (const server of running) await stopped(server);
  files.remove();
});

/** A TLSA record, a list, an authority, a request, a capture and a hello. */
function otherFiles(
  publicKeyInfo = new Uint8Array(),
): Record<string, string | Uint8Array> {
  const authority = createCertificateAuthority({ provider: noble, name: "CA" });
  const lines: string[] = [];
  const { sent } = shuttle(
    newPair(testClientConfig({ keyLog: (line) => lines.push(line) })),
  );
  const hello = 5 + ((sent.client[3] ?? 0) << 8) + (sent.client[4] ?? 0);
  const first = { from: "client", sequence: 1 } as const;
  return {
    tlsa: `3 1 1 ${createHash("sha256").update(publicKeyInfo).digest("hex")}\n`,
    "list.crl": testAuthority().createCrl().pem,
    "own-ca.pem": authority.pem,
    "own-ca.key": authority.key.toPem(),
    "request.csr": createRequest({ provider: noble, hosts: ["a.test"] }).pem,
    "capture.log": lines.join("\n"),
    "capture.pcap": pcapOf([
      { ...first, data: sent.client.subarray(0, hello) },
      { from: "server", sequence: 1, data: sent.server },
      { ...first, sequence: 1 + hello, data: sent.client.subarray(hello) },
    ]),
    "hello.hex": toHex(sent.client.subarray(0, hello)),
  };
}

/** Files of the rows about `serve`. */
function served(pki: ReturnType<typeof pkiFiles>): Record<string, string> {
  const other = testServer("ec-p384");
  mkdirSync(files.path("certs"));
  mkdirSync(files.path("site"));
  files.write("certs/one.pem", testServer().certificatePem);
  files.write("certs/one.key", testServer().keyPem);
  files.write("site/index.html", "a page of the site");
  const locked = createPrivateKey(testServer().keyPem).export({
    ...{ type: "pkcs8", format: "pem" },
    ...{ cipher: "aes-256-cbc", passphrase: "open" },
  });
  return {
    ...{ "server.key": pki.key, certs: files.path("certs") },
    "other.pem": files.write("other.pem", other.certificatePem),
    "other.key": files.write("other.key", other.keyPem),
    "locked.key": files.write("locked.key", locked.toString()),
    "--www=site": `--www=${files.path("site")}`,
    password: files.write("password", "open\n"),
  };
}

/** Runs a server, with a client that asks it for what it has. */
async function servedTo(args: readonly string[]) {
  const server = start(args);
  const [, port = ""] = await server.stdout.until(
    /(?:127\.0\.0\.1:|"port":)(\d+)/,
  );
  const word = (name: string): string => words.get(name) ?? "";
  const has = (name: string): boolean => args.includes(name);
  const client = await run(
    [
      ...["connect", `localhost:${port}`, "--ca", word("ca.pem")],
      ...(has("--verify")
        ? ["--cert", word("client.pem"), "--key", word("client.key")]
        : []),
      ...(has("--starttls") ? ["--starttls", "smtp"] : []),
      ...(has(word("--www=site")) ? ["--get", "/"] : []),
    ],
    has("--starttls") ? "hello\r\nQUIT\r\n" : "hello",
  );
  server.interrupt();
  const { code, out, err } = await server.ended;
  return {
    ...{ code, err: err + client.err },
    out: out + client.out,
  };
}

function listening(server: Server): Promise<string> {
  listeners.push(server);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      resolve(`127.0.0.1:${String(port)}`);
    });
  });
}

function onward(port: number, socket: Socket): void {
  const other = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  for (const one of [socket, other]) {
    sockets.add(one);
    one.on("error", () => undefined);
  }
  socket.pipe(other).pipe(socket);
}

/** A mail server as far as STARTTLS. */
function mail(port: number): Server {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write("220 mail\r\n");
    socket.once("data", () => {
      socket.write("250 STARTTLS\r\n");
      socket.once("data", () => {
        socket.write("220 go\r\n");
        onward(port, socket);
      });
    });
  });
  return server;
}

function proxy(): Server {
  const server = createHttpServer();
  server.on("connect", ({ url = "" }, socket: Socket) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    onward(Number(url.split(":").at(-1)), socket);
  });
  return server;
}

function read(document: string): string {
  return readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
}

const rows = Object.values(TASKS).flat();

it("docs/cli.md is made of the rows (npm run docs:cli)", async () => {
  await expect(page()).toMatchFileSnapshot("../../docs/cli.md");
});

it.each(rows)("$task: puretls $command", async ({ command, prints }) => {
  const args = command.split(" ").map((word) => words.get(word) ?? word);
  const { code, out, err } =
    args[0] === "serve" ? await servedTo(args) : await run(args, "hello");
  expect(code, err).toBe(0);
  expect(out + err).toContain(prints);
});

/** Commands in blocks of code and between backticks. */
function commandsOf(document: string): string[] {
  const text = read(document).replaceAll(/^\|.*\|$/gm, (line) =>
    line.startsWith("|") && document === "docs/cli.md" ? "" : line,
  );
  const found = text.matchAll(/(?:^|`)puretls ([a-z]+ [^`\n]*)/gm);
  return [...found].map(([, command = ""]) => command);
}

it.each(["README.md", "docs/command-line.md"])(
  "%s names options that exist",
  async (document) => {
    const commands = commandsOf(document);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) {
      const [name = "", verb = ""] = command.split(" ");
      const { code, out } = await run(["help", name, verb]);
      if (code !== 0) continue;
      const help = out.replaceAll(/\s+/g, " ");
      for (const [option] of command.matchAll(/--[a-z][a-z-]*/g))
        if (option !== "--help") expect(help, command).toContain(option);
    }
  },
);

it.each(["connect", "serve", "probe", "explain", "cert", "ciphers", "demo"])(
  "puretls help %s is its --help",
  async (name) => {
    const help = await run(["help", name]);
    expect([help.code, help.err]).toEqual([0, ""]);
    expect(help.out).toBe((await run([name, "--help"])).out);
  },
);

it("puretls help lists the commands, and help of none is wrong use", async () => {
  expect((await run(["help"])).out).toBe((await run(["--help"])).out);
  expect((await run(["help", "sing"])).code).toBe(2);
});

it("names its own command for openssl's", async () => {
  const { code, err } = await run(["s_client", "-connect", "a:1"]);
  expect([code, err]).toEqual([
    2,
    'puretls: no command "s_client" (it is puretls connect)\n',
  ]);
});

it("prints no colours, with NO_COLOR or without", async () => {
  const host = words.get("HOST") ?? "";
  const ca = words.get("ca.pem") ?? "";
  const { out, err } = await run([host, "--ca", ca, "--trace=hex"]);
  expect(out + err).not.toContain("\u001b");
});
