/** A context of node:vm that has nothing but the language. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const [, , inputFile, script] = process.argv;
const context = vm.createContext({
  input: JSON.parse(readFileSync(inputFile, "utf8")),
  print: (line) => console.log(line),
});
vm.runInContext(readFileSync(script, "utf8"), context, { filename: script });
