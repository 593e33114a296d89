/** QuickJS in WebAssembly; the variant is named by the caller. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [, , inputFile, script, packages, variant] = process.argv;
const { resolve } = createRequire(packages);
const load = async (name) => import(pathToFileURL(resolve(name)).href);
const { newQuickJSWASMModule, newQuickJSWASMModuleFromVariant } =
  await load("quickjs-emscripten");
const engine =
  variant === undefined
    ? await newQuickJSWASMModule()
    : await newQuickJSWASMModuleFromVariant((await load(variant)).default);
const context = engine.newContext();
const print = context.newFunction("print", (line) => {
  console.log(context.getString(line));
});
context.setProp(context.global, "print", print);
const evaluate = (text) => {
  context.unwrapResult(context.evalCode(text)).dispose();
};
evaluate(`globalThis.input = ${readFileSync(inputFile, "utf8")}`);
evaluate(readFileSync(script, "utf8"));
context.runtime.executePendingJobs().dispose();
