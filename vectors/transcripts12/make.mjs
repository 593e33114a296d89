/** Records these transcripts anew with the installed `openssl`: see README.md. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "puretls-record-"));
const program = join(scratch, "record.mjs");
try {
  await build({
    entryPoints: [join(here, "../../test/support/record-transcripts12.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  execFileSync(process.execPath, [program, here], { stdio: "inherit" });
} finally {
  rmSync(scratch, { recursive: true });
}
