/** Bundles of the programs of this folder, as a user's bundler makes them. */
import { join } from "node:path";
import { build } from "esbuild";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { entryPoints } from "../../docs/run.ts";
import { temporaryFolder } from "../support/temporary.ts";

const PROGRAMS = join(PROJECT_ROOT, "test/interop/adapters/programs");

/**
 * Bundles one program for a runtime without modules of Node, and returns its path.
 *
 * @param external modules that the runtime itself has
 */
export async function buildProgram(
  name: string,
  external: readonly string[] = [],
): Promise<string> {
  const outfile = join(temporaryFolder(), "program.mjs");
  await build({
    entryPoints: [join(PROGRAMS, name)],
    outfile,
    bundle: true,
    // Any import of a node: module fails here.
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["module"],
    format: "esm",
    target: "es2022",
    external: [...external],
    alias: Object.fromEntries(
      [...entryPoints()].map(([entry, file]) => [
        entry,
        join(PROJECT_ROOT, file),
      ]),
    ),
    logLevel: "error",
  });
  return outfile;
}
