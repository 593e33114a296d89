/** The results as lines for a terminal and as a table for docs/timing.md. */
import type { Row } from "./row.ts";
import { together, verdictOf, type Welch } from "./welch.ts";

/** One measured row, in aligned columns and as a row in Markdown. */
export interface Line {
  readonly text: string;
  readonly markdown: string;
}

const COLUMNS = [
  "operation",
  "provider",
  "first class",
  "second class",
  "samples",
  "mean",
  "difference, ns",
  "t (of each seed)",
  "verdict",
];

const WIDTHS = [40, 8, 18, 18, 7, 9, 18, 36, 8];

export const HEAD = padded(COLUMNS);

/** The line of a row from the results of its seeds. */
export function lineOf(row: Row, seeds: readonly Welch[]): Line {
  const ts = seeds.map(({ t }) => t);
  const counted = seeds.flatMap(({ counts }) => counts);
  const difference = mean(seeds.map((seed) => seed.difference));
  const error = mean(seeds.map(errorOf)) / Math.sqrt(seeds.length);
  const cells = [
    row.name,
    row.provider,
    ...row.classes,
    String(counted.reduce((sum, count) => sum + count, 0)),
    time(mean(seeds.map((seed) => seed.mean))),
    `${difference.toFixed(0)} ± ${error.toFixed(0)}`,
    `${together(ts).toFixed(1)} (${ts.map((t) => t.toFixed(1)).join(", ")})`,
    verdictOf(ts),
  ];
  return { text: padded(cells), markdown: markdown(cells) };
}

/** The head of a table in Markdown. */
export const MARKDOWN_HEAD = [COLUMNS, COLUMNS.map(() => "---")]
  .map(markdown)
  .join("\n");

function markdown(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function padded(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join(" ")
    .trimEnd();
}

/** The standard error of a difference. */
function errorOf({ t, difference }: Welch): number {
  return t === 0 ? 0 : Math.abs(difference / t);
}

function time(ns: number): string {
  return ns < 1e6
    ? `${(ns / 1e3).toFixed(1)} µs`
    : `${(ns / 1e6).toFixed(2)} ms`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
