/**
 * Syntax that React Native's Babel preset, Metro's default, refuses or compiles to
 * something else. The sources have none of it, so that no program needs a preset of
 * its own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));

/** By what happens: the form that the sources are searched for. */
const FORMS = {
  "the preset has no plugin for static blocks": /\bstatic\s*\{/,
  "the preset has none for `export * as`; import, then export":
    /\bexport \* as\b/,
  "goja's Uint8Array.from() takes no string; asciiBytes() does":
    /\bUint8Array\.from\(\s*(?:["'`]|text\b)/,
  // In loose mode `f` itself becomes the getter, called without its argument.
  "an accessor that is nothing but `return f(this)` loses the argument":
    /\b[gs]et #\w+\([^)]*\)[^{;]*\{\s*(?:return\s+)?[\w.]+\(\s*this\s*\);?\s*\}/,
} as const;

const files = new Map(
  readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [name, withoutComments(join(SOURCES, name))] as const),
);

function withoutComments(path: string): string {
  return readFileSync(path, "utf8").replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
}

it.each(Object.entries(FORMS))("%s", (_, form) => {
  const faults = [...files].filter(([, text]) => form.test(text));
  expect(faults.map(([name]) => name)).toEqual([]);
});

it.each([
  'Uint8Array.from("client", (c) => c.charCodeAt(0));',
  "class A { static { share = (a) => a.#x; } }",
  'export * as OID from "./oids.ts";',
  "get #state(): ContextState {\n    return contextState(this);\n  }",
])("%s is found", (code) => {
  expect(Object.values(FORMS).some((form) => form.test(code))).toBe(true);
});

/** Methods that are younger than the language of the oldest engines. */
const YOUNG =
  /\.(?:at|findLast|findLastIndex|toSorted|toReversed|toSpliced)\(|\bObject\.(?:hasOwn|groupBy)\b/;

it("what runs elsewhere than in Node takes no method that Hermes 0.12 or GJS lacks", () => {
  const faults = [...files]
    .filter(([file]) => !/^(?:cli|node-tls|net\/node)/.test(file))
    .filter(([, text]) => YOUNG.test(text));
  expect(faults.map(([name]) => name)).toEqual([]);
});

it.each(["labels.at(-1)", "Object.hasOwn(names, name)", "list.findLast(f)"])(
  "%s is found",
  (code) => {
    expect(YOUNG.test(code)).toBe(true);
  },
);

// In loose mode a private name is a property, named by its text and a number that
// begins anew in each module where helpers are inlined: two classes with `#made` in
// different files would pass for one another.
it("a private name that is asked for by `in` is in one file alone", () => {
  const asked = [...files].flatMap(([file, text]) =>
    [...text.matchAll(/(#\w+) in \w/g)].map(([, name = ""]) => ({
      file,
      name,
    })),
  );
  expect(asked.length).toBeGreaterThan(5);
  const others = asked.flatMap(({ file, name }) =>
    [...files]
      .filter(([other]) => other !== file)
      .filter(([, text]) => new RegExp(`${name}\\b`).test(text))
      .map(([other]) => `${name} of ${file} is in ${other} too`),
  );
  expect(others).toEqual([]);
});
