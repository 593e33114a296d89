/** The library of scenarios: our own engine passes each, and the page lists them all. */
import { describe, expect, it } from "vitest";
import { Lab, library, playInMemory } from "../../../src/lab/index.ts";
import { readCatalogue } from "../../requirements/catalogue.ts";
import { renderScenarios } from "./page.ts";

const lab = new Lab();
const all = library();

const GROUPS = new Map<string, typeof all>();
for (const one of all) {
  const group = one.name.split("/").slice(0, 3).join("/");
  GROUPS.set(group, [...(GROUPS.get(group) ?? []), one]);
}

describe("our own engine", () => {
  it.each([...GROUPS])("passes %s", (_group, scenarios) => {
    const wrong = scenarios
      .map((one) => playInMemory(one, { lab }))
      .filter(({ verdict }) => verdict !== "pass")
      .map(
        ({ scenario: { name }, verdict, expected, seen }) =>
          `${name}: ${verdict}, expected ${expected}, saw ${seen}`,
      );
    expect(wrong).toEqual([]);
  });
});

describe("the library", () => {
  const ids = new Map(
    (["rfc9846.txt", "tls12.txt"] as const)
      .flatMap(readCatalogue)
      .flatMap(({ requirements }) => requirements)
      .map((one) => [one.id, one]),
  );

  it("has each name once", () => {
    const names = all.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it("names requirements that there are, in each scenario", () => {
    const wrong = all
      .filter(
        ({ data: { requirements } }) =>
          requirements.length === 0 || requirements.some((id) => !ids.has(id)),
      )
      .map(({ name, data }) => `${name}: ${data.requirements.join(" ")}`);
    expect(wrong).toEqual([]);
  });

  it("says in its names whom it tests", () => {
    const wrong = all.filter(({ name, version, role }) => {
      const tested = role === "client" ? "server" : "client";
      return !name.startsWith(`${version}/${tested}/`);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("is data, as JSON has it", () => {
    for (const one of all)
      expect(JSON.parse(JSON.stringify(one))).toEqual(one.data);
  });

  it("is on its page (npm run docs:lab)", async () => {
    await expect(renderScenarios(all, ids)).toMatchFileSnapshot(
      "../../../docs/lab-scenarios.md",
    );
  });
});
