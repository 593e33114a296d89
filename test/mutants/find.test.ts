import { runInNewContext } from "node:vm";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { instrumented, mutantsOf, SWITCHES } from "./find.mjs";
import { Switches } from "./switches.mjs";

const [ONE, TWO, THREE] = ["9846-1-01", "9846-1-02", "9846-1-03"];

const CODE = `
function f(a: number, b: string[]): string {
  if (a < 1) throw new Error("low");
  // [${ONE}]
  if (a === 2 || b.includes("x")) {
    throw new Error("two");
  }
  // [${TWO}] [${THREE}]
  b.push("seen");
  return a > 3 && b.length > 1 ? "high" : "some";
}
`;

const shown = (
  mutants: ReturnType<typeof mutantsOf>,
): readonly (readonly [number, string, string])[] =>
  mutants.map(({ line, before, becomes }) => [line, before, becomes]);

describe("mutants", () => {
  it("hold conditions, move bounds and leave statements out", () => {
    expect(shown(mutantsOf(CODE))).toEqual([
      [3, "a < 1", "false"],
      [3, "a < 1", "<="],
      [5, 'a === 2 || b.includes("x")', "false"],
      [5, "a === 2", "false"],
      [5, 'b.includes("x")', "false"],
      [9, 'b.push("seen");', "nothing"],
      [10, "a > 3 && b.length > 1", "false"],
      [10, "a > 3 && b.length > 1", "true"],
      [10, "a > 3", "true"],
      [10, "a > 3", ">="],
      [10, "b.length > 1", "true"],
      [10, "b.length > 1", ">="],
    ]);
  });

  it("stand where comments name requirements, if that is wanted", () => {
    const tagged = mutantsOf(CODE, { isTagged: true });
    expect(tagged.map(({ line, ids }) => [line, ...ids])).toEqual([
      [5, ONE],
      [5, ONE],
      [5, ONE],
      [9, TWO, THREE],
    ]);
  });
});

describe("instrumented code", () => {
  const mutants = mutantsOf(CODE).map((one, i) => ({ ...one, number: i + 1 }));
  const switches = new Switches();
  const code = instrumented(CODE, mutants);
  const { outputText } = ts.transpileModule(`${code}; f`, {});
  const f = runInNewContext(outputText, { [SWITCHES]: switches }) as (
    a: number,
    b: string[],
  ) => string;
  const outcome = (a: number, b: string[]): string => {
    try {
      return f(a, b);
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("does what the source does, and notes which mutants would differ", () => {
    expect(outcome(4, ["y"])).toBe("high");
    switches.differing = new Set();
    expect(outcome(0, [])).toBe("low");
    // The check itself; a bound that lies elsewhere makes no difference.
    expect([...switches.differing]).toEqual([1]);
  });

  it.each([
    [1, 0, "some"],
    [2, 1, "low"],
    [3, 2, "some"],
    [6, 4, "some"],
    [7, 4, "some"],
    [10, 3, "high"],
  ])("does what mutant %i does once it is on", (number, a, expected) => {
    switches.turn(number);
    expect(outcome(a, ["y"])).toBe(expected);
    switches.turn(0);
  });

  it("keeps an else with its if, where a statement in between can be left out", () => {
    const source = `
function g(a, b) {
  if (a) b.push("if");
  else b.push("else");
}
`;
    const all = mutantsOf(source).map((one, i) => ({ ...one, number: i + 1 }));
    const g = runInNewContext(`${instrumented(source, all)}; g`, {
      [SWITCHES]: switches,
    }) as (a: boolean, b: string[]) => void;
    const seen: string[] = [];
    g(true, seen);
    g(false, seen);
    expect(seen).toEqual(["if", "else"]);
  });
});
