/**
 * The exports of every entry point, as the compiler sees them: for the rules that
 * the public interface keeps as a whole.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { PROJECT_ROOT } from "../architecture/imports.ts";

/** One thing that is exported, under one name, by one or more entry points. */
export interface Export {
  readonly name: string;
  /** "src/engine/index.ts" and the like. */
  readonly entryPoints: readonly string[];
  /** Its doc comments, and those of the line that exports it. */
  readonly comments: readonly ts.JSDoc[];
  /** A function, a class, a constant or a namespace; else a type alone. */
  readonly isValue: boolean;
  readonly isType: boolean;
  readonly symbol: ts.Symbol;
  /** The declaration that carries the doc comment. */
  readonly declaration: ts.Declaration;
  /** The place of the declaration: `src/bytes.ts:12`. */
  readonly origin: string;
}

export interface PublicInterface {
  readonly exports: readonly Export[];
  readonly checker: ts.TypeChecker;
}

/** Reads what the entry points of typedoc.json export. */
export function publicInterface(): PublicInterface {
  const { entryPoints } = JSON.parse(
    readFileSync(join(PROJECT_ROOT, "typedoc.json"), "utf8"),
  ) as { readonly entryPoints: readonly string[] };
  return exportsOf(entryPoints.map((path) => join(PROJECT_ROOT, path)));
}

