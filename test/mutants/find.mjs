/** Finds the checks of a file that can be taken out, one at a time. */
import ts from "typescript";

/** Comparisons and what each becomes. */
const FLIPS = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
]);

/** Mutants of a source: `text` in place of what stands from `start` to `end`. */
export function mutantsOf(code) {
  const source = ts.createSourceFile(
    "a.ts",
    code,
    ts.ScriptTarget.Latest,
    true,
  );
  const mutants = [];
  const add = (node, text) => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    const { line } = source.getLineAndCharacterOfPosition(start);
    const before = code.slice(start, end).replace(/\s+/g, " ");
    mutants.push({ start, end, text, line: line + 1, before });
  };
  const visit = (node) => {
    if (ts.isIfStatement(node) && throws(node.thenStatement))
      add(node.expression, "false");
    if (ts.isBinaryExpression(node)) {
      const flipped = FLIPS.get(node.operatorToken.kind);
      if (flipped !== undefined) add(node.operatorToken, flipped);
    }
    // Types are gone when tests run.
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

/** Tells whether a statement throws, at once and always. */
function throws(statement) {
  if (ts.isThrowStatement(statement)) return true;
  return ts.isBlock(statement) && statement.statements.some(throws);
}

/** The source with a mutant in it. */
export function mutated(code, { start, end, text }) {
  return code.slice(0, start) + text + code.slice(end);
}
