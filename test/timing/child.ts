/** One row under one seed, in a process of its own: prints the result as JSON. */
import { measure } from "./measure.ts";
import { ROWS } from "./rows/all.ts";

const [index, seed, part] = process.argv.slice(2).map(Number);
const row = ROWS[index ?? -1];
if (row === undefined || seed === undefined || part === undefined)
  throw new Error("child: index of a row, seed and part of the samples");
console.log(JSON.stringify(measure(row, seed, part)));
