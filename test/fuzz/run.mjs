/** Bundles the fuzzer, for Node 20 reads no TypeScript, and runs it. See main.ts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "puretls-fuzz-"));
try {
  const outfile = join(folder, "main.mjs");
  await build({
    entryPoints: [join(here, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    // The vectors stand beside the tests, not beside the bundle.
    define: {
      "import.meta.url": JSON.stringify(
        pathToFileURL(join(here, "../support/pki.ts")).href,
      ),
    },
    logLevel: "error",
  });
  process.setSourceMapsEnabled(true);
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2), join(here, "findings"));
} finally {
  rmSync(folder, { recursive: true });
}
