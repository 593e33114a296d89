/** A Worker of Cloudflare's runtime, run by `workerd test`. */
import { runProgram } from "../program/program.mjs";

const { input } = globalThis;

/** The clock stands still unless something is waited for. */
async function now() {
  await scheduler.wait(1);
  return Date.now();
}

const worker = {
  async test() {
    await runProgram({ ...input, print: (line) => console.log(line), now });
  },
};

export { worker as default };
