/**
 * Splits the kibibytes of a bundle by part: `npm run build && node
 * bench/size/parts.js` prints, for the bundle named (`client` if none), what
 * each part adds to the compressed size of the parts above it, so that the
 * column adds up.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

/** From the bottom to the top: what a part stands on is above it. */
const PARTS = [
  ["noble", /node_modules\/@noble\//],
  ["the provider's rows on noble", /^dist\/crypto\//],
  ["bytes, reader and writer", /^dist\/(bytes|wire\/)/],
  ["alerts and reasons", /^dist\/(alerts|errors|reasons)/],
  ["record layer", /^dist\/record\//],
  [
    "key schedules, transcript, suites, groups, schemes",
    /^dist\/handshake\/(keys|registries|tls13\/secrets)/,
  ],
  [
    "X.509: faults and their alerts",
    /^dist\/(x509\/faults|handshake\/credentials\/certificate-alerts)/,
  ],
  [
    "X.509: reading",
    /^dist\/x509\/(der|names|keys|certificates|trust|raw-key)/,
  ],
  ["X.509: judging", /^dist\/x509\//],
  ["extensions and messages", /^dist\/handshake\/(extensions|messages)\//],
  [
    "sessions, PSKs, early data, authentication after the handshake",
    /^dist\/handshake\/(.*\/)?[^/]*(psk|ticket|session|resum|early-data|post-handshake-auth|strike)/,
  ],
  ["configs and needs", /^dist\/handshake\/(config|credentials)/],
  ["machines of the handshake", /^dist\/handshake\//],
  ["engine", /^dist\/engine\//],
  ["what is left", /./],
];

const [name = "client"] = process.argv.slice(2);
const root = fileURLToPath(new URL("../..", import.meta.url));
const { outputFiles } = await build({
  entryPoints: [`${root}bench/size/${name}.js`],
  absWorkingDir: root,
  bundle: true,
  // With the white space go the comments that say which file it was.
  minifyIdentifiers: true,
  minifySyntax: true,
  format: "esm",
  write: false,
});

let above = "";
for (const [part, files] of await sortedIntoParts(outputFiles[0].text)) {
  if (files === "") continue;
  const all = above + files;
  console.log((kib(all) - kib(above)).toFixed(1).padStart(6), part);
  above = all;
}
console.log(kib(above).toFixed(1).padStart(6), "in all");

/** @param {string} text a bundle with its comments */
async function sortedIntoParts(text) {
  /** @type {Map<string, string>} */
  const parts = new Map(PARTS.map(([part]) => [part, ""]));
  for (const module of text.split(/^\/\/ (?=\S+\.[jt]s$)/m).slice(1)) {
    const end = module.indexOf("\n");
    const path = module.slice(0, end);
    const [part] = PARTS.find(([, has]) => has.test(path)) ?? [];
    if (part === undefined) throw new Error(`no part has ${path}`);
    const code = await withoutSpace(module.slice(end));
    parts.set(part, parts.get(part) + code);
  }
  return parts;
}

/** @param {string} code a module, its exports declared elsewhere */
async function withoutSpace(code) {
  const at = code.lastIndexOf("\nexport {");
  const own = at < 0 ? code : code.slice(0, at);
  const minified = await transform(own, { minifyWhitespace: true });
  return minified.code + (at < 0 ? "" : code.slice(at).replace(/\s+/g, ""));
}

/** @param {string} code */
function kib(code) {
  return code === "" ? 0 : gzipSync(code, { level: 9 }).length / 1024;
}
