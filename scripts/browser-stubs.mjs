/**
 * Writes `dist/browser`: what a bundle for browsers gets in the place of an entry
 * point that stands on Node, so that it says at once which one to take instead.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** The entry point to take in place of each. */
const INSTEAD = {
  "./node":
    "puretls/web has connections for pages and workers, puretls/duplex for React Native, puretls for any transport",
  "./node-tls": "puretls/web has connections for pages and workers",
  "./register": "there is no node:tls to stand in for; take puretls/web",
  "./crypto/node": "puretls/crypto/noble is the provider of every runtime",
  "./compression/node": "puretls/compression has zlib for every runtime",
  "./lab/node": "puretls/lab runs in memory, in every runtime",
};

rmSync(`${root}dist/browser`, { recursive: true, force: true });
mkdirSync(`${root}dist/browser`);
for (const [path, { browser, default: file }] of Object.entries(exports)) {
  if (browser === undefined) continue;
  const instead = INSTEAD[path];
  if (instead === undefined)
    throw new Error(`scripts/browser-stubs.mjs: what is there for ${path}?`);
  // Its names link, so that the sentence is what is read. Nothing is run by it but
  // the module that is named: of puretls/register they are none.
  const names =
    path === "./register" ? [] : Object.keys(await import(root + file));
  const says = `puretls${path.slice(1)} needs Node, Bun or Deno, and this is a build for browsers or React Native: ${instead}`;
  const variables = names.map((name) => `export let ${name};\n`).join("");
  writeFileSync(
    root + browser,
    `${variables}throw new Error(${JSON.stringify(says)});\n`,
  );
}
