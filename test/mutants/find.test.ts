import { expect, it } from "vitest";
import { mutantsOf, mutated } from "./find.mjs";

const CODE = `
function f(a: number): void {
  if (a < 1) throw new TlsError(reason.x);
  if (a === 2) {
    note();
    throw new X509Error(fault.y);
  }
  if (a > 3) note();
}
`;

it("takes out checks that throw, and flips comparisons", () => {
  const made = mutantsOf(CODE).map(({ line, before, text }) => [
    line,
    before,
    text,
  ]);
  expect(made).toEqual([
    [3, "a < 1", "false"],
    [3, "<", "<="],
    [4, "a === 2", "false"],
    [4, "===", "!=="],
    [8, ">", ">="],
  ]);
});

it("changes one place of the source", () => {
  const [first] = mutantsOf(CODE);
  if (first === undefined) throw new Error("no mutant");
  expect(mutated(CODE, first)).toBe(CODE.replace("a < 1", "false"));
});
