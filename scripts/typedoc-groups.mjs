/**
 * A plugin of TypeDoc: an entry point's headings ("// ## Configs" in its source)
 * are the categories of its page, in their order. So the file that composes the
 * interface says once what belongs together.
 */
import { readFileSync } from "node:fs";
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  ReflectionKind,
} from "typedoc";
import { headingsOf } from "./export-headings.mjs";

/** @param {import("typedoc").Application} app */
export function load(app) {
  /** @type {Map<string, Map<string, string>>} */
  const titles = new Map();
  // Options are read again after the plugins, which would undo the order.
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    for (const entry of app.options.getValue("entryPoints"))
      titles.set(moduleName(entry), headingsOf(readFileSync(entry, "utf8")));
    const all = [...titles.values()].flatMap((of) => [...of.values()]);
    app.options.setValue("categoryOrder", [...new Set(all), "*"]);
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      for (const child of module.children ?? [])
        categorize(child, titles.get(module.name)?.get(child.name));
  });
}

/** TypeDoc's name of an entry point: its path below src, without "/index.ts". */
function moduleName(entry) {
  return entry
    .replace(/^.*\bsrc\//, "")
    .replace(/\.ts$/, "")
    .replace(/\/index$/, "");
}

function categorize(reflection, title) {
  if (title === undefined) return;
  const described = reflection.signatures ?? [reflection];
  for (const one of described) {
    one.comment ??= new Comment();
    one.comment.blockTags.push(
      new CommentTag("@category", [{ kind: "text", text: title }]),
    );
  }
}
