/**
 * For `node --import`: finds `puretls` in the sources, and the libraries among
 * the peers that `npm run peers` installs.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
const peers = pathToFileURL(join(root, "test/interop/peers/package.json")).href;
const { name, exports } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

/** File URL of a source by the name that programs import. */
const sources = new Map(
  Object.entries(exports)
    .map(([entry, found]) => [`${name}${entry.slice(1)}`, built(found)])
    .filter(([, path]) => path !== undefined)
    .map(([entry, path]) => [entry, pathToFileURL(join(root, path)).href]),
);

function built({ default: path }) {
  const match = /^\.\/dist\/(.*)\.js$/.exec(path ?? "");
  return match === null ? undefined : `src/${match[1]}.ts`;
}

registerHooks({
  resolve(specifier, context, next) {
    const source = sources.get(specifier);
    if (source !== undefined) return { url: source, shortCircuit: true };
    try {
      return next(specifier, context);
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      return next(specifier, { ...context, parentURL: peers });
    }
  },
});
