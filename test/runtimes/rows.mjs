/** The rows of the matrix. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
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
import { runWorkerd } from "./lib/workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = join(here, "node_modules");
const program = (path) => join(packages, path);

/** A program, and how it says its version. */
function probe(
  file,
  { args = ["--version"], version, says = /\d+(\.\d+)+\S*/, source },
) {
  return () => {
    try {
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

const NPM = "npm run runtimes installs it";

/** The input of a row in a file. */
function inputFile({ folder, input }, name, withSeed = false) {
  const file = join(folder, `input-${name.replaceAll(/\W+/g, "-")}.json`);
  const { seed, ...others } = input;
  writeFileSync(file, JSON.stringify(withSeed ? { ...others, seed } : others));
  return file;
}

function nodeLike(name, file, { args = [], launcher = "node.mjs" } = {}) {
  return {
    name,
    sockets: true,
    find: probe(file, { source: NPM }),
    run: async (context) => {
      const script = join(context.folder, "launchers", launcher);
      const input = inputFile(context, name);
      await run(file, [...args, script, input], {
        ...context,
        cwd: context.folder,
      });
    },
  };
}

const WORKERD = program("@cloudflare/workerd-linux-64/bin/workerd");
const node24 = program("node-24/bin/node");

/** A launcher in Node that has the bundle evaluated by something else. */
function guest(name, launcher, { of, seeded = true, extra = [], target }) {
  return {
    name,
    notes: seeded ? { random: "given" } : {},
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
      const script = await bundle(context.folder, "shell.mjs", { target });
      const input = inputFile(context, name, seeded);
      const file = join(context.folder, "launchers", launcher);
      await run(
        node24,
        [file, input, script, join(packages, "index.js"), ...extra],
        { ...context, cwd: context.folder },
      );
    },
  };
}

/** A shell that runs scripts in a row. */
function shell(name, file, { random = "given", args = [], script, ...found }) {
  return {
    name,
    notes: { random },
    find: probe(file, found),
    run: async (context) => {
      const { folder } = context;
      const input = `${inputFile(context, name, true)}.js`;
      const text = readFileSync(inputFile(context, name, true), "utf8");
      writeFileSync(input, `globalThis.input = ${text};\n`);
      await script(context, input, (scripts, signal = context.signal) =>
        run(file, [...args, ...scripts], { ...context, signal, cwd: folder }),
      );
    },
  };
}

/** A row for each scope of a browser. */
function browser(name, open, found) {
  return ["page", "worker", "service-worker"].map((scope) => ({
    name: `${name}-${scope}`,
    find: found,
    run: (context) => runInBrowser(scope, open, context),
  }));
}

/** The slow ones first, so that none is left alone at the end. */
export const ROWS = [
  shell("goja", program(".goja"), {
    source: `Go module github.com/dop251/goja; ${NPM}`,
    script: async ({ folder }, input, start) => {
      // It has no asynchronous iteration.
      const target = "es2017";
      await start([input, await bundle(folder, "shell.mjs", { target })]);
    },
  }),
  shell("hermes", program("hermes-engine-cli/linux64-bin/hermes"), {
    source: NPM,
    says: /(?<=release version: )\S+/,
    script: async (context, input, start) => {
      const { folder } = context;
      const out = join(folder, "metro.js");
      await run(
        node24,
        [
          ...[join(here, "lib/metro.mjs"), join(packages, "index.js"), folder],
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
  guest("quickjs", "quickjs.mjs", { of: "quickjs-emscripten" }),
  guest("quickjs-ng", "quickjs.mjs", {
    of: "@jitl/quickjs-ng-wasmfile-release-sync",
    extra: ["@jitl/quickjs-ng-wasmfile-release-sync"],
  }),
  nodeLike("node-20.19", program("node-20.19/bin/node")),
  nodeLike("node-22", program("node-22/bin/node")),
  nodeLike("node-24", node24),
  nodeLike("node-26", program("node-26/bin/node")),
  nodeLike("bun", program("@oven/bun-linux-x64/bin/bun"), {
    launcher: "bun.mjs",
  }),
  nodeLike("deno", program("@deno/linux-x64-glibc/deno"), {
    args: ["run", "-A"],
    launcher: "deno.mjs",
  }),
  {
    name: "workerd",
    sockets: true,
    find: probe(WORKERD, { source: NPM, says: /[\d-]+/ }),
    run: (context) => runWorkerd(WORKERD, context),
  },
  ...browser(
    "chromium",
    openChromium,
    probe("chromium-headless-shell", { source: "Debian package" }),
  ),
  ...browser(
    "firefox",
    openFirefox,
    probe("firefox-esr", { source: "Debian package" }),
  ),
  ...browser(
    "webkitgtk",
    openWebKit,
    probe(MINI_BROWSER, {
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
  shell("gjs", "gjs", {
    source: "Debian package gjs",
    random: "from Gio",
    args: ["-m"],
    script: async ({ folder }, input, start) => {
      const banner = { js: readFileSync(input, "utf8") };
      const options = { format: "esm", external: ["gi://*"], banner };
      await start([await bundle(folder, "gjs.mjs", options)]);
    },
  }),
  guest("node-vm", "vm.mjs", {}),
  guest("isolated-vm", "isolated.mjs", { of: "isolated-vm" }),
  guest("ses", "ses.mjs", { of: "ses", seeded: false }),
];
