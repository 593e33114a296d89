/**
 * The bytes that a browser would have to load: bundled, minified and
 * compressed.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export const title = "Size, minified and gzipped";

/** performance.md's bars, KiB. `.size-limit.json` guards what is reached. */
const BUNDLES = [
  {
    name: "client and server, both versions, X.509, the web's rows, sessions, stapling",
    file: "both.js",
    most: 80,
  },
  {
    name: "TLS 1.3 client with X.509, no feature",
    file: "client.js",
    most: 60,
  },
  { name: "TLS 1.3 client and server with X.509", file: "tls13.js" },
  { name: "client and server, every row", file: "whole.js" },
];

/** @param {import("../lib/report.js").Report} report */
export async function run(report) {
  for (const { name, file, most } of BUNDLES) {
    const entry = fileURLToPath(new URL(`../size/${file}`, import.meta.url));
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
    });
    const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
    report.add({
      name,
      unit: "KiB",
      ours: [bytes / 1024],
      ...(most !== undefined && { bar: { kind: "most", value: most } }),
    });
  }
}
