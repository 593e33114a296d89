/**
 * Reads what each source file imports, with the compiler's own parser: a text
 * search would find imports in comments and miss some in types.
 */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The folder that holds package.json. */
export const PROJECT_ROOT = join(
  dirname(fileURLToPath(import.meta.url)),
  "..",
  "..",
);

/** Source texts by path from the project's root, with `/`: `src/bytes.ts`. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  /** The text between the quotes; undefined when it is computed. */
  readonly specifier: string | undefined;
  /** Counted from 1. */
  readonly line: number;
  /** `import type` and `export type`: gone when the program runs. */
  readonly typeOnly: boolean;
}

export interface SourceModule {
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  /** Lines of statements other than `export … from "…"`, counted from 1. */
  readonly ownStatements: readonly number[];
}

/** Every `.ts` file below a folder of the project. */
export function loadSources(folder: string): Map<string, string> {
  const sources = new Map<string, string>();
  const from = join(PROJECT_ROOT, folder);
  for (const entry of readdirSync(from, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(PROJECT_ROOT, file).split(sep).join("/");
    // Peers from npm are installed below the interop tests.
    if (path.includes("/node_modules/")) continue;
    sources.set(path, readFileSync(file, "utf8"));
  }
  return sources;
}

const parsed = new Map<string, SourceModule>();

/**
 * Parses one file and lists its imports: static, `export from`, dynamic and in
 * types. A text that was parsed before is not parsed again.
 */
export function readModule(path: string, text: string): SourceModule {
  const key = `${path}\n${text}`;
  const known = parsed.get(key) ?? parseModule(path, text);
  parsed.set(key, known);
  return known;
}

function parseModule(path: string, text: string): SourceModule {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  const lineOf = (position: number): number =>
    file.getLineAndCharacterOfPosition(position).line + 1;
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined)
      imports.push({ ...found, line: lineOf(node.getStart(file)) });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return {
    path,
    lineCount: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports,
    ownStatements: file.statements
      .filter((statement) => !isReExport(statement))
      .map((statement) => lineOf(statement.getStart(file))),
  };
}

/** The path that a relative import names, undefined for a package. */
export function resolveImport(
  from: string,
  specifier: string,
): string | undefined {
  if (!/^\.{1,2}\//.test(specifier)) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

function importOf(node: ts.Node): Omit<Import, "line"> | undefined {
  if (ts.isImportDeclaration(node))
    return {
      specifier: literalText(node.moduleSpecifier),
      typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
    };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
    return {
      specifier: literalText(node.moduleSpecifier),
      typeOnly: node.isTypeOnly,
    };
  if (ts.isImportTypeNode(node))
    return {
      specifier: ts.isLiteralTypeNode(node.argument)
        ? literalText(node.argument.literal)
        : undefined,
      typeOnly: true,
    };
  if (
    ts.isCallExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ImportKeyword
  )
    return { specifier: literalText(node.arguments[0]), typeOnly: false };
  if (
    ts.isImportEqualsDeclaration(node) &&
    ts.isExternalModuleReference(node.moduleReference)
  )
    return {
      specifier: literalText(node.moduleReference.expression),
      typeOnly: node.isTypeOnly,
    };
  return undefined;
}

function literalText(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node)
    ? node.text
    : undefined;
}

function isReExport(statement: ts.Statement): boolean {
  return (
    ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined
  );
}
