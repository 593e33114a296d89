/** Measurements that want a process of their own. */
import { fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Runs a file of `bench/children` and returns the JSON that it prints.
 *
 * @param {string} file
 * @param {object} input becomes its standard input, as JSON
 * @param {readonly string[]} [nodeOptions]
 */
export function runChild(file, input, nodeOptions = []) {
  const path = fileURLToPath(new URL(`../children/${file}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, path],
    { input: JSON.stringify(input), encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`${file} failed: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * As {@link runChild}, while this process keeps running: another child may need
 * it.
 */
export async function runChildBeside(file, input, nodeOptions = []) {
  const path = fileURLToPath(new URL(`../children/${file}`, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(input));
  const ended = once(child, "exit");
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk;
  const [code] = await ended;
  if (code !== 0) throw new Error(`${file} failed`);
  return JSON.parse(text);
}

/** Reads the input that {@link runChild} passed to this process. */
export async function childInput() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

/**
 * Starts a file of `bench/children` that runs beside this process.
 *
 * @param {string} file
 * @param {object} input what `childMessage()` gives it
 * @returns {Promise<{ told: any, stop: () => void }>} what it says when ready
 */
export async function startChild(file, input) {
  const path = fileURLToPath(new URL(`../children/${file}`, import.meta.url));
  const child = fork(path);
  child.send(input);
  const [told] = await once(child, "message");
  return { told, stop: () => child.disconnect() };
}

/** Waits for the message that {@link startChild} sent to this process. */
export async function childMessage() {
  const [message] = await once(process, "message");
  return message;
}
