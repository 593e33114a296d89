/**
 * Compiles the packed declarations of all entry points as programs do, as ES modules
 * and as CommonJS, with older compilers too and without skipLibCheck:
 * `npm run build && node .ci/declarations.mjs`. The older compilers are those of
 * test/interop/peers; one that is missing is named, and a failure where
 * PURETLS_REQUIRE_PEERS asks for peers.
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
const compilers = Object.keys(read(join(peers, "package.json")).dependencies)
  .filter((name) => name.startsWith("typescript-"))
  .map((name) => [name, join(peers, "node_modules", name)])
  .concat([
    ["typescript of this project", join(root, "node_modules/typescript")],
  ]);

/** Bytes of ours where the platform takes some. */
const PLATFORM = `
new Blob([der, subjectPublicKeyInfo.publicKeyBytes]);
new Response(der);
void crypto.subtle.digest("SHA-256", der);`;

/** Entry points whose declarations name types of `@types/node` or of DOM. */
const OF_A_PLATFORM = /\/(node|node-tls|register|pkijs)$/;

/** Programs by what they are: each compiler compiles them all. */
const PROGRAMS = {
  "an ES module": {},
  // Before 5.8, and with node16 always, what is an ES module cannot be required.
  "a CommonJS module": { file: "use.cts" },
  "CommonJS, node16": { file: "use.cts", options: { module: "Node16" } },
  "a bundler's module": {
    options: { module: "ESNext", moduleResolution: "Bundler" },
  },
  "an ES module of ECMAScript 2022 alone": {
    leavesOut: OF_A_PLATFORM,
    platform: "",
    options: { lib: ["ES2022"], types: [] },
  },
};

const OPTIONS = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  target: "ES2022",
  lib: ["ES2023", "DOM"],
  module: "NodeNext",
  types: ["node"],
  skipDefaultLibCheck: true,
};

const folder = mkdtempSync(join(tmpdir(), "puretls-declarations-"));
try {
  const jobs = Object.entries(PROGRAMS).map(([name, program], i) =>
    prepare(name, program, join(folder, String(i))),
  );
  for (const [name, path] of compilers) {
    const results = await Promise.all(
      jobs.map((job) => compile(name, path, job)),
    );
    if (results.includes(false)) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Writes a program and its options into a folder. */
function prepare(name, program, path) {
  const { file = "use.ts", options = {} } = program;
  mkdirSync(join(path, "node_modules/@types"), { recursive: true });
  symlinkSync(root, join(path, "node_modules/puretls"));
  symlinkSync(
    join(root, "node_modules/@types/node"),
    join(path, "node_modules/@types/node"),
  );
  writeFileSync(join(path, "package.json"), '{ "type": "module" }');
  writeFileSync(join(path, file), textOf(program));
  writeFileSync(
    join(path, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { ...OPTIONS, ...options },
      files: [file],
    }),
  );
  return { name, path };
}

/**
 * Imports every entry point, and uses bytes as the platform's functions do. The last
 * line is refused where a class has lost its type on the way.
 */
function textOf({ leavesOut, platform = PLATFORM }) {
  const names = Object.entries(entryPoints)
    .filter(([, target]) => target.types !== undefined)
    .map(([path]) => `puretls${path.slice(1)}`)
    .filter((name) => !leavesOut?.test(name));
  const imports = names.map(
    (name, i) =>
      `import * as e${i} from "${name}"; export const v${i}: object = e${i};`,
  );
  return `${imports.join("\n")}
import { TlsEngine } from "puretls/engine";
import { Certificate } from "puretls/x509";
const { der, subjectPublicKeyInfo } = Certificate.parse(new Uint8Array(1));
export const bytes: Uint8Array[] = [der, subjectPublicKeyInfo.publicKeyBytes];
${platform}
// @ts-expect-error TS2322
export const wrong: string = TlsEngine.server;
`;
}

/** Prints the faults of one compiler; those of dependencies' own files are theirs. */
async function compile(name, path, job) {
  const tsc = join(path, "lib/tsc.js");
  if (!existsSync(tsc)) {
    const isWanted = (process.env.PURETLS_REQUIRE_PEERS ?? "") !== "";
    print(`${name}: not installed (npm run peers)`);
    return !isWanted;
  }
  const { stdout } = await promisify(execFile)(process.execPath, [tsc], {
    cwd: job.path,
    maxBuffer: 2 ** 26,
  }).catch((error) => error);
  const faults = stdout
    .split("\n")
    .filter((line) => /error TS\d+/.test(line) && !isDependency(line));
  print(`${name}, ${job.name}: ${faults.length} faults`);
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
