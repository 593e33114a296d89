/**
 * Compiles the packed declarations of all entry points as programs with older
 * compilers do, without skipLibCheck: `npm run build && node .ci/declarations.mjs`.
 * The compilers are those of test/interop/peers; one that is missing is named, and a
 * failure where PURETLS_REQUIRE_PEERS asks for peers.
 */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = process.cwd();
const peers = join(root, "test/interop/peers");
const { exports: entryPoints } = read(join(root, "package.json"));
const compilers = Object.entries(
  read(join(peers, "package.json")).dependencies,
).filter(([name]) => name.startsWith("typescript-"));

const OPTIONS = `--noEmit --strict --exactOptionalPropertyTypes --target ES2022
  --lib ES2023,DOM --module NodeNext --moduleResolution NodeNext --types node
  --skipDefaultLibCheck`;

const folder = mkdtempSync(join(tmpdir(), "puretls-declarations-"));
try {
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/puretls"));
  symlinkSync(
    join(root, "node_modules/@types/node"),
    join(folder, "node_modules/@types/node"),
  );
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "use.ts"), program());
  const results = await Promise.all(compilers.map(([name]) => compile(name)));
  if (results.includes(false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Imports every entry point, and uses bytes as the platform's functions do. */
function program() {
  const imports = Object.entries(entryPoints)
    .filter(([, target]) => target.types !== undefined)
    .map(([path], i) => `export * as e${i} from "puretls${path.slice(1)}";`);
  return `${imports.join("\n")}
import { randBytes } from "puretls";
import { Certificate } from "puretls/x509";
const { der, subjectPublicKeyInfo } = Certificate.parse(randBytes(1));
new Blob([der, subjectPublicKeyInfo.publicKeyBytes]);
new Response(der);
void crypto.subtle.digest("SHA-256", der);
`;
}

/** Prints the faults of one compiler; those of dependencies' own files are theirs. */
async function compile(name) {
  const tsc = join(peers, "node_modules", name, "lib/tsc.js");
  if (!existsSync(tsc)) {
    const isWanted = (process.env.PURETLS_REQUIRE_PEERS ?? "") !== "";
    print(`${name}: not installed (npm run peers)`);
    return !isWanted;
  }
  const args = [tsc, ...OPTIONS.split(/\s+/), "use.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
  }).catch((error) => error);
  const faults = stdout
    .split("\n")
    .filter((line) => /error TS\d+/.test(line) && !isDependency(line));
  print(`${name}: ${faults.length} faults`);
  for (const fault of faults) print(`  ${fault}`);
  return faults.length === 0;
}

function isDependency(line) {
  return /node_modules\/(?!puretls\/(?!.*node_modules))/.test(line);
}

function read(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
