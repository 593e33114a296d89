/**
 * Bundles a judge of the lab, for Node 20 reads no TypeScript, and runs it:
 * node test/lab/run.mjs planted | report | tlsfuzzer. Each has its main.ts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const JUDGES = ["planted", "report", "tlsfuzzer"];
const [judge = "", ...args] = process.argv.slice(2);
if (!JUDGES.includes(judge)) {
  console.error(`a judge is one of ${JUDGES.join(", ")}; found "${judge}"`);
  process.exit(2);
}
// Beside the packages that the bundle imports.
const folder = mkdtempSync(join(root, "node_modules/.lab-"));
try {
  const outfile = join(folder, "main.mjs");
  await build({
    entryPoints: [join(here, judge, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    // Files are found beside the tests, not beside the bundle.
    define: {
      "import.meta.url": JSON.stringify(
        pathToFileURL(join(here, "run.mjs")).href,
      ),
    },
    logLevel: "error",
  });
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = (await main(args)) === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
