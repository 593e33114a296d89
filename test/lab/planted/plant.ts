/** Bundles the lab with a bug planted in the sources below it. */
import { readFile } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import type { PlantedBug } from "./bugs.ts";
import type * as Hunt from "./hunt.ts";

/** The hunt, over sources in which the bug is planted; none: as they are. */
export async function huntWith(bug?: PlantedBug): Promise<typeof Hunt> {
  const folder = mkdtempSync(join(PROJECT_ROOT, "node_modules", ".planted-"));
  const outfile = join(folder, "hunt.mjs");
  try {
    await build({
      entryPoints: [join(PROJECT_ROOT, "test/lab/planted/hunt.ts")],
      outfile,
      ...{ bundle: true, platform: "node", format: "esm" },
      ...{
        packages: "external",
        logLevel: "error",
        absWorkingDir: PROJECT_ROOT,
      },
      plugins: bug === undefined ? [] : [planted(bug)],
    });
    const hunt: unknown = await import(pathToFileURL(outfile).href);
    return hunt as typeof Hunt;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function planted({ file, from, to }: PlantedBug): Plugin {
  const path = join(PROJECT_ROOT, file);
  return {
    name: "planted",
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async (args) => {
        if (args.path !== path) return undefined;
        const code = await readFile(path, "utf8");
        return { contents: code.replace(from, () => to), loader: "ts" };
      });
    },
  };
}
