/** Plants the faults of `planted.mjs`, each in a run of the test that has to fail. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVitest } from "vitest/node";
import { PLANTED, plantedAt } from "./planted.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Runs one test file with a text in place of another; tells whether it passes. */
async function passes(fault) {
  const file = join(ROOT, fault.file);
  const code = readFileSync(file, "utf8");
  const { start, end, text } = plantedAt(code, fault);
  const planted = code.slice(0, start) + text + code.slice(end);
  const transform = (_code, id) => (id === file ? planted : undefined);
  const vitest = await createVitest(
    "test",
    {
      ...{ root: ROOT, config: false, watch: false, bail: 1, silent: true },
      include: [fault.test],
      testTimeout: 60_000,
      reporters: [{}],
    },
    { plugins: [{ name: "fault", enforce: "pre", transform }] },
  );
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    await vitest.getRelevantTestSpecifications(),
  );
  await vitest.close();
  return unhandledErrors.length === 0 && testModules.every((one) => one.ok());
}

/** Plants those of a file or a folder; returns how many are not noticed. */
export async function survivingFaults(path) {
  const faults = PLANTED.filter(({ file }) => file.startsWith(path));
  let count = 0;
  for (const fault of faults) {
    const survives = await passes(fault);
    console.log(
      `${survives ? "survives" : "noticed"}: ${fault.what}: ${fault.test}`,
    );
    if (survives) count++;
  }
  console.log(`${count} of ${faults.length} planted faults survive`);
  return count;
}
