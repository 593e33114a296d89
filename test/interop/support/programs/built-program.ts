/**
 * Peers that a compiler makes of ../peers: once for each state of their source,
 * and kept in that folder's `node_modules`, where nothing is checked in.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FindCommand } from "./own-program.ts";

const run = promisify(execFile);

/** The folder of the sources. */
export const SOURCES = join(
  dirname(fileURLToPath(import.meta.url)),
  ...["..", "..", "peers"],
);
const BUILT = join(SOURCES, "node_modules", ".built");

interface Recipe {
  /** Below {@link SOURCES}. */
  readonly source: string;
  /** The compiler's command line that writes to the folder. */
  readonly build: (source: string, folder: string) => readonly string[];
  /** The command line that runs what the folder has. */
  readonly start: (folder: string) => readonly [string, ...string[]];
}

export function builtProgram(recipe: Recipe): FindCommand {
  let folder: Promise<string> | undefined;
  return async () => recipe.start(await (folder ??= build(recipe)));
}

async function build({ source, build }: Recipe): Promise<string> {
  const file = join(SOURCES, source);
  const state = createHash("sha256").update(readFileSync(file)).digest("hex");
  const folder = join(BUILT, state.slice(0, 24));
  if (existsSync(folder)) return folder;
  mkdirSync(BUILT, { recursive: true });
  const scratch = mkdtempSync(join(BUILT, "new-"));
  const [compiler = "", ...args] = build(file, scratch);
  await run(compiler, args, { timeout: 100_000 });
  try {
    renameSync(scratch, folder);
  } catch {
    // Another test file was quicker.
    rmSync(scratch, { recursive: true });
  }
  return folder;
}
