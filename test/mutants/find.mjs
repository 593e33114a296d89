/**
 * Finds the checks of a file and writes the file anew with a switch at each, so
 * that a worker takes out any of them without loading the code again.
 */
import ts from "typescript";

/** Comparisons and what each becomes. */
const BOUNDS = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
]);
const COMPARES = new Set([
  ...BOUNDS.keys(),
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.InKeyword,
  ts.SyntaxKind.InstanceOfKeyword,
]);
const { AmpersandAmpersandToken: AND, BarBarToken: OR } = ts.SyntaxKind;
const ID = /\[(\d{4}-[\w.]+-\d+[a-z]?)\]/g;

/** The name by which instrumented code finds the switches. */
export const SWITCHES = "puretlsMutants";

function parse(code) {
  return ts.createSourceFile("a.ts", code, ts.ScriptTarget.Latest, true);
}

/**
 * The mutants of a source: `becomes` in place of `before`. With `isTagged` those
 * alone that stand where a comment names a requirement; `ids` has its names.
 */
export function mutantsOf(code, { isTagged = false } = {}) {
  const source = parse(code);
  const places = isTagged ? taggedPlaces(source) : undefined;
  return switchesOf(source).flatMap(({ node, becomes }) => {
    const start = node.getStart(source);
    const around = (places ?? []).filter(
      (one) => one.start <= start && node.end <= one.end,
    );
    if (places !== undefined && around.length === 0) return [];
    return {
      start,
      end: node.end,
      becomes,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      before: code.slice(start, node.end).replace(/\s+/g, " "),
      ids: [...new Set(around.flatMap(({ ids }) => ids))],
    };
  });
}

/** Each node with what it can become. */
function switchesOf(source) {
  const found = [];
  const visit = (node) => {
    // Types are gone when tests run.
    if (ts.isTypeNode(node)) return;
    for (const becomes of changesOf(node)) found.push({ node, becomes });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function changesOf(node) {
  const { parent } = node;
  if (ts.isExpressionStatement(node))
    return isEffect(node.expression) ? ["nothing"] : [];
  if (ts.isThrowStatement(node)) return standsAlone(node) ? ["nothing"] : [];
  if (ts.isBinaryExpression(node) && BOUNDS.has(node.operatorToken.kind))
    return [...valuesOf(node, parent), BOUNDS.get(node.operatorToken.kind)];
  return ts.isExpression(node) && parent ? valuesOf(node, parent) : [];
}

/** The values that a condition, or a part of one, can be held at. */
function valuesOf(node, parent) {
  if (ts.isIfStatement(parent) && parent.expression === node)
    return throws(parent.thenStatement) ? ["false"] : ["false", "true"];
  if (ts.isConditionalExpression(parent) && parent.condition === node)
    return ["false", "true"];
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    const isLeft = parent.left === node;
    if (kind === AND && (isLeft || isTruth(node)))
      return isLeft && ts.isSpreadAssignment(parent.parent?.parent ?? parent)
        ? ["false", "true"]
        : ["true"];
    if (kind === OR && isTruth(node)) return ["false"];
  }
  const isResult =
    (ts.isReturnStatement(parent) && parent.expression === node) ||
    (ts.isArrowFunction(parent) && parent.body === node);
  return isResult && isTruth(node) ? ["false", "true"] : [];
}

/** Tells whether an expression is true or false, by its form. */
function isTruth(node) {
  if (ts.isParenthesizedExpression(node)) return isTruth(node.expression);
  if (ts.isPrefixUnaryExpression(node))
    return node.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (COMPARES.has(kind)) return true;
    if (kind === AND || kind === OR)
      return isTruth(node.left) || isTruth(node.right);
  }
  return (
    ts.isCallExpression(node) &&
    /(?:^|[.#])(?:is|has|can|may|fits|equal|includes|some|every|test|startsWith)\w*$/.test(
      node.expression.getText(),
    )
  );
}

function isEffect(node) {
  if (ts.isAwaitExpression(node)) return isEffect(node.expression);
  if (ts.isCallExpression(node))
    return node.expression.kind !== ts.SyntaxKind.SuperKeyword;
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** Tells whether no `if` of its own decides about the statement. */
function standsAlone({ parent }) {
  if (ts.isBlock(parent)) return !ts.isIfStatement(parent.parent);
  return !ts.isIfStatement(parent);
}

/** Tells whether a statement throws, at once and always. */
function throws(statement) {
  if (ts.isThrowStatement(statement)) return true;
  return ts.isBlock(statement) && statement.statements.some(throws);
}

/** The nodes that comments with ids speak of. */
function taggedPlaces(source) {
  const code = source.text;
  const places = [];
  for (const { index, 1: id } of code.matchAll(ID)) {
    const line = code.slice(code.lastIndexOf("\n", index) + 1, index);
    if (!/^\s*\/?\*|(?:^|\s)\/\/ /.test(line)) continue;
    const isBehind = !/^\s*(?:\/\/|\/?\*)/.test(line);
    const from = isBehind ? index - line.trimStart().length : index;
    const node = nodeFrom(source, from, isBehind);
    if (node === undefined) continue;
    const [start, end] = [node.getStart(source), node.end];
    places.push({ start, end, ids: [id] });
  }
  return places;
}

/** The largest node that begins at or behind a place, and not before it. */
function nodeFrom(source, at, isStatement) {
  let found;
  const visit = (node) => {
    if (found !== undefined || node.end <= at) return;
    const fits =
      !isStatement || ts.isStatement(node) || ts.isClassElement(node);
    if (node.getStart(source) >= at && fits && !ts.isSourceFile(node))
      found = node;
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * The source with a switch at each of the mutants, which have a `number`. What
 * the switches do is in `switches.mjs`.
 */
export function instrumented(code, mutants) {
  const source = parse(code);
  const at = (node) => {
    const start = node.getStart(source);
    return mutants.filter((one) => one.start === start && one.end === node.end);
  };
  const render = (node) => {
    const start = ts.isSourceFile(node) ? 0 : node.getStart(source);
    if (ts.isTypeNode(node)) return code.slice(node.pos, node.end);
    const own = ts.isSourceFile(node) ? [] : at(node).filter(isOf(node));
    const bound = own.find(({ becomes }) => /[<>]/.test(becomes));
    let text = "";
    let reached = start;
    const copy = (to) => {
      text += code.slice(reached, to);
      reached = to;
    };
    if (bound === undefined)
      ts.forEachChild(node, (child) => {
        copy(Math.max(reached, child.pos));
        text += render(child).slice(reached - child.pos);
        reached = child.end;
      });
    else {
      const operator = node.operatorToken.getText(source);
      const sides = [node.left, node.right].map((side) => render(side));
      text = `${SWITCHES}.compare(${bound.number}, ${sides.join(", ")}, "${operator}", "${bound.becomes}")`;
      reached = node.end;
    }
    copy(node.end);
    for (const { number, becomes } of own)
      if (becomes === "nothing")
        // In a block: an else behind it belongs to the source's own if.
        text = `{ if (${SWITCHES}.does(${number})) ${text} }`;
      else if (/true|false/.test(becomes))
        text = `${SWITCHES}.value(${number}, ${text}, ${becomes})`;
    return code.slice(node.pos, start) + text;
  };
  return render(source);
}

/** An expression and its statement may begin and end alike. */
function isOf(node) {
  return ({ becomes }) =>
    becomes === "nothing" ? ts.isStatement(node) : ts.isExpression(node);
}
