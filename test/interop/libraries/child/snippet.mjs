/**
 * For `node --import`: gives a program of the documentation the names that stand for
 * the reader's own, and ends with 77 where it reaches Node's own TLS.
 */
import { readFileSync } from "node:fs";
import { onNativeTls } from "./native.mjs";

const { files, ...target } = JSON.parse(process.env.TARGET);
const texts = Object.entries(files).map(([name, path]) => [
  name,
  readFileSync(path, "utf8"),
]);
Object.assign(globalThis, target, Object.fromEntries(texts));
onNativeTls(() => {
  console.error("this program reached Node's own TLS");
  process.exit(77);
});
if (target.isGrpc)
  globalThis.Checks = (await import("../clients/grpc.mjs")).Checks;
