import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { createSelfSigned } from "../../src/pki/index.ts";
import { PROJECT_ROOT } from "../architecture/imports.ts";

const run = promisify(execFile);
const { pem, key } = createSelfSigned({ provider, hosts: ["localhost"] });
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(PROJECT_ROOT, "node_modules/.cache-register-"));
  await build({
    entryPoints: [join(PROJECT_ROOT, "src/node-tls/register.ts")],
    outfile: join(folder, "register.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program with the module preloaded, and answers what it printed. */
async function program(name: string, text: string): Promise<unknown> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const register = pathToFileURL(join(folder, "register.mjs")).href;
  const { stdout } = await run(process.execPath, ["--import", register, path], {
    env: { ...process.env, CERT: pem, KEY: key.toPem() },
  });
  return JSON.parse(stdout) as unknown;
}

const OPTIONS = "{ cert: process.env.CERT, key: process.env.KEY }";

describe("puretls/register", () => {
  it("puts the module in the place of node:tls, for ES modules", async () => {
    const said = await program(
      "esm.mjs",
      `import { once } from "node:events";
       import tls, { connect, createServer, TLSSocket } from "node:tls";
       const server = createServer(${OPTIONS}, (socket) => socket.end("x"));
       server.listen(0);
       await once(server, "listening");
       const socket = connect({ port: server.address().port, ca: process.env.CERT });
       await once(socket, "secureConnect");
       console.log(JSON.stringify([
         tls.connect === connect, socket instanceof TLSSocket, "sslSocket" in socket || "facts" in socket,
         socket.authorized,
       ]));
       socket.destroy();
       server.close();`,
    );
    expect(said).toEqual([true, true, true, true]);
  });

  it("serves and fetches https and http2, for CommonJS", async () => {
    const said = await program(
      "cjs.cjs",
      `const https = require("https");
       const http2 = require("http2");
       const ours = (socket) => "facts" in socket;
       const seen = [];
       const first = https.createServer(${OPTIONS}, (request, response) => {
         seen.push(ours(request.socket));
         response.end("hello");
       });
       first.listen(0, () => {
         const { port } = first.address();
         https.get({ port, ca: process.env.CERT }, (response) => {
           seen.push(ours(response.socket), response.socket.authorized);
           response.resume();
           response.on("end", () => { first.close(); second(); });
         });
       });
       function second() {
         const server = http2.createSecureServer(${OPTIONS});
         server.on("secureConnection", (socket) => seen.push(ours(socket), socket.alpnProtocol));
         server.on("stream", (stream) => { stream.respond(); stream.end("two"); });
         server.listen(0, () => {
           const session = http2.connect("https://localhost:" + server.address().port, { ca: process.env.CERT });
           const stream = session.request();
           let text = "";
           stream.setEncoding("utf8");
           stream.on("data", (part) => (text += part));
           stream.on("end", () => {
             seen.push(text);
             session.close(() => server.close());
           });
           stream.end();
         });
       }
       process.on("exit", () => console.log(JSON.stringify(seen)));`,
    );
    expect(said).toEqual([true, true, true, true, "h2", "two"]);
  });

  it("leaves a TLSSocket without options to Node", async () => {
    const said = await program(
      "inside.mjs",
      `import { PassThrough } from "node:stream";
       import { TLSSocket } from "node:tls";
       const inside = new TLSSocket(new PassThrough());
       const own = new TLSSocket(new PassThrough(), {});
       console.log(JSON.stringify([
         inside._handle !== null && inside._handle !== undefined, inside instanceof TLSSocket, "facts" in own,
       ]));
       process.exit();`,
    );
    expect(said).toEqual([true, true, true]);
  });

  it("lets programs extend TLSSocket, with and without options", async () => {
    const said = await program(
      "extended.mjs",
      `import { PassThrough } from "node:stream";
       import { TLSSocket } from "node:tls";
       class Pinned extends TLSSocket {
         emit(event, ...told) {
           return event === "x" ? "pinned" : super.emit(event, ...told);
         }
       }
       const own = new TLSSocket(new PassThrough(), {});
       const seen = [own instanceof TLSSocket, own instanceof Pinned];
       for (const options of [[], [{}]]) {
         const pinned = new Pinned(new PassThrough(), ...options);
         seen.push(pinned instanceof Pinned, pinned instanceof TLSSocket,
           Object.getPrototypeOf(pinned) === Pinned.prototype, pinned.emit("x"), "facts" in pinned);
       }
       console.log(JSON.stringify(seen));
       process.exit();`,
    );
    const extended = [true, true, true, "pinned", true];
    expect(said).toEqual([true, false, ...extended, ...extended]);
  });
});
