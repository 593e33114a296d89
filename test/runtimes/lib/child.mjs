/** Programs that a row starts: their lines, their end, their time. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

/** The characters that are kept of the output that is no line of the program. */
const KEPT = 4000;

/**
 * Starts a program in a process group of its own.
 *
 * @param emit is called with each line of JSON on its standard output
 * @param signal ends the group
 */
export function start(file, args, { emit = () => {}, signal, ...options }) {
  const child = spawn(file, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  let noise = "";
  const note = (text) => {
    noise = (noise + text).slice(-KEPT);
  };
  child.stderr.setEncoding("utf8").on("data", note);
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) emit(JSON.parse(line));
    else note(`${line}\n`);
  });
  const end = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is gone.
    }
  };
  signal.addEventListener("abort", end, { once: true });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, by) => {
      signal.removeEventListener("abort", end);
      resolve(code ?? by);
    });
  });
  /** Waits for what matches, among all that is no line of the program. */
  const says = async (pattern) => {
    for (;;) {
      const match = pattern.exec(noise);
      if (match !== null) return match;
      if (await Promise.race([ended.then(() => true), later()]))
        throw new Error(`${file} ended\n${noise}`);
    }
  };
  return { child, end, ended, says, noise: () => noise.trim() };
}

async function later() {
  await setTimeout(20);
  return false;
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote that is no line of JSON
 * @throws Error unless its exit code is 0
 */
export async function run(file, args, options) {
  const { ended, noise } = start(file, args, options);
  const code = await ended;
  if (code !== 0)
    throw new Error(`${file} ended with ${String(code)}\n${noise()}`);
  return noise();
}
