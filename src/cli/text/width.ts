import type { Writable } from "node:stream";

/** Columns of what is no terminal. */
const DEFAULT_WIDTH = 80;
const LEAST = 60;
const MOST = 120;

/** Columns of a stream's lines: the terminal's, 60 to 120; 80 for any other. */
export function terminalWidth(stream: Writable): number {
  const columns = columnsOf(stream);
  return columns === undefined
    ? DEFAULT_WIDTH
    : Math.min(MOST, Math.max(LEAST, columns));
}

/** Columns of a terminal; undefined for what is none, or does not tell. */
export function columnsOf(stream: Writable): number | undefined {
  const columns: unknown = "columns" in stream ? stream.columns : undefined;
  return typeof columns === "number" && columns > 0 ? columns : undefined;
}
