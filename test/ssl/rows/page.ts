/** docs/python-ssl.md, made of the rows and of the tests that show them. */
import type { Row, Section, Shown } from "./rows.ts";

const HEAD = `# Python's \`ssl\`, rule by rule

Made by \`npm run docs:ssl\` from \`test/ssl/rows/\` and from the titles of the tests;
a test fails when it is out of date or when a row has no test. The last column says
what differs from Python, if anything does.
`;

/** As many as one wants to read in a cell. */
const MOST_TESTS = 4;

export function renderPage(
  sections: readonly Section[],
  tests: ReadonlyMap<string, readonly Shown[]>,
): string {
  const rows = sections.flatMap((section) => section.rows);
  const count = (of: (row: Row) => boolean): string =>
    rows.filter(of).length.toString();
  const isShown = (row: Row): boolean => (tests.get(row.id) ?? []).length > 0;
  const counts = [
    `${rows.length.toString()} rows`,
    `${count((row) => row.difference === "")} as in Python`,
    `${count((row) => row.difference !== "" && !isRefused(row))} with a difference`,
    `${count(isRefused)} refused`,
  ];
  const open = count((row) => !isShown(row));
  if (open !== "0") counts.push(`${open} without a test yet`);
  const tables = sections.map(({ title, rows: own }) =>
    [
      `## ${title}\n`,
      "| row | Python | here | shown by | difference |",
      "| --- | --- | --- | --- | --- |",
      ...own.map((row) => line(row, tests.get(row.id) ?? [])),
      "",
    ].join("\n"),
  );
  return [HEAD, `${counts.join(", ")}.\n`, ...tables].join("\n");
}

function isRefused({ difference }: Row): boolean {
  return difference.startsWith("refused: ");
}

function line(row: Row, shown: readonly Shown[]): string {
  const links = shown
    .slice(0, MOST_TESTS)
    .map(({ path, title }) => `[${escaped(title)}](../${path})`);
  const tests = links.length > 0 ? links.join("; ") : "not yet";
  const cells = [row.id, row.python, row.ours, tests, row.difference];
  return `| ${cells.join(" | ")} |`;
}

/** A title that holds what Markdown would take for its own. */
function escaped(title: string): string {
  return title.replaceAll("\\", "").replaceAll(/[|[\]<*_]/g, "\\$&");
}
