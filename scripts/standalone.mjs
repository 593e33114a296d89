/**
 * Writes `dist/standalone`: single files for `<script>`, CDNs and old engines, as ES
 * modules (`NAME.js`, with declarations) and as scripts with one global
 * (`NAME.iife.js`), in the syntax of ECMAScript 2020.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import {
  exportsOf,
  STANDALONE,
  standaloneOptions,
} from "./standalone-options.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const folder = `${dist}/standalone`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, { global }] of Object.entries(STANDALONE)) {
  for (const [format, end] of [
    ["esm", ".js"],
    ["iife", ".iife.js"],
  ]) {
    const options = standaloneOptions(dist, ".js", name, format);
    const { outputFiles } = await build(options);
    writeFileSync(`${folder}/${name}${end}`, outputFiles[0].contents);
  }
  writeFileSync(`${folder}/${name}.d.ts`, exportsOf(name, "..", ".js"));
  writeFileSync(
    `${folder}/${name}.iife.d.ts`,
    `import type * as exported from "./${name}.js";
declare global {
  const ${global}: typeof exported;
}
`,
  );
}
