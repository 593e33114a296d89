/** Scenarios of files, and of the library. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import {
  type LabScenario,
  library,
  type ScenarioData,
  scenarioOf,
} from "../../lab/index.ts";
import { CommandError } from "../command.ts";

/**
 * The scenarios of files, or of the library where there are none.
 *
 * @throws CommandError for a file that has none, and what a module throws
 */
export function scenariosOf(
  files: readonly string[],
  only: readonly string[] = [],
): LabScenario[] {
  const all =
    files.length === 0 ? [...library()] : files.flatMap(scenariosOfFile);
  const found = all.filter((one) => only.every((text) => isNamed(one, text)));
  if (found.length === 0)
    throw new CommandError(
      `no scenario has ${only.map((text) => `"${text}"`).join(" and ")} in its name, requirements or tags; puretls lab list has all`,
    );
  return found;
}

function isNamed({ data }: LabScenario, text: string): boolean {
  return [data.name, ...data.requirements, ...data.tags].some((word) =>
    word.includes(text),
  );
}

function scenariosOfFile(file: string): LabScenario[] {
  const found = file.endsWith(".json")
    ? scenariosIn(JSON.parse(readFileSync(file, "utf8")))
    : Object.values(moduleOf(file)).flatMap((value) => scenariosIn(value));
  if (found.length === 0)
    throw new CommandError(
      `${file} exports no scenario: export const NAME = scenario("tls13")...`,
    );
  return found;
}

function moduleOf(file: string): object {
  const path = resolve(file);
  try {
    const loaded: unknown = createRequire(path)(path);
    return typeof loaded === "object" && loaded !== null ? loaded : {};
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    const isType =
      code === "ERR_UNKNOWN_FILE_EXTENSION" ||
      (error instanceof SyntaxError && /\.[cm]?ts$/.test(path));
    if (!isType) throw error;
    throw new CommandError(
      `${file}: this Node does not read TypeScript; take Node 22.18 or later, or compile it to .mjs`,
    );
  }
}

/** Scenarios, their data, or findings of a report, in a value or in lists of it. */
function scenariosIn(value: unknown): LabScenario[] {
  if (Array.isArray(value)) return value.flatMap(scenariosIn);
  if (typeof value !== "object" || value === null) return [];
  // Of another copy of the package, its class is another one.
  if ("data" in value && isData(value.data)) return [scenarioOf(value.data)];
  if (isData(value)) return [scenarioOf(value)];
  if ("scenario" in value) return scenariosIn(value.scenario);
  return "results" in value ? scenariosIn(value.results) : [];
}

function isData(value: unknown): value is ScenarioData {
  return (
    typeof value === "object" &&
    value !== null &&
    ["version", "role", "name", "handshake"].every((name) => name in value) &&
    "steps" in value &&
    Array.isArray(value.steps) &&
    value.steps.every(
      (step: unknown) =>
        typeof step === "object" && step !== null && "step" in step,
    ) &&
    "requirements" in value &&
    Array.isArray(value.requirements) &&
    "tags" in value &&
    Array.isArray(value.tags)
  );
}

/** The seed of the first finding of a report. */
export function seedOf(file: string): number | undefined {
  const report: unknown = JSON.parse(readFileSync(file, "utf8"));
  const results =
    typeof report === "object" && report !== null && "results" in report
      ? report.results
      : report;
  const seeds = (Array.isArray(results) ? results : [results]).flatMap(
    (one: unknown) =>
      typeof one === "object" &&
      one !== null &&
      "seed" in one &&
      typeof one.seed === "number"
        ? [one.seed]
        : [],
  );
  return seeds[0];
}
