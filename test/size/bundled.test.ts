/** The files that Node loads: each module once, whatever the entry point. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { entryPoints } from "../docs/run.ts";

it("every module of the sources is in one file alone, and the files are few", async () => {
  const outdir = mkdtempSync(join(tmpdir(), "puretls-bundled-"));
  const entries = entryPoints();
  try {
    const { metafile } = await build({
      absWorkingDir: PROJECT_ROOT,
      entryPoints: [...entries.values()],
      outdir,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      packages: "external",
      metafile: true,
      write: false,
    });
    const homes = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).filter(
        ([, { bytesInOutput }]) => bytesInOutput > 0,
      ),
    );
    const paths = homes.map(([path]) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.length).toBeGreaterThan(300);
    expect(Object.keys(metafile.outputs).length).toBeLessThan(4 * entries.size);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
