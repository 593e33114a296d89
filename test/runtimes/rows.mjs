/** The rows of the matrix. */
import { execFileSync } from "node:child_process";
import { accessSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./lib/bundle.mjs";
import {
  MINI_BROWSER,
  openChromium,
  openFirefox,
  openWebKit,
  runInBrowser,
} from "./lib/browsers.mjs";
import { run } from "./lib/child.mjs";
import { PACKAGES, root } from "./lib/package.mjs";
import { snippetCheck, writeSnippet } from "./lib/snippets.mjs";
import { runWorkerd } from "./lib/workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = (path) => join(PACKAGES, path);

/** A program, and how it says its version. */
function probe(
  file,
  {
    args = ["--version"],
    files = [],
    version,
    says = /\d+(\.\d+)+\S*/,
    source,
  },
) {
  return () => {
    try {
      files.forEach((path) => accessSync(path));
      const [command, ...rest] = version ?? [file, ...args];
      const output = execFileSync(command, rest, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 20_000,
      });
      const found = says.exec(output);
      if (found === null) throw new Error(output);
      return { version: found[0] };
    } catch {
      return { missing: `${file} does not start: ${source}` };
    }
  };
}

function versionOf(name) {
  return JSON.parse(readFileSync(program(`${name}/package.json`), "utf8"))
    .version;
}

/** Random bytes come from the program around the engine. */
const GIVEN = "from its host";
const NPM = "npm run runtimes installs it";

/** The input of a row in a file. */
function inputFile({ folder, input }, name, withSeed = false) {
  const file = join(folder, `input-${name.replaceAll(/\W+/g, "-")}.json`);
  const { seed, ...others } = input;
  writeFileSync(file, JSON.stringify(withSeed ? { ...others, seed } : others));
  return file;
}

/** Node, and what has its modules; `word` is that of its program in the docs. */
function nodeLike(label, file, { args = [], word = "node", snippets } = {}) {
  const name = label.toLowerCase().replace(" ", "-");
  return {
    name,
    label,
    sockets: true,
    find: probe(file, { source: NPM }),
    run: async (context) => {
      const { folder, emit } = context;
      const script = join(folder, "launchers", `${word}.mjs`);
      const input = inputFile(context, name);
      const last = await lastOf(emit, (hold) =>
        run(file, [...args, script, input], {
          ...context,
          emit: hold,
          cwd: folder,
        }),
      );
      for (const snippet of snippets ?? [word]) {
        const { place, file: program } = writeSnippet(snippet, context);
        const options = { ...context, cwd: place };
        emit(snippetCheck(await run(file, [...args, program], options)));
      }
      emit(last);
    },
  };
}

const WORKERD = program("@cloudflare/workerd-linux-64/bin/workerd");
const node24 = program("node-24/bin/node");

/** A launcher in Node that has the bundle evaluated by something else. */
function guest(label, launcher, { of, seeded = true, extra = [], slow }) {
  const name = label.toLowerCase().replace(":", "-");
  return {
    name,
    label,
    slow,
    notes: { random: GIVEN },
    find:
      of === undefined
        ? probe(node24, { source: NPM })
        : () => {
            try {
              return { version: versionOf(of) };
            } catch {
              return { missing: `${of} is not installed: ${NPM}` };
            }
          },
    run: async (context) => {
      const script = await bundle(context.folder, "shell.mjs");
      const input = inputFile(context, name, seeded);
      const file = join(context.folder, "launchers", launcher);
      await run(
        node24,
        [file, input, script, join(PACKAGES, "index.js"), ...extra],
        { ...context, cwd: context.folder },
      );
    },
  };
}

/** A shell that runs scripts in a row. */
function shell(
  label,
  file,
  { random = GIVEN, args = [], script, target, slow, sockets, ...found },
) {
  const name = label.toLowerCase();
  return {
    name,
    label,
    target,
    slow,
    sockets,
    notes: { random },
    find: probe(file, found),
    run: async (context) => {
      const { folder } = context;
      const input = `${inputFile(context, name, true)}.js`;
      const text = readFileSync(inputFile(context, name, true), "utf8");
      writeFileSync(input, `globalThis.input = ${text};\n`);
      await script(context, input, (scripts, emit = context.emit) =>
        run(file, [...args, ...scripts], { ...context, emit, cwd: folder }),
      );
    },
  };
}

/** A row for each scope of a browser. */
function browser(label, open, found) {
  return ["page", "worker", "service-worker"].map((scope) => ({
    name: `${label.toLowerCase()}-${scope}`,
    label: `${label}, ${scope.replace("-", " ")}`,
    sockets: true,
    gateway: true,
    find: found,
    run: (context) => runInBrowser(scope, open, context),
  }));
}

