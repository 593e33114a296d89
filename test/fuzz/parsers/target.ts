/** Parsers that read files which were changed, and bytes of no kind at all. */
import fc from "fast-check";
import { fromHex } from "../../../src/bytes.ts";
import type { Target } from "../target.ts";
import { type Change, changedFile, CHANGES } from "./mutate.ts";
import { PARSERS } from "./parsers.ts";

interface Program {
  readonly target: "parsers";
  readonly parser: string;
  /** Index of the parser's valid file to change. */
  readonly seed: number;
  /** In its place: these bytes, in hexadecimal. */
  readonly bytes?: string;
  readonly changes: readonly Change[];
}

const number = fc.nat(0xffff);
const change = fc.record({
  change: fc.constantFrom(...CHANGES),
  a: number,
  b: number,
});
const parser = fc.constantFrom(...Object.keys(PARSERS));

const programs: fc.Arbitrary<Program> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      target: fc.constant("parsers" as const),
      parser,
      seed: fc.nat(30),
      changes: fc.array(change, { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      target: fc.constant("parsers" as const),
      parser,
      seed: fc.constant(0),
      bytes: fc
        .uint8Array({ maxLength: 300 })
        .map((bytes) => Buffer.from(bytes).toString("hex")),
      changes: fc.constant([]),
    }),
  },
);

function isProgram(value: object): value is Program {
  return "target" in value && value.target === "parsers" && "parser" in value;
}

function fileOf({ seed, bytes, changes, parser: name }: Program): Uint8Array {
  if (bytes !== undefined) return fromHex(bytes);
  const { seeds = [] } = PARSERS[name] ?? {};
  const others = Object.values(PARSERS).flatMap((one) => one.seeds);
  const first = seeds[seed % seeds.length] ?? new Uint8Array();
  return changes.reduce((file, one) => {
    const other = others[one.b % others.length] ?? file;
    return changedFile(file, one, other);
  }, first);
}

export const parsers: Target = {
  name: "parsers",
  programs,
  run(program, report) {
    if (!isProgram(program))
      throw new TypeError("not a program of this target");
    const { parser: name, changes } = program;
    const one = PARSERS[name];
    if (one === undefined) throw new TypeError(`no parser is named "${name}"`);
    const file = fileOf(program);
    const before = file.slice();
    let outcome = "read";
    try {
      one.read(file);
    } catch (error) {
      if (!one.declares.some((type) => error instanceof type)) throw error;
      outcome = error instanceof Error ? error.name : "refused";
    }
    if (Buffer.compare(before, file) !== 0)
      throw new Error("the input was changed");
    report.programs++;
    report.inputs++;
    report.tally("parsers").add(`${name}: ${outcome}`);
    for (const { change: kind } of changes) report.tally("changes").add(kind);
  },
};
