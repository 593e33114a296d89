/**
 * Vitest's runner for mutants: runs each test once as it is, and again with each
 * mutant that would make a difference to it and that no test has noticed so far.
 * `PURETLS_MUTANTS` names the plan that `run.mjs` has written.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { TestRunner } from "vitest";
import { SWITCHES } from "./find.mjs";
import { Switches } from "./switches.mjs";

const plan = JSON.parse(readFileSync(process.env["PURETLS_MUTANTS"], "utf8"));
const switches = new Switches();
globalThis[SWITCHES] = switches;

/** By its number: how often each was tried, while nothing noticed it. */
const tries = new Map(plan.alive.map(({ number }) => [number, 0]));
const idsOf = new Map(plan.alive.map(({ number, ids }) => [number, ids]));
const nameOf = new Map(plan.alive.map(({ number, name }) => [number, name]));
const texts = new Map();

function note(what) {
  appendFileSync(plan.log, `${JSON.stringify(what)}\n`);
}

/** Tells whether the file of a test names a requirement of the mutant. */
function isNamed(file, number) {
  if (!texts.has(file)) texts.set(file, readFileSync(file, "utf8"));
  return idsOf.get(number).some((id) => texts.get(file).includes(`[${id}]`));
}

async function fails(run, patience) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(reject, patience, new Error("the mutant hangs"));
  });
  try {
    await Promise.race([run(), late]);
    return false;
  } catch {
    return true;
  } finally {
    clearTimeout(timer);
  }
}

export default class extends TestRunner {
  async runTask(test) {
    const run = TestRunner.getTestFn(test);
    switches.turn(0);
    switches.differing = new Set();
    writeFileSync(plan.beat, "");
    const begun = performance.now();
    await run();
    const took = performance.now() - begun;
    const patience = 2000 + 10 * took;
    const file = test.file.filepath;
    const name = `${test.file.name}: ${test.name}`;
    for (const number of [...switches.differing]) {
      const tried = tries.get(number);
      if (tried === undefined) continue;
      if (tried >= plan.tries && !isNamed(file, number)) continue;
      if (took > plan.longest && !isNamed(file, number)) continue;
      tries.set(number, tried + 1);
      note({ tries: nameOf.get(number) });
      writeFileSync(plan.beat, "");
      switches.turn(number);
      const isNoticed = await fails(run, patience);
      switches.turn(0);
      if (!isNoticed) continue;
      // A test that cannot be run again says nothing of the mutant.
      if (await fails(run, patience)) {
        note({ unsteady: name });
        return;
      }
      tries.delete(number);
      note({ killed: nameOf.get(number), by: name });
    }
  }
}
