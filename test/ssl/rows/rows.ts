/**
 * The rules of Python's `ssl` by their ids, and the tests that show each: a test
 * shows those rows that its title begins with, as in `"X-61 X-62: …"` or
 * `"P-10 to P-20: …"`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../architecture/imports.ts";

export interface Row {
  readonly id: string;
  readonly python: string;
  readonly ours: string;
  /**
   * The difference from Python; "refused: …" where puretls has no equivalent.
   */
  readonly difference: string;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Shown {
  /** From the project's root. */
  readonly path: string;
  /** The title without the ids that precede it. */
  readonly title: string;
}

const FOLDER = "test/ssl/rows";
const FILES = [
  "module.txt",
  "constants.txt",
  "context.txt",
  "connections.txt",
  "certificates.txt",
  "examples.txt",
];

const ROW =
  /^(?<id>[A-Z]-\d+[a-c]?) \| (?<python>[^|]+) \| (?<ours>[^|]+) \|(?: (?<difference>[^|]+))?$/;

/** @throws Error for a line that is neither a section nor a row */
export function readSections(): Section[] {
  return FILES.flatMap((file) => {
    const text = readFileSync(join(PROJECT_ROOT, FOLDER, file), "utf8");
    return text
      .split(/^# /m)
      .slice(1)
      .map((section) => {
        const [title = "", ...lines] = section.split("\n");
        const rows = lines
          .filter((line) => line !== "")
          .map((line) => readRow(line, file));
        return { title, rows };
      });
  });
}

function readRow(line: string, file: string): Row {
  const groups = ROW.exec(line)?.groups;
  if (groups === undefined) throw new Error(`${file}: what is ${line}?`);
  const { id = "", python = "", ours = "", difference = "" } = groups;
  return { id, python, ours, difference };
}

const ONE = String.raw`(?:X-\d{3}|[A-Z]-\d\d[a-c]?)`;
const RANGE = new RegExp(`(${ONE})(?: to (${ONE}))?`, "g");
const TITLE = new RegExp(
  String.raw`["'\x60](${ONE}(?:(?: to | )${ONE})*): ((?:\\.|[^"'\x60\\]|(?<=\w)'(?=\w))*)["'\x60]`,
  "g",
);

/** The part of a title that differs from test to test. */
const PARAMETERS = /[:,]? ?(?:%[a-z]|\$\{).*$/;

/** The rows that a text like `"P-10 to P-20 T-01"` names. */
export function idsOf(text: string, all: readonly string[]): string[] {
  return [...text.matchAll(RANGE)].flatMap(([, first = "", last]) => {
    if (last === undefined) return [first];
    return all.slice(all.indexOf(first), all.indexOf(last) + 1);
  });
}

/** Each row's tests, those of the oracle first. */
export function testsByRow(all: readonly string[]): Map<string, Shown[]> {
  const found = new Map<string, Shown[]>(all.map((id) => [id, []]));
  for (const path of testFiles()) {
    const text = readFileSync(join(PROJECT_ROOT, path), "utf8");
    for (const [, ids = "", whole = ""] of text.matchAll(TITLE)) {
      const title = whole.replace(PARAMETERS, "");
      for (const id of idsOf(ids, all)) {
        const shown = found.get(id);
        if (shown === undefined) throw new Error(`${path}: no row ${id}`);
        if (!shown.some((one) => one.path === path && one.title === title))
          shown.push({ path, title });
      }
    }
  }
  return found;
}

function testFiles(): string[] {
  return readdirSync(join(PROJECT_ROOT, "test"), { recursive: true })
    .map((path) => `test/${String(path).replaceAll("\\", "/")}`)
    .filter((path) => /\.test\.ts$|^test\/oracle\/.*\.ts$/.test(path))
    .filter((path) => !path.includes("/node_modules/"))
    .filter((path) => !path.startsWith(FOLDER))
    .sort();
}
