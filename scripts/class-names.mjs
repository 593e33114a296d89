/**
 * A plugin of esbuild: leaves the names that `keepNames` keeps to classes. It gives each
 * function its name anew, too, wherever one is made: three thousand calls at a start, and
 * one at each call of a function that makes another. A function that keeps its own name
 * has no use for that.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import ts from "typescript";

export const classNamesAlone = {
  name: "class-names-alone",
  setup(build) {
    const { write = true } = build.initialOptions;
    build.initialOptions.write = false;
    build.onEnd(async ({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        if (/\.m?js$/.test(file.path))
          file.contents = new TextEncoder().encode(withoutOthers(file.text));
        if (!write) continue;
        await mkdir(dirname(file.path), { recursive: true });
        await writeFile(file.path, file.contents);
      }
    });
  },
};

/** Takes the calls out that name no class and no function with another name. */
function withoutOthers(text) {
  const cuts = [];
  const visit = (node) => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !isNaming(node.expression)) return;
    const [named, name] = node.arguments;
    if (named.kind === ts.SyntaxKind.ThisKeyword || ts.isClassExpression(named))
      return;
    if (ts.isIdentifier(named)) {
      if (named.text === name.text && ts.isExpressionStatement(node.parent))
        cuts.push([node.parent.getStart(), node.parent.end, ""]);
      return;
    }
    cuts.push([node.getStart(), named.getStart(), "("]);
    cuts.push([named.end, node.end, ")"]);
  };
  visit(ts.createSourceFile("x.js", text, ts.ScriptTarget.ES2022, true));
  cuts.sort(([a], [b]) => a - b);
  let [kept, at] = ["", 0];
  for (const [start, end, instead] of cuts) {
    kept += text.slice(at, start) + instead;
    at = end;
  }
  return kept + text.slice(at);
}

function isNaming(callee) {
  return ts.isIdentifier(callee) && /^__name\d*$/.test(callee.text);
}
