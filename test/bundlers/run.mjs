/**
 * Builds clients of the packed package with each bundler that is installed, runs them
 * and weighs them: `npm run bundlers && npm run test:bundlers`. `-- --only NAME,NAME`
 * takes some alone, `--tarball FILE` a package that is packed already. A bundler that
 * is missing is skipped by name, and is a failure where PURETLS_REQUIRE_PEERS asks for
 * peers.
 */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { installPackage } from "../runtimes/lib/package.mjs";
import { BUNDLERS } from "./build.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
/** KiB gzipped, minified by esbuild where the bundler has not. */
const LIMITS = { client: 100, context: 205 };
/** Metro leaves nothing out, and Parcel more in. */
const LIMITS_OF = {
  Metro: { client: 225, context: 295 },
  Parcel: { client: 121, context: 205 },
};
const SENTENCE = "puretls/node needs Node, Bun or Deno";

const { values } = parseArgs({
  options: { only: { type: "string" }, tarball: { type: "string" } },
});
const only = values.only?.split(",");
const folder = installPackage(values.tarball);
for (const file of [
  "client.mjs",
  "context.mjs",
  "wrong-entry.mjs",
  "launch.mjs",
])
  cpSync(join(here, file), join(folder, file));
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
writeFileSync(
  join(folder, "package.json"),
  JSON.stringify({
    ...manifest,
    // Parcel looks at exports only where it is asked to.
    "@parcel/resolver-default": { packageExports: true },
    browserslist: "chrome 120",
  }),
);

let isSound = true;
for (const [name, bundler] of Object.entries(BUNDLERS)) {
  if (only !== undefined && !only.includes(name)) continue;
  if (!bundler.isHere()) {
    print(`${name}: not installed (npm run bundlers, npm run runtimes)`);
    if ((process.env.PURETLS_REQUIRE_PEERS ?? "") !== "") isSound = false;
    continue;
  }
  for (const entry of ["client", "context", "wrong-entry"]) {
    try {
      print(`${name}, ${entry}: ${await outcomeOf(name, bundler, entry)}`);
    } catch (error) {
      isSound = false;
      print(`${name}, ${entry}: FAILED: ${textOf(error)}`);
    }
  }
}
process.exitCode = isSound ? 0 : 1;

/** Builds and runs one program. @throws what goes wrong */
async function outcomeOf(name, bundler, entry) {
  const label = name.replace(/\W/g, "-");
  const out = join(folder, `${label}-${entry}.out.mjs`);
  if (entry === "wrong-entry") return refusalOf(bundler, out);
  await bundler.build(join(folder, `${entry}.mjs`), out);
  const { version, bytes } = JSON.parse(launch(out));
  if (version !== "TLSv1.3" || String(bytes) !== "1,2,3")
    throw new Error(`it answered ${version} and ${bytes}`);
  const code = readFileSync(out, "utf8");
  const { code: minified } = await transform(code, { minify: true });
  const size = gzipSync(minified, { level: 9 }).length / 1024;
  const limit = (LIMITS_OF[name] ?? LIMITS)[entry];
  if (size > limit)
    throw new Error(`${size.toFixed(1)} KiB gzipped; the limit is ${limit}`);
  return `${size.toFixed(1)} KiB gzipped`;
}

/** The build fails with the sentence, or what was built says it when it starts. */
async function refusalOf(bundler, out) {
  try {
    await bundler.build(join(folder, "wrong-entry.mjs"), out);
  } catch (error) {
    if (textOf(error).includes(SENTENCE)) return "refused by the build";
    throw error;
  }
  try {
    launch(out);
  } catch (error) {
    if (textOf(error).includes(SENTENCE)) return "refused when it starts";
    throw error;
  }
  throw new Error("it runs, and should not");
}

function launch(bundle) {
  return execFileSync(process.execPath, ["launch.mjs", bundle], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function textOf({ message, stderr }) {
  return `${message}\n${stderr ?? ""}`.trim();
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
