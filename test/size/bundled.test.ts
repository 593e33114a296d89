/** The files that Node loads: each module once, whatever the entry point. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { BUNDLE } from "../../scripts/bundle-options.mjs";
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
      ...BUNDLE,
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

it.each([
  ["as they are published", {}],
  ["by a bundler that renames", { keepNames: false }],
])("exported classes have their own name, joined %s", async (_, options) => {
  const outdir = mkdtempSync(join(PROJECT_ROOT, "node_modules/.cache-names-"));
  const entries = [...entryPoints()].filter(
    ([name]) => !name.endsWith("/register"),
  );
  try {
    await build({
      absWorkingDir: PROJECT_ROOT,
      entryPoints: entries.map(([, file]) => file),
      outbase: "src",
      outdir,
      ...BUNDLE,
      ...options,
      outExtension: { ".js": ".mjs" },
    });
    const names = new Map<string, string>();
    for (const [, file] of entries) {
      const path = file.replace(/^src\/(.*)\.ts$/, "$1.mjs");
      const members = (await import(
        pathToFileURL(join(outdir, path)).href
      )) as Record<string, unknown>;
      for (const [name, value] of Object.entries(members))
        if (typeof value === "function" && /^[A-Z]/.test(name))
          names.set(name, value.name);
    }
    expect(names.get("TLSSocket")).toBe("TLSSocket");
    if ("keepNames" in options) return;
    expect(names.size).toBeGreaterThan(30);
    // Python's other name of that class.
    expect(names.get("CertificateError")).toBe("SSLCertVerificationError");
    names.delete("CertificateError");
    expect([...names.keys()]).toEqual([...names.values()]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
