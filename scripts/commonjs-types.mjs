/**
 * Writes the declarations that a CommonJS program in TypeScript reads, one line for
 * each entry point: TypeScript before 5.8, and any with `module: node16`, refuses to
 * `require()` what it takes for an ES module, which Node 20.19 and later load.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

for (const { types } of Object.values(exports)) {
  if (types?.require === undefined) continue;
  const module = basename(types.default).replace(/\.d\.ts$/, ".js");
  writeFileSync(
    root + types.require,
    `// @ts-ignore TS1479: Node 20.19 and later require() ES modules.\nexport * from "./${module}";\n`,
  );
}
