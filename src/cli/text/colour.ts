/** Colours of a trace, on a terminal that has them. */
import type { Writable } from "node:stream";
import type { Terminal } from "../command.ts";

type Paint = (line: string) => string;

/**
 * Returns what colours the lines of a trace for that stream: nothing where it is
 * no terminal, where NO_COLOR is set (no-color.org) and where TERM is "dumb".
 */
export function traceColours(stream: Writable, env: Terminal["env"]): Paint {
  const isTerminal = "isTTY" in stream && stream.isTTY === true;
  const isUnwanted = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isTerminal && !isUnwanted ? paint : (line) => line;
}

const ESCAPE = "\u001b[";

/** A rung by the side that sends it, the line of its keys, alerts. */
function paint(line: string): string {
  if (/^(?:#\d+ )?\s*(?:--|<-+) alert /.test(line)) return painted(line, 33);
  if (/^(?:#\d+ )?\s*-- .*>$/.test(line)) return painted(line, 36);
  if (/^(?:#\d+ )?\s*<-.* --$/.test(line)) return painted(line, 32);
  if (/^(?:#\d+ )?\s*\[(?:client|server): /.test(line)) return painted(line, 2);
  return line;
}

function painted(line: string, code: number): string {
  return `${ESCAPE}${code.toString()}m${line}${ESCAPE}0m`;
}
