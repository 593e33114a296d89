/**
 * The places where code and tests name requirements, each by its id in brackets
 * in a comment before a declaration, a statement or a test's title.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { PROJECT_ROOT } from "../architecture/imports.ts";

export interface Place {
  /** From the project's root. */
  readonly path: string;
  /** The declaration around or below the comment, or the title below it. */
  readonly name: string;
}

export interface Tag extends Place {
  readonly id: string;
}

const TAG = /\[(\d{4}-[\w.]+-\d+[a-z]?)\]/g;

/** Reads the tags of every source or test file. */
export function tagsIn(folder: "src" | "test"): Tag[] {
  return readdirSync(join(PROJECT_ROOT, folder), {
    recursive: true,
    encoding: "utf8",
  })
    .filter(
      (name) => name.endsWith(".ts") && !/node_modules|requirements/.test(name),
    )
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name.replaceAll("\\", "/")}`;
      const source = readFileSync(join(PROJECT_ROOT, path), "utf8");
      return source.search(TAG) < 0 ? [] : tagsOf(path, source, folder);
    });
}

/** The same for one source. */
export function tagsOf(
  path: string,
  source: string,
  folder: "src" | "test",
): Tag[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const nameAt = folder === "src" ? declarationAt : titleBelow;
  return [...source.matchAll(TAG)]
    .filter(({ index }) => isInComment(source, index))
    .map(({ 1: id = "", index }) => ({ id, path, name: nameAt(file, index) }));
}

function isInComment(source: string, at: number): boolean {
  const line = source.slice(source.lastIndexOf("\n", at) + 1, at);
  return /^\s*\/?\*|(?:^|\s)\/\/ /.test(line);
}

type Named = ts.Node & { readonly name: ts.Node };

function isNamed(node: ts.Node): node is Named {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isAccessor(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isVariableDeclaration(node)) &&
    node.name !== undefined
  );
}

/** The innermost function, method, class, type or constant that it stands in or above. */
function declarationAt(file: ts.SourceFile, at: number): string {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (at < node.getFullStart() || at >= node.end) return;
    const isLocal = names.length > 0 && ts.isVariableDeclaration(node);
    if (ts.isConstructorDeclaration(node)) names.push("constructor");
    else if (isNamed(node) && !isLocal) names.push(node.name.getText(file));
    // A comment before `const` belongs to the list, not to what it declares.
    if (ts.isVariableStatement(node) && names.length === 0)
      names.push(
        node.declarationList.declarations[0]?.name.getText(file) ?? "",
      );
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return names.join(".");
}

/** The first string behind it: the title of a test, or of a row of a table. */
function titleBelow(file: ts.SourceFile, at: number): string {
  let title = "";
  const visit = (node: ts.Node): void => {
    if (title !== "" || node.end < at) return;
    if (node.getStart(file) > at && isTitle(node))
      title = node.getText(file).slice(1, -1);
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return title;
}

function isTitle(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}
