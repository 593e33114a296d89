/** The foreign peers of a row, and the clients that come when it listens. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { HALF, LINE, SERVER_NAME } from "../program/exchange.mjs";
import { start } from "./child.mjs";
import { PACKAGES, root } from "./package.mjs";

/** Tells whether there is an OpenSSL to meet. */
export function findOpenssl() {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return {};
  } catch {
    return { missing: "openssl does not start: Debian package openssl" };
  }
}

/**
 * Starts the servers that a row connects to.
 *
 * @param withGateway for pages: examples/gateway, which reaches those servers
 * @returns their ports, the URL of the gateway, `come({ listening, kind })` to have a client visit the
 *   row's own server, and `stop()`
 */
export async function startPeers(context, { withGateway = false } = {}) {
  const { folder, input, signal } = context;
  const { material } = input;
  const file = (name) => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, material[name]);
    return path;
  };
  const [ca, cert, key] = ["ca", "cert", "key"].map(file);
  const openssl = start(
    "openssl",
    [
      ...["s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", cert],
      ...["-cert_chain", cert, "-key", key],
    ],
    { signal },
  );
  const [, opensslPort] = await openssl.says(/ACCEPT \S+:(\d+)/);
  const halfClose = createServer(
    { cert: material.cert, key: material.key, allowHalfOpen: true },
    (socket) => {
      const parts = [];
      socket.on("data", (part) => parts.push(part));
      socket.on("end", () => socket.end(Buffer.concat(parts)));
      socket.on("error", () => {});
    },
  );
  halfClose.listen(0, "127.0.0.1");
  await once(halfClose, "listening");

  const ports = {
    openssl: Number(opensslPort),
    halfClose: halfClose.address().port,
  };
  const gateway = withGateway
    ? await startGateway(Object.values(ports), context)
    : undefined;

  const clients = {
    s_client: async (port) => {
      const { child, ended, noise } = start(
        "openssl",
        [
          ...["s_client", "-quiet", "-connect", `127.0.0.1:${String(port)}`],
          ...["-servername", SERVER_NAME, "-verify_hostname", SERVER_NAME],
          ...["-CAfile", ca, "-verify_return_error"],
        ],
        { signal, stdio: ["pipe", "pipe", "pipe"] },
      );
      child.stdin.on("error", () => {});
      child.stdin.write(`${LINE}\n`);
      const code = await ended;
      if (code !== 0 || !noise().includes([...LINE].reverse().join("")))
        throw new Error(`s_client ended with ${String(code)}: ${noise()}`);
    },
    "half-close": async (port) => {
      const socket = connect({
        host: "127.0.0.1",
        port,
        servername: SERVER_NAME,
        ca: material.ca,
        allowHalfOpen: true,
      });
      await once(socket, "secureConnect");
      socket.end(Buffer.alloc(HALF, 7));
      let length = 0;
      for await (const part of socket) length += part.length;
      if (length !== HALF) throw new Error(`${String(length)} bytes came back`);
    },
  };
  return {
    ports,
    gateway: gateway?.url,
    come: ({ listening, kind }) => clients[kind](listening),
    stop: () => {
      openssl.end();
      gateway?.end();
      halfClose.close();
    },
  };
}

/** Starts the gateway of the examples, in a folder where it finds `ws`. */
async function startGateway(ports, { folder, signal }) {
  const place = join(folder, "gateway");
  mkdirSync(join(place, "node_modules"), { recursive: true });
  const program = join(place, "gateway.mjs");
  copyFileSync(join(root, "examples/gateway/gateway.mjs"), program);
  const link = join(place, "node_modules", "ws");
  if (!existsSync(link)) symlinkSync(join(PACKAGES, "ws"), link);
  const allowed = ports.flatMap((port) => ["--allow", `127.0.0.1:${port}`]);
  const args = [program, "--port", "0", ...allowed];
  const { end, says } = start(process.execPath, args, { signal });
  const [, port] = await says(/listening on (\d+)/);
  return { url: `ws://127.0.0.1:${port}`, end };
}
