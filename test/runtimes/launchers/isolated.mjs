/** An isolate of isolated-vm, which shares nothing with its host. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , inputFile, script, packages] = process.argv;
const ivm = createRequire(packages)("isolated-vm");
const isolate = new ivm.Isolate({ memoryLimit: 512 });
const context = await isolate.createContext();
await context.global.set("print", (line) => console.log(line), {
  reference: false,
});
const input = JSON.parse(readFileSync(inputFile, "utf8"));
await context.global.set("input", input, { copy: true });
await context.eval(readFileSync(script, "utf8"), { filename: script });
// Jobs of the isolate run while the host awaits a call into it.
for (let turn = 0; turn < 10; turn++) await context.eval("0");
