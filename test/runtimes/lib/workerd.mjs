/** workerd: a Worker of the program, and foreign clients that come to it. */
import { writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "./bundle.mjs";
import { start } from "./child.mjs";
import { snippetCheck, writeSnippet } from "./snippets.mjs";

/** Runs the program in a Worker, has both clients visit it, and runs the page's. */
export async function runWorkerd(workerd, context) {
  const { folder, input, emit, come } = context;
  const banner = { js: `globalThis.input = ${JSON.stringify(input)};` };
  let done;
  const ended = new Promise((resolve) => (done = resolve));
  const main = await serveWorker(workerd, {
    ...context,
    emit: (line) => (line.done ? done(line) : emit(line)),
    module: await bundle(folder, "workerd.mjs", { ...OPTIONS, banner }),
  });
  if ((await main.fetch()) !== "done") throw new Error(main.noise());
  await ended;
  for (const kind of ["s_client", "half-close"]) {
    await come({ listening: main.tcp, kind });
    emit({ check: `puretls/workers: ${kind} as a client`, ok: true });
  }
  main.end();

  const { file } = writeSnippet("workers", context);
  const snippet = await serveWorker(workerd, {
    ...context,
    module: await bundle(folder, file, {
      ...OPTIONS,
      outfile: join(folder, "bundles", "workers-snippet.js"),
    }),
  });
  emit(snippetCheck(await snippet.fetch()));
  snippet.end();
  emit(await ended);
}

const OPTIONS = { format: "esm", external: ["cloudflare:*"] };

/** Starts a Worker of one module, with a socket for HTTP and one for TCP. */
async function serveWorker(workerd, { folder, input, emit, signal, module }) {
  const config = join(folder, `${basename(module)}.capnp`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "main.js", esModule = embed ${JSON.stringify(relative(folder, module))})],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["experimental"],
      bindings = [(name = "CA", text = ${JSON.stringify(input.material.ca)})],
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
  const args = ["serve", "--experimental", "--control-fd=3", config];
  const server = start(workerd, args, {
    signal,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    emit,
  });
  const failed = server.ended.then((code) => {
    throw new Error(`workerd ended with ${String(code)}\n${server.noise()}`);
  });
  failed.catch(() => {});
  const ports = portsOf(server.child.stdio[3]);
  // Undefined where it ended before it listened.
  const { http, tcp } = (await ports) ?? (await failed);
  const get = async () =>
    (await fetch(`http://127.0.0.1:${String(http)}/`)).text();
  return { ...server, tcp, fetch: () => Promise.race([get(), failed]) };
}

/** The ports that workerd says its sockets listen at. */
async function portsOf(control) {
  const ports = {};
  for await (const line of createInterface({ input: control })) {
    const { event, socket, port } = JSON.parse(line);
    if (event === "listen") ports[socket] = port;
    if (ports.http !== undefined && ports.tcp !== undefined) return ports;
  }
  return undefined;
}
