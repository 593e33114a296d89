import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headingsOf } from "../../scripts/export-headings.mjs";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import {
  caseTwins,
  countExamples,
  doubleAccess,
  exportsOf,
  publicInterface,
  type PublicInterface,
  withoutUnit,
} from "./exports.ts";

const everything = publicInterface();
const { exports } = everything;

/** The interface of a module with that text. */
function planted(text: string): PublicInterface {
  const folder = mkdtempSync(join(tmpdir(), "puretls-exports-"));
  try {
    const path = join(folder, "planted.ts");
    writeFileSync(path, text);
    return exportsOf([path]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("names of exports", () => {
  it("do not differ from a type by case alone", () => {
    expect(caseTwins(exports)).toEqual([]);
  });

  it("would be found if they did", () => {
    const { exports } = planted(
      "export interface Probe { a: 1 }\nexport function probe(): Probe { return { a: 1 }; }\nexport const x = 1;\nexport const X = 2;",
    );
    expect(caseTwins(exports)).toEqual(["Probe and probe"]);
  });
});

describe("members of exported classes", () => {
  it("are a property or a pair of methods, not both", () => {
    // Node's own: the name that came, and the name to send.
    const nodes = ["TLSSocket: servername and setServername()"];
    expect(doubleAccess(exports)).toEqual(nodes);
  });

  it("would be found if they were both", () => {
    const { exports } = planted(
      "export class A { get b() { return 1; } set b(x) {} setB() {} readonly c = 1; setC() {} getC() {} d = 1; setD() {} }",
    );
    expect(doubleAccess(exports)).toEqual([
      "A: b and setB()",
      "A: d and setD()",
      "A: c and getC()",
    ]);
  });
});

describe("times and sizes of the public interface", () => {
  it("say their unit", () => {
    expect(withoutUnit(exports)).toEqual([]);
  });

  it("would be found if they did not", () => {
    const { exports } = planted(
      [
        "export interface A {",
        "/** Long. */",
        "timeout: number;",
        "/** Milliseconds. */",
        "delay?: number | null;",
        "sizeBytes: number;",
        "length: number;",
        "}",
        "/** @param options.maxAge seconds */",
        "export function f(size: number, options: { maxAge: number; lifetime: number }) {}",
      ].join("\n"),
    );
    expect(withoutUnit(exports)).toEqual([
      "f: size",
      "f: lifetime",
      "A: timeout",
      "A: length",
    ]);
  });
});

describe("examples of exports", () => {
  it("are there for each, or a way to one", () => {
    expect(countExamples(everything).without).toEqual([]);
  });

  it("would be missed", () => {
    const unexplained = planted(
      [
        "/** Adds. @example f() */",
        "export function f(options: Options): Result { return 1; }",
        "export interface Options { readonly inner: Inner }",
        "export interface Inner { readonly a: 1 }",
        "export type Result = 1;",
        "export type Stray = 1;",
        "/** See {@link f} for an example. */",
        "export const g = f;",
        "/** See {@link g} for an example. */",
        "export const h = g;",
        "export const i = 1;",
      ].join("\n"),
    );
    const { own, without } = countExamples(unexplained);
    expect(own).toBe(1);
    expect(without.map((one) => one.replace(/^.*:/, ""))).toEqual([
      "6 Stray",
      "10 h",
      "11 i",
    ]);
  });
});

describe("headings of puretls/engine", () => {
  const entryPoint = "src/engine/index.ts";

  it("stand above every export, and make the groups of its page", () => {
    const headings = headingsOf(
      readFileSync(join(PROJECT_ROOT, entryPoint), "utf8"),
    );
    const names = exports
      .filter(({ entryPoints }) => entryPoints.includes(entryPoint))
      .map(({ name }) => name);
    expect([...headings.keys()].sort()).toEqual(names.sort());
  });

  it("group what follows them", () => {
    const source = [
      'export { a } from "a";',
      "// ## One",
      'export { type B, c as d } from "b";',
      "/** export { e } */",
      'export * as F from "f";',
      "// ## Two",
      "export type {",
      "  G,",
      '} from "g";',
    ].join("\n");
    expect([...headingsOf(source)]).toEqual([
      ["B", "One"],
      ["d", "One"],
      ["F", "One"],
      ["G", "Two"],
    ]);
  });
});
