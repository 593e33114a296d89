/** The pages of requirements, made of the catalogue and of what names its ids. */
import { isBinding, type Requirement, type Section } from "./catalogue.ts";
import type { Place, Tag } from "./tags.ts";

/** As many as one wants to read in a cell. */
const MOST = 3;

export function renderPage(
  head: string,
  sections: readonly Section[],
  code: readonly Tag[],
  tests: readonly Tag[],
): string {
  const all = sections.flatMap(({ requirements }) => requirements);
  const count = (of: (requirement: Requirement) => boolean): string =>
    all.filter(of).length.toString();
  const counts = [
    `${all.length.toString()} requirements`,
    `${count(isBinding)} of them bind with MUST, and have code and a test`,
    `${count((one) => one.notFollowed !== undefined)} are not followed, for a reason`,
    `${count((one) => one.notApplicable !== undefined)} bind somebody else, or are a choice`,
  ];
  const tables = sections.map(({ title, requirements }) =>
    [
      `## ${title}\n`,
      "| id | level | binds | what is required | code | test |",
      "| --- | --- | --- | --- | --- | --- |",
      ...requirements.map((one) => row(one, code, tests)),
      "",
    ].join("\n"),
  );
  return [head, `${counts.join("; ")}.\n`, ...tables].join("\n");
}

function row(
  one: Requirement,
  code: readonly Tag[],
  tests: readonly Tag[],
): string {
  const cells = [one.id, one.level, one.role, escaped(one.what)];
  if (one.notApplicable !== undefined)
    cells.push(`does not apply: ${escaped(one.notApplicable)}`, "");
  else if (one.notFollowed !== undefined)
    cells.push(
      `not followed: ${escaped(one.notFollowed)}`,
      links(one.id, tests),
    );
  else cells.push(links(one.id, code), links(one.id, tests));
  return `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
}

function links(id: string, tags: readonly Tag[]): string {
  return tags
    .filter((tag) => tag.id === id)
    .slice(0, MOST)
    .map(link)
    .join("; ");
}

function link({ path, name }: Place): string {
  return `[${escaped(name === "" ? path : name)}](../${path})`;
}

/** A text that holds what Markdown would take for its own. */
function escaped(text: string): string {
  return text.replaceAll("\\", "").replaceAll(/[|[\]<*_$]/g, "\\$&");
}
