/**
 * The child of run.ts: loads each module named on the command line and sends
 * `{ failure }` for it, null when it ran to its end.
 */
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";

let failure = null;
const note = (error) => {
  failure ??=
    error instanceof Error ? (error.stack ?? String(error)) : String(error);
};
process.on("uncaughtException", note);
process.on("unhandledRejection", note);

// A program among the examples shall see no arguments.
for (const path of process.argv.splice(2)) {
  failure = null;
  try {
    await import(pathToFileURL(path).href);
    await setImmediate(); // What it left in the air shall count as its own.
  } catch (error) {
    note(error);
  }
  await new Promise((resolve) => process.send({ failure }, resolve));
}
process.disconnect();
process.exit(0);
