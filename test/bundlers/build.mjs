/** Bundlers by name: how each builds a program for browsers, into one file. */
import { execFile } from "node:child_process";
import { existsSync, realpathSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const runtimes = join(here, "../runtimes");
const packages = createRequire(join(here, "package.json"));

/** @param {string} name of a package of this folder */
async function load(name) {
  return import(pathToFileURL(packages.resolve(name)).href);
}

async function run(program, args, cwd) {
  return promisify(execFile)(program, args, { cwd, maxBuffer: 2 ** 26 });
}

/** The path of a program that comes with the runtimes. */
const program = (path) => join(runtimes, "node_modules", path);
const BUN = program("@oven/bun-linux-x64/bin/bun");
const DENO = program("@deno/linux-x64-glibc/deno");
const NODE = program("node-24/bin/node");

/** webpack and rspack have the same options. */
async function webpackLike(bundler, entry, out) {
  const compiler = bundler({
    mode: "production",
    target: "web",
    entry,
    context: dirname(entry),
    output: { path: dirname(out), filename: basename(out) },
    performance: { hints: false },
  });
  await new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error) reject(error);
      else if (stats.hasErrors())
        reject(new Error(stats.toString("errors-only")));
      else compiler.close(resolve);
    });
  });
}

/**
 * @typedef {object} Bundler
 * @property {() => boolean} isHere
 * @property {(entry: string, out: string) => Promise<unknown>} build
 */

/** @type {Readonly<Record<string, Bundler>>} */
export const BUNDLERS = {
  esbuild: {
    isHere: () => true,
    build: async (entry, outfile) => {
      const { build } = await import("esbuild");
      const options = { bundle: true, minify: true, format: "esm" };
      await build({
        ...options,
        entryPoints: [entry],
        outfile,
        logLevel: "silent",
      });
    },
  },
  Rollup: {
    isHere: () => has("rollup"),
    build: async (input, file) => {
      const { rollup } = await load("rollup");
      const { nodeResolve } = await load("@rollup/plugin-node-resolve");
      const bundle = await rollup({
        input,
        plugins: [nodeResolve({ browser: true })],
        onwarn: () => undefined,
      });
      await bundle.write({ file, format: "es", inlineDynamicImports: true });
      await bundle.close();
    },
  },
  Vite: {
    isHere: () => has("vite"),
    build: async (entry, out) => {
      const { build } = await load("vite");
      await build({
        root: dirname(entry),
        configFile: false,
        logLevel: "silent",
        build: {
          lib: { entry, formats: ["es"], fileName: () => basename(out) },
          outDir: dirname(out),
          emptyOutDir: false,
        },
      });
    },
  },
  webpack: {
    isHere: () => has("webpack"),
    build: async (entry, out) =>
      webpackLike((await load("webpack")).default, entry, out),
  },
  rspack: {
    isHere: () => has("@rspack/core"),
    build: async (entry, out) =>
      webpackLike((await load("@rspack/core")).rspack, entry, out),
  },
  Parcel: {
    isHere: () => has("parcel"),
    build: async (entry, out) => {
      const cli = packages.resolve("parcel/lib/bin.js");
      const folder = `${out}.parcel`;
      await run(
        process.execPath,
        [
          ...[cli, "build", entry, "--dist-dir", folder],
          ...["--no-cache", "--no-source-maps", "--no-autoinstall"],
        ],
        dirname(entry),
      );
      renameSync(join(folder, basename(entry).replace(/\.mjs$/, ".js")), out);
    },
  },
  Metro: {
    isHere: () => existsSync(NODE) && existsSync(program("metro")),
    build: async (entry, out) => {
      const script = `${out}.js`;
      const modules = `${realpathSync(program(""))}/index.js`;
      const metro = join(runtimes, "lib/metro.mjs");
      await run(NODE, [metro, modules, dirname(entry), entry, script]);
      renameSync(script, out);
    },
  },
  "deno bundle": {
    isHere: () => existsSync(DENO),
    build: (entry, out) =>
      run(
        DENO,
        ["bundle", "--quiet", "--platform", "browser", "-o", out, entry],
        dirname(entry),
      ),
  },
  "bun build": {
    isHere: () => existsSync(BUN),
    build: (entry, out) =>
      run(
        BUN,
        ["build", entry, "--target", "browser", "--minify", "--outfile", out],
        dirname(entry),
      ),
  },
};

function has(name) {
  return existsSync(join(here, "node_modules", name));
}
