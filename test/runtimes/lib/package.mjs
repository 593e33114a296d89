/** The package as users get it: packed once, installed in a folder of its own. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
/** The runtimes and tools from npm. */
export const PACKAGES = join(here, "node_modules");
export const root = join(here, "..", "..");

/**
 * Installs the packed package, and puts the program and the launchers beside
 * it.
 *
 * @param tarball what `npm pack` made, where it is there already
 * @returns the folder; it is removed when this process ends
 */
export function installPackage(tarball) {
  const folder = mkdtempSync(join(tmpdir(), "puretls-runtimes-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const tarballs = join(folder, "packed");
  mkdirSync(tarballs);
  const npm = (args, cwd) =>
    execFileSync("npm", [...args, "--loglevel=error"], {
      cwd,
      stdio: ["ignore", "ignore", "inherit"],
    });
  if (tarball === undefined)
    npm(["pack", "--pack-destination", tarballs], root);
  else copyFileSync(tarball, join(tarballs, basename(tarball)));
  const [packed] = readdirSync(tarballs);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "user",
      private: true,
      type: "module",
      dependencies: { puretls: `file:packed/${packed}` },
    }),
  );
  npm(["install", "--prefer-offline", "--no-audit", "--no-fund"], folder);
  for (const part of ["program", "launchers"])
    cpSync(join(here, part), join(folder, part), { recursive: true });
  return folder;
}
