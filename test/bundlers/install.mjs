/**
 * Installs the bundlers that come from npm, in this folder and by its own lockfile:
 * `npm run bundlers`. Does nothing when they are there already. Metro, Deno and Bun
 * come with the runtimes (`npm run runtimes`).
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const { dependencies } = readJson("package.json");

if (Object.keys(dependencies).every(isInstalled))
  console.log("bundlers from npm: all are installed");
else
  // No package here builds anything, and none is to run a script of its own.
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: "inherit",
  });

function isInstalled(name) {
  try {
    const { version } = readJson(`node_modules/${name}/package.json`);
    return version === dependencies[name];
  } catch {
    return false; // Not there.
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(join(here, path), "utf8"));
}
