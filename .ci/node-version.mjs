/** Ends with 1 unless this Node is one that "engines" of package.json allows. */
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
const [major, minor] = process.versions.node.split(".").map(Number);

const fits = engines.node.split("||").some((range) => {
  const match = /^\s*(\^|>=)(\d+)\.(\d+)\.\d+\s*$/.exec(range);
  if (match === null) throw new Error(`cannot read "engines": ${range}`);
  const [least, leastMinor] = [Number(match[2]), Number(match[3])];
  if (major === least) return minor >= leastMinor;
  return match[1] === ">=" && major > least;
});

process.stdout.write(`Node ${process.versions.node}, wanted ${engines.node}\n`);
if (!fits) process.exit(1);
