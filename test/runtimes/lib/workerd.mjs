/** workerd: a Worker of the program, and foreign clients that come to it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "./bundle.mjs";
import { start } from "./child.mjs";

/** Runs the program in a Worker, then has both clients visit it. */
export async function runWorkerd(workerd, context) {
  const { folder, input, emit, come, signal } = context;
  const banner = { js: `globalThis.input = ${JSON.stringify(input)};` };
  const options = { format: "esm", external: ["cloudflare:*"], banner };
  await bundle(folder, "workerd.mjs", options);
  const config = join(folder, "workerd.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "main.js", esModule = embed "bundles/esm-es2022/workerd.js")],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["experimental"],
    )),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
    (name = "tcp", address = "127.0.0.1:0", tcp = (), service = "main"),
  ],
);
`,
  );
  let done;
  const ended = new Promise((resolve) => (done = resolve));
  const server = start(
    workerd,
    ["serve", "--experimental", "--control-fd=3", config],
    {
      signal,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      emit: (line) => (line.done ? done(line) : emit(line)),
    },
  );
  const failed = server.ended.then((code) => {
    throw new Error(`workerd ended with ${String(code)}\n${server.noise()}`);
  });
  failed.catch(() => {});
  const { http, tcp } = await Promise.race([
    portsOf(server.child.stdio[3]),
    failed,
  ]);
  const run = async () => {
    const response = await fetch(`http://127.0.0.1:${String(http)}/`);
    const text = await response.text();
    if (text !== "done") throw new Error(`${text}\n${server.noise()}`);
    await ended;
  };
  await Promise.race([run(), failed]);
  for (const kind of ["s_client", "half-close"]) {
    await come({ listening: tcp, kind });
    emit({ check: `puretls/workers: ${kind} as a client`, ok: true });
  }
  server.end();
  emit({ done: true });
}

/** The ports that workerd says its sockets listen at. */
async function portsOf(control) {
  const ports = {};
  for await (const line of createInterface({ input: control })) {
    const { event, socket, port } = JSON.parse(line);
    if (event === "listen") ports[socket] = port;
    if (ports.http !== undefined && ports.tcp !== undefined) break;
  }
  return ports;
}
