/** Titles of tests, read from their sources without running them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { PROJECT_ROOT } from "../architecture/imports.ts";

/** A title of a test or of a group of tests, with those inside it. */
export interface Title {
  /** Between its placeholders, which are `%s`, `$name` or `${…}`. */
  readonly parts: readonly string[];
  readonly inside: readonly Title[];
}

/** The titles and strings of a test file. */
export interface TestFile {
  readonly titles: readonly Title[];
  /** Every string in it: titles that come out of tables are among them. */
  readonly strings: ReadonlySet<string>;
}

const known = new Map<string, TestFile>();

/** Reads a test file, once; `path` is from the root of the project. */
export function readTestFile(path: string): TestFile {
  const source = (): string => readFileSync(join(PROJECT_ROOT, path), "utf8");
  const file = known.get(path) ?? parseTestFile(path, source());
  known.set(path, file);
  return file;
}

/** The same for a source that is there already. */
export function parseTestFile(path: string, source: string): TestFile {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const strings = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) strings.add(node.text);
    ts.forEachChild(node, collect);
  };
  collect(file);
  return { titles: titlesIn(file), strings };
}

/**
 * Tells whether the file has these titles, the outermost first. Where a title
 * is nothing but placeholders, the string has to stand in the file.
 */
export function hasTitle(
  file: TestFile,
  path: readonly string[],
  titles = file.titles,
): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  return titles.some(
    (title) =>
      (fits(file, title, first) && hasTitle(file, rest, title.inside)) ||
      // The outer titles may be left out.
      hasTitle(file, path, title.inside),
  );
}

function fits(file: TestFile, { parts }: Title, wanted: string): boolean {
  if (parts.length === 1) return parts[0] === wanted;
  if (parts.join("").trim() === "") return file.strings.has(wanted);
  const pattern = parts.map((part) => part.replaceAll(/[^\w ]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(wanted);
}

function titlesIn(node: ts.Node): Title[] {
  const titles: Title[] = [];
  const visit = (child: ts.Node): void => {
    const title = titleOf(child);
    if (title === undefined) ts.forEachChild(child, visit);
    else titles.push(title);
  };
  ts.forEachChild(node, visit);
  return titles;
}

/**
 * A call with a title and then a function (`it`, `describe.each(…)`, a `suite`),
 * or a case of a table: `"title": () => …`.
 */
function titleOf(node: ts.Node): Title | undefined {
  if (ts.isPropertyAssignment(node))
    return ts.isStringLiteral(node.name) && isFunction(node.initializer)
      ? { parts: [node.name.text], inside: [] }
      : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const [first, ...others] = node.arguments;
  const body = others.find(isFunction);
  if (first === undefined || body === undefined) return undefined;
  const parts = partsOf(first);
  return parts && { parts, inside: titlesIn(body) };
}

function isFunction(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

const PLACEHOLDER = /%[sdifjoOc#]|\$[\w.]+/;

function partsOf(node: ts.Node): string[] | undefined {
  if (ts.isTemplateExpression(node))
    return [node.head, ...node.templateSpans.map(({ literal }) => literal)]
      .map(({ text }) => text.split(PLACEHOLDER))
      .reduce((before, part) => [...before, ...part]);
  if (ts.isStringLiteralLike(node)) return node.text.split(PLACEHOLDER);
  // A name or an expression: only the file's strings can tell.
  return ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)
    ? ["", ""]
    : undefined;
}
