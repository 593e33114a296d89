/** Node, Bun and Deno: packages from node_modules, the input from a file. */
import { readFileSync } from "node:fs";
import { runProgram } from "../program/program.mjs";

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
await runProgram({
  ...input,
  print: (line) => console.log(line),
  now: () => performance.now(),
});
