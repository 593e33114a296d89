/**
 * Engines that have the language and `print`: the host has put the input into
 * `globalThis.input`, and perhaps functions of its own beside it.
 */
import { runProgram } from "../program/program.mjs";
import { seededRandom } from "../program/seeded-random.mjs";

const { input, print, randomBytes } = globalThis;

function randomSource() {
  if (randomBytes !== undefined)
    return (length) => new Uint8Array(randomBytes(length));
  return input.seed === undefined ? undefined : seededRandom(input.seed);
}

runProgram({ ...input, print, random: randomSource() }).catch((error) => {
  const told = `${String(error)}\n${String(error.stack)}`;
  print(JSON.stringify({ check: "program", ok: false, error: told }));
});
