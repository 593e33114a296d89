/** Bundles of the installed package, for engines that find no packages. */
import { mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * Builds an entry point of the launchers.
 *
 * @param folder where the package is installed
 * @param entry a file of `launchers/`, or the path of another one
 * @param options those of esbuild; `format` and `target` are those wanted most
 * @returns the path of the bundle
 */
export async function bundle(folder, entry, options = {}) {
  const { format = "iife", target = "es2022" } = options;
  const outdir = join(folder, "bundles", `${format}-${target}`);
  mkdirSync(outdir, { recursive: true });
  const name = basename(entry).replace(/\.mjs$/, ".js");
  const outfile = options.outfile ?? join(outdir, name);
  await build({
    entryPoints: [resolve(folder, "launchers", entry)],
    bundle: true,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["module"],
    logLevel: "error",
    ...options,
    outfile,
    format,
    target,
  });
  return outfile;
}

/** Programs whose size tells what a client costs. */
const CLIENTS = {
  whole: `import { SSLContext } from "puretls"; globalThis.client = new SSLContext();`,
  lite: `import { connect } from "puretls/lite"; globalThis.connect = connect;`,
};

/** KiB, gzipped, of a client that was built for that target: `whole` or `lite`. */
export async function clientSize(folder, client, target) {
  const { outputFiles } = await build({
    stdin: {
      contents: CLIENTS[client],
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    write: false,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["module"],
    format: "esm",
    target,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024;
}