/** The program, then that of the examples, with a peer and with another name. */
async function runGjs(context, input, start) {
  const { folder, emit } = context;
  const banner = { js: readFileSync(input, "utf8") };
  const options = { format: "esm", external: ["gi://*"] };
  const script = await bundle(folder, "gjs.mjs", { ...options, banner });
  const last = await lastOf(emit, (hold) => start([script], hold));
  const example = await bundle(folder, EXAMPLE_OF_GJS, {
    ...options,
    nodePaths: [join(folder, "node_modules")],
  });
  const ca = join(folder, "ca.pem");
  const { openssl: port } = context.input.ports;
  const visit = (name) => start([example, "127.0.0.1", String(port), ca, name]);
  const check = "examples/engines/gjs.mjs: ";
  const printed = await visit("a.test");
  emit({
    check: `${check}s_server, private CA`,
    ok: printed.includes("olleh"),
    error: printed,
  });
  const refused = await visit("b.test").catch(({ message }) => message);
  emit({
    check: `${check}wrong name`,
    ok: refused.includes("SSLCertVerificationError"),
    error: refused,
  });
  emit(last);
}

const EXAMPLE_OF_GJS = join(root, "examples/engines/gjs.mjs");

/** Runs what ends with the line that says so, and holds that line back. */
async function lastOf(emit, running) {
  let last;
  await running((line) => (line.done ? (last = line) : emit(line)));
  return last ?? {};
}

/** It has no asynchronous iteration. */
const GOJA_TARGET = "es2017";

export const ROWS = [
  nodeLike("Node 20.19", program("node-20.19/bin/node")),
  nodeLike("Node 22", program("node-22/bin/node")),
  nodeLike("Node 24", node24, { snippets: ["node", "react-native"] }),
  nodeLike("Node 26", program("node-26/bin/node")),
  nodeLike("Bun", program("@oven/bun-linux-x64/bin/bun"), { word: "bun" }),
  nodeLike("Deno", program("@deno/linux-x64-glibc/deno"), {
    args: ["run", "-A"],
    word: "deno",
  }),
  {
    name: "workerd",
    label: "workerd",
    sockets: true,
    find: probe(WORKERD, { source: NPM, says: /[\d-]+/ }),
    run: (context) => runWorkerd(WORKERD, context),
  },
  ...browser(
    "Chromium",
    openChromium,
    probe("chromium-headless-shell", { source: "Debian package" }),
  ),
  ...browser(
    "Firefox",
    openFirefox,
    probe("firefox-esr", { source: "Debian package" }),
  ),
  ...browser(
    "WebKitGTK",
    openWebKit,
    // Xvfb has no option that says its version.
    probe(MINI_BROWSER, {
      files: [MINI_BROWSER, "/usr/bin/Xvfb"],
      version: ["dpkg-query", "-W", "-f", "${Version}", "libwebkit2gtk-4.1-0"],
      source: "Debian packages libwebkit2gtk-4.1-0 and xvfb",
    }),
  ),
  shell("jsc", "jsc", {
    source: "Debian package libjavascriptcoregtk-4.0-bin",
    version: [
      "dpkg-query",
      "-W",
      "-f",
      "${Version}",
      "libjavascriptcoregtk-4.0-bin",
    ],
    script: async ({ folder }, input, start) =>
      start([input, await bundle(folder, "shell.mjs")]),
  }),
  shell("GJS", "gjs", {
    source: "Debian package gjs",
    random: "from Gio",
    args: ["-m"],
    sockets: true,
    script: runGjs,
  }),
  shell("Hermes", program("hermes-engine-cli/linux64-bin/hermes"), {
    slow: true,
    source: NPM,
    says: /(?<=release version: )\S+/,
    // Metro's bundle is another one.
    target: null,
    script: async (context, input, start) => {
      const { folder } = context;
      const out = join(folder, "metro.js");
      await run(
        node24,
        [
          ...[join(here, "lib/metro.mjs"), join(PACKAGES, "index.js"), folder],
          ...["launchers/shell.mjs", out],
        ],
        context,
      );
      const both = join(folder, "hermes-input.js");
      writeFileSync(
        both,
        readFileSync(input, "utf8") + readFileSync(out, "utf8"),
      );
      await start(["-O", both]);
    },
  }),
  guest("QuickJS", "quickjs.mjs", {
    slow: true,
    of: "quickjs-emscripten",
  }),
  guest("QuickJS-ng", "quickjs.mjs", {
    slow: true,
    of: "@jitl/quickjs-ng-wasmfile-release-sync",
    extra: ["@jitl/quickjs-ng-wasmfile-release-sync"],
  }),
  shell("goja", program(".goja"), {
    slow: true,
    target: GOJA_TARGET,
    source: `Go module github.com/dop251/goja; ${NPM}`,
    script: async ({ folder }, input, start) => {
      const target = GOJA_TARGET;
      await start([input, await bundle(folder, "shell.mjs", { target })]);
    },
  }),
  guest("node:vm", "vm.mjs", {}),
  guest("isolated-vm", "isolated.mjs", { of: "isolated-vm" }),
  guest("SES", "ses.mjs", { of: "ses", seeded: false }),
];