/** Reads what those files export. */
export function exportsOf(paths: readonly string[]): PublicInterface {
  const program = ts.createProgram([...paths], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    // Names and comments are wanted, not types: this makes it a second's work.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const found = new Map<string, Export>();
  for (const path of paths) {
    const file = program.getSourceFile(path);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${path} is no module`);
    for (const alias of checker.getExportsOfModule(module)) {
      if (isOfNode(alias)) continue;
      const one = exported(alias, checker, short(path));
      const key = `${one.name} ${one.origin}`;
      const known = found.get(key);
      found.set(key, {
        ...one,
        entryPoints: [...(known?.entryPoints ?? []), ...one.entryPoints],
      });
    }
  }
  return { exports: [...found.values()], checker };
}

/** Exported from a module of Node, whose documentation has it. */
function isOfNode(alias: ts.Symbol): boolean {
  const [declaration] = alias.declarations ?? [];
  if (declaration === undefined || !ts.isExportSpecifier(declaration))
    return false;
  const { moduleSpecifier } = declaration.parent.parent;
  return (
    moduleSpecifier !== undefined &&
    ts.isStringLiteral(moduleSpecifier) &&
    moduleSpecifier.text.startsWith("node:")
  );
}

function exported(
  alias: ts.Symbol,
  checker: ts.TypeChecker,
  entryPoint: string,
): Export {
  const symbol = resolved(alias, checker);
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined)
    throw new Error(`${alias.name} is declared nowhere`);
  const file = declaration.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
  const comments = (alias.declarations ?? [declaration])
    .concat(declaration)
    .flatMap((one) => commentsOf(one));
  return {
    name: alias.name,
    entryPoints: [entryPoint],
    isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(alias),
    comments,
    isType: (symbol.flags & ts.SymbolFlags.Type) !== 0,
    symbol,
    declaration,
    origin: `${short(file.fileName)}:${String(line + 1)}`,
  };
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  return isAlias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Exported by `export type`, whatever it is. */
function isTypeOnly(alias: ts.Symbol): boolean {
  const [declaration] = alias.declarations ?? [];
  return (
    declaration !== undefined &&
    ts.isExportSpecifier(declaration) &&
    (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly)
  );
}

function commentsOf(node: ts.Node): ts.JSDoc[] {
  // A constant's comment stands at its statement, a namespace's at its export.
  const owners = [node, node.parent as ts.Node | undefined];
  if (ts.isVariableDeclaration(node)) owners.push(node.parent.parent);
  return owners.flatMap((owner) =>
    owner === undefined || ts.isSourceFile(owner)
      ? []
      : ts.getJSDocCommentsAndTags(owner).filter(ts.isJSDoc),
  );
}

function short(path: string): string {
  return path.startsWith(PROJECT_ROOT)
    ? path.slice(PROJECT_ROOT.length + 1)
    : path;
}

/**
 * One sentence for each pair of a type and a value, or of two types, whose names
 * differ by case alone.
 */
export function caseTwins(exports: readonly Export[]): string[] {
  const names = new Map<string, Set<string>>();
  const types = new Set<string>();
  for (const { name, isType } of exports) {
    const key = name.toLowerCase();
    names.set(key, (names.get(key) ?? new Set()).add(name));
    if (isType) types.add(name);
  }
  return [...names.values()]
    .map((set) => [...set])
    .filter((set) => set.length > 1 && set.some((name) => types.has(name)))
    .map((set) => set.sort().join(" and "));
}

/**
 * One sentence for each thing that a class lets a program set, or read, in two
 * ways: by a property and by a method.
 */
export function doubleAccess(exports: readonly Export[]): string[] {
  return exports.flatMap(({ name, declaration }) => {
    if (!ts.isClassDeclaration(declaration)) return [];
    const readable = new Set<string>();
    const settable = new Set<string>();
    const methods = new Set<string>();
    for (const member of declaration.members) {
      if (member.name === undefined || !ts.isIdentifier(member.name)) continue;
      const { text } = member.name;
      if (ts.isMethodDeclaration(member)) methods.add(text);
      if (ts.isGetAccessor(member)) readable.add(text);
      if (ts.isSetAccessor(member)) settable.add(text);
      if (!ts.isPropertyDeclaration(member)) continue;
      readable.add(text);
      if (!member.modifiers?.some(isReadonly)) settable.add(text);
    }
    const twice = (verb: string, properties: ReadonlySet<string>): string[] =>
      [...properties]
        .map((text) => [text, methodOf(verb, text)])
        .filter(([, method = ""]) => methods.has(method))
        .map(([text = "", method = ""]) => `${name}: ${text} and ${method}()`);
    return [...twice("set", settable), ...twice("get", readable)];
  });
}

function methodOf(verb: string, property: string): string {
  return verb + property.charAt(0).toUpperCase() + property.slice(1);
}

function isReadonly({ kind }: ts.ModifierLike): boolean {
  return kind === ts.SyntaxKind.ReadonlyKeyword;
}

/** Names of members and parameters that hold a time or a length of time. */
const TIME =
  /timeout$|lifetime|maxAge$|delay$|interval$|^now$|^at$|until$|notBefore|notAfter|Update$|Date$|At$|^time$|Hint$|milliseconds$/i;
/** Those that hold a size. */
const SIZE =
  /length$|size$|bytes$|bits$|highWaterMark|fragment|sizeLimit$|earlyData(Left)?$|capacity$|^offset$|^count$|buffered$|unsent$|^pending$|bytesRead|padding$/i;
/** Interfaces whose every number is a measure. */
const MEASURES = /^(Limits|Budgets)$/;

const TIME_UNIT = /\b(milliseconds|seconds|days)\b/i;
const UNIT =
  /\b(milliseconds|seconds|days|bytes?|bits?|columns|entries|sessions|names?|keys|records|checks|issuers|certificates|lists|alerts|messages|tickets|requests|updates|KeyUpdates|CAs)\b/i;
/** Words of a comment in which a reader looks for the unit. */
const FIRST_WORDS = 12;

/**
 * One sentence for each number in the public interface that is a time or a size
 * and does not say in which unit: in the first words of its comment, or by the
 * end of its name.
 */
export function withoutUnit(exports: readonly Export[]): string[] {
  const faults = new Set<string>();
  const check = (owner: string, node: ts.Node): void => {
    const isMeasure = MEASURES.test(owner);
    for (const part of numbersOf(node)) {
      const isTime = TIME.test(part.name);
      if (!isTime && !isMeasure && !SIZE.test(part.name)) continue;
      const unit = isTime ? TIME_UNIT : UNIT;
      if (unit.test(firstWords(part.comment))) continue;
      if (/(milliseconds|seconds|bits|bytes|days)$/i.test(part.name)) continue;
      faults.add(`${owner}: ${part.name}`);
    }
  };
  for (const { name, declaration } of exports) check(name, declaration);
  return [...faults];
}

function firstWords(comment: string): string {
  return comment.split(/\s+/).slice(0, FIRST_WORDS).join(" ");
}

interface Part {
  readonly name: string;
  readonly comment: string;
}

/** Members and parameters that are numbers, at any depth of a declaration. */
function numbersOf(node: ts.Node): Part[] {
  const parts: Part[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isBlock(child) || isPrivate(child)) return;
    if (
      (ts.isPropertySignature(child) ||
        ts.isPropertyDeclaration(child) ||
        ts.isGetAccessor(child) ||
        ts.isParameter(child)) &&
      ts.isIdentifier(child.name) &&
      child.type !== undefined &&
      isNumber(child.type)
    )
      parts.push({ name: child.name.text, comment: commentOn(child) });
    ts.forEachChild(child, visit);
  };
  visit(node);
  return parts;
}

function isPrivate(node: ts.Node): boolean {
  return (
    ts.isClassElement(node) &&
    node.name !== undefined &&
    ts.isPrivateIdentifier(node.name)
  );
}

/** `number`, or a union with it. */
function isNumber(type: ts.TypeNode): boolean {
  return ts.isUnionTypeNode(type)
    ? type.types.some(isNumber)
    : type.kind === ts.SyntaxKind.NumberKeyword;
}

/** A parameter's `@param` text, or what its function says. */
function commentOn(node: ts.Node): string {
  if (!ts.isParameter(node)) {
    const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
    return text(doc?.comment) || inlineParam(node);
  }
  const [tag] = ts.getJSDocParameterTags(node);
  if (tag !== undefined) return text(tag.comment);
  const described = ts.findAncestor(
    node.parent,
    (one) => ts.getJSDocCommentsAndTags(one).length > 0,
  );
  const [doc] = described
    ? ts.getJSDocCommentsAndTags(described).filter(ts.isJSDoc)
    : [];
  return text(doc?.comment);
}

/** The text of `@param options.x` for a member of an inline type. */
function inlineParam(node: ts.Node): string {
  const parameter = ts.findAncestor(node, ts.isParameter);
  const name = "name" in node ? (node.name as ts.Node).getText() : "";
  if (parameter === undefined) return "";
  const tag = ts
    .getJSDocTags(parameter.parent)
    .filter(ts.isJSDocParameterTag)
    .find((one) => one.name.getText().endsWith(`.${name}`));
  return text(tag?.comment);
}

function text(comment: string | ts.NodeArray<ts.JSDocComment> | undefined) {
  return ts.getTextOfJSDocComment(comment) ?? "";
}

/** Counts exports with an example, and names those without one. */
export interface ExampleCount {
  readonly own: number;
  readonly without: readonly string[];
}

/**
 * Looks for the example of each export. A function, a class or a constant has
 * one, or its comment has a `{@link}` to an export that has one. A type has an
 * example where something with an example names it in its declaration: the type
 * of an option, a parameter, a result or a member, at any depth.
 */
export function countExamples({
  exports,
  checker,
}: PublicInterface): ExampleCount {
  const own = new Set(exports.filter(hasOwnExample));
  const names = new Set([...own].map(({ name }) => name));
  const found = new Set(
    exports.filter((one) => own.has(one) || linksTo(one, names)),
  );
  // Types that are not exported lead on to those that are.
  const reached = new Set([...found].map(({ symbol }) => symbol));
  for (const { declarations = [] } of reached)
    for (const declaration of declarations)
      for (const type of typesIn(declaration, checker)) reached.add(type);
  const without = exports
    .filter((one) => !found.has(one))
    .filter(({ isValue, symbol }) => isValue || !reached.has(symbol))
    .map(({ name, origin }) => `${origin} ${name}`);
  return { own: own.size, without };
}

function hasOwnExample({ comments }: Export): boolean {
  return comments.some(({ tags = [] }) =>
    tags.some(({ tagName }) => tagName.text === "example"),
  );
}

function linksTo(
  { name: own, comments }: Export,
  names: ReadonlySet<string>,
): boolean {
  return comments.some((comment) =>
    [...comment.getText().matchAll(/\{@link[\s*]+(\w+)/g)].some(
      ([, name = ""]) => name !== own && names.has(name),
    ),
  );
}

/** The name behind the dots. */
function lastOf(name: ts.Node): ts.Node {
  return ts.isQualifiedName(name) ? name.right : name;
}

/** The types in a declaration's signature, without its bodies. */
function typesIn(
  declaration: ts.Declaration,
  checker: ts.TypeChecker,
): Set<ts.Symbol> {
  const found = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || isPrivate(node)) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const symbol = name && checker.getSymbolAtLocation(lastOf(name));
    if (symbol !== undefined) found.add(resolved(symbol, checker));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}
