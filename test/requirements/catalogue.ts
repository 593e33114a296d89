/**
 * The requirements of the RFCs in short words, by ids that count the sentences
 * of each section: `9846-4.3.2-05` is the fifth of RFC 9846, section 4.3.2.
 */
import { readFileSync } from "node:fs";

export interface Requirement {
  readonly id: string;
  /** MUST, SHOULD NOT, MAY …, as RFC 2119 writes them. */
  readonly level: string;
  /** The party that it binds. */
  readonly role: string;
  readonly what: string;
  /** The reason for which it does not bind a TLS stack, or not this one. */
  readonly notApplicable?: string;
  /** The reason for which it is not followed. */
  readonly notFollowed?: string;
}

export interface Section {
  /** As in "RFC 9846 4.2.2 Client Hello". */
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

const ROW =
  /^(?<id>\d{4}-[\w.]+-\d+[a-z]?) \| (?<level>[A-Z ]+) \| (?<role>[^|]+) \| (?<what>[^|]+?)(?: \| (?<kind>n\/a|not followed): (?<reason>[^|]+))?$/;

/** @throws Error for a line that is neither a section nor a requirement */
export function readCatalogue(file: "rfc9846.txt" | "tls12.txt"): Section[] {
  return readFileSync(new URL(file, import.meta.url), "utf8")
    .split(/^# /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...lines] = section.split("\n");
      const requirements = lines
        .filter((line) => line !== "")
        .map((line) => readRow(line, file));
      return { title, requirements };
    });
}

function readRow(line: string, file: string): Requirement {
  const groups = ROW.exec(line)?.groups;
  if (groups === undefined)
    throw new Error(`${file}: "${line}" is no requirement`);
  const { id = "", level = "", role = "", what = "", kind, reason } = groups;
  return {
    id,
    level,
    role,
    what,
    ...(kind === "n/a" && { notApplicable: reason ?? "" }),
    ...(kind === "not followed" && { notFollowed: reason ?? "" }),
  };
}

/** Tells whether code and a test have to name it. */
export function isBinding(requirement: Requirement): boolean {
  return (
    requirement.notApplicable === undefined &&
    requirement.notFollowed === undefined &&
    /^(?:MUST|SHALL|REQUIRED)/.test(requirement.level)
  );
}
