import type { TraceRecord } from "./decode.ts";

export interface LadderOptions {
  /** Says what each message holds. Default false. */
  readonly fields?: boolean;
  /** Columns between the two sides. Default 40. */
  readonly width?: number;
}

const LEFT = 10;

/**
 * A connection as a ladder: one line a message, an arrow that shows the way it
 * went, its size, and the keys that protected it. See {@link TraceDecoder} for
 * an example.
 *
 * @returns lines without line ends
 */
export function formatLadder(
  records: readonly TraceRecord[],
  options: LadderOptions = {},
): string[] {
  const width = options.width ?? 40;
  const lines = [ladderHead(width)];
  let keys: Partial<Record<TraceRecord["from"], string>> = {};
  for (const record of records) {
    const shown = record.keys ?? "no encryption";
    if (keys[record.from] !== shown) {
      lines.push(keysLine(record.from, shown));
      keys = { ...keys, [record.from]: shown };
    }
    for (const rung of rungs(record)) {
      lines.push(arrow(record.from, rung.text, width));
      if (options.fields === true)
        for (const [name, value] of rung.fields)
          lines.push(...wrap(`${name}: ${value}`, width + LEFT + 18));
    }
  }
  return lines;
}

/** The line above a ladder, with the two sides. */
export function ladderHead(width: number): string {
  return `${"client".padEnd(LEFT)}${" ".repeat(width)}    server`;
}

/** The line where a side changes its keys. */
export function keysLine(from: TraceRecord["from"], keys: string): string {
  return `${" ".repeat(LEFT)}  [${from}: ${keys}]`;
}

interface Rung {
  readonly text: string;
  readonly fields: readonly (readonly [string, string])[];
}

function rungs(record: TraceRecord): readonly Rung[] {
  if (record.messages.length > 0)
    return record.messages.map(({ name, length, fields }) => ({
      text: `${camel(name)} ${length} B`,
      fields,
    }));
  const note = record.note === undefined ? "" : ` (${record.note})`;
  const text = `${record.type}${note} ${record.length} B`;
  return [{ text, fields: [] }];
}

/** One message, on its way from a side to the other. */
export function arrow(
  from: TraceRecord["from"],
  text: string,
  width: number,
): string {
  const label = ` ${text} `;
  const dashes = "-".repeat(Math.max(2, width - label.length));
  const shaft =
    from === "client" ? `--${label}${dashes}>` : `<${dashes}${label}--`;
  return " ".repeat(LEFT) + shaft;
}

function wrap(text: string, width: number): string[] {
  const indent = " ".repeat(LEFT + 6);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= width - indent.length) {
      lines.push(indent + line);
      line = "  ";
    }
    line += line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, indent + line];
}

/** Writes client_hello as ClientHello, as the RFC does. */
export function camel(name: string): string {
  return name
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
