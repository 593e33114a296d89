/** Bundles the measuring program, for Node 20 reads no TypeScript, and runs it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outdir = mkdtempSync(join(tmpdir(), "puretls-timing-"));
try {
  await build({
    entryPoints: ["main", "child"].map((name) => join(here, `${name}.ts`)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  const { main } = await import(pathToFileURL(join(outdir, "main.mjs")).href);
  process.exitCode = main(process.argv.slice(2), join(outdir, "child.mjs"));
} finally {
  rmSync(outdir, { recursive: true });
}
