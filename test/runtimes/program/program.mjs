/**
 * The program that every runtime runs. A launcher brings the environment:
 *
 * - `print(line)` takes a line of text to the runner;
 * - `now()` answers milliseconds, or a promise for them;
 * - `material`: PEM, made by the runner: `ca`, `cert` and `key` for a.test,
 *   localhost and 127.0.0.1, and `otherCa`, which issued none of them;
 *   and `web`, a chain that a server of the web sent, its `host` and the time;
 * - `random(length)`, only where the runtime has no random bytes;
 * - `sockets`, where it has some, and `ports` of foreign peers: see sockets.mjs;
 * - `checks`, those of this runtime alone, by name.
 */
import { noble } from "puretls/crypto/noble";
import { entryChecks } from "./entries.mjs";
import { memoryChecks, timedHandshake } from "./memory.mjs";
import { socketChecks } from "./sockets.mjs";

/** Time in which further handshakes are measured, and their number at most. */
const MEASURED = { milliseconds: 2000, handshakes: 9 };

/** Runs all checks, prints a line of JSON for each, and last one that says so. */
export async function runProgram(environment) {
  const print = (line) => environment.print(JSON.stringify(line));
  const { random, now = Date.now } = environment;
  const provider = random === undefined ? noble : { ...noble, random };
  const given = { ...environment, provider };
  print({ check: "import", ok: true });
  await measure(timedHandshake(given), now, print);
  const checks = {
    ...memoryChecks(given),
    ...entryChecks(given),
    ...socketChecks(given),
    ...environment.checks,
  };
  for (const [check, run] of Object.entries(checks)) {
    const began = await now();
    try {
      const skip = await run();
      const milliseconds = (await now()) - began;
      print({ check, ok: true, milliseconds, skip });
    } catch (error) {
      print({ check, ok: false, error: describe(error) });
    }
  }
  print({ done: true });
}

/** The first handshake in this runtime, and the median of those after it. */
async function measure(handshake, now, print) {
  const times = [];
  const end = (await now()) + MEASURED.milliseconds;
  while (times.length <= MEASURED.handshakes) {
    const began = await now();
    handshake();
    const ended = await now();
    times.push(ended - began);
    if (times.length > 2 && ended > end) break;
  }
  const [first, ...others] = times;
  others.sort((a, b) => a - b);
  print({ first, next: others[others.length >> 1] });
}

function describe(error) {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message}\n${String(error.stack)}`;
}
