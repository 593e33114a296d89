/** `--trace`: connections shown on stderr as they happen. */
import { performance } from "node:perf_hooks";
import type { ProtocolMessage } from "../../engine/index.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import type { Terminal } from "../command.ts";
import { traceColours } from "../text/colour.ts";
import { terminalWidth } from "../text/width.ts";
import { traceDocument, TraceEntries } from "./document.ts";
import { type Detail, LiveTrace } from "./live-trace.ts";
import { jsonLine } from "../text/json.ts";

/** Its lines in the help of a command. */
export const TRACE_HELP = `  --trace[=DETAIL]   show each message on stderr, as it happens: a ladder;
                     fields: each field and its RFC section; hex: the bytes
                     beside them, and the steps of the key schedule; secrets:
                     its secrets too, with which anyone can read the connection;
                     json: a line of JSON at its end`;

/** Writes `--trace` as the option with a value that node:util knows. */
export function withTraceDetail(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return args.map((arg, at) =>
    arg === "--trace" && (end === -1 || at < end) ? "--trace=ladder" : arg,
  );
}

/** The traces of a context's connections. */
export interface Traces {
  /** Ends the trace of a connection, or all of them. */
  end(connection?: object): void;
}

interface Options {
  readonly side: "client" | "server";
  /** Several connections, each line with the number of its own. */
  readonly numbered?: boolean;
  readonly hidesHello?: boolean;
}

/** Traces the connections that are wrapped by the context from then on. */
export function traceTo(
  terminal: Terminal,
  context: SSLContext,
  detail: Detail | undefined,
  options: Options,
): Traces {
  if (detail === undefined) return { end: () => undefined };
  const open = new Map<object, LiveTrace>();
  const documents = new Map<object, () => object>();
  const colour = traceColours(terminal.stderr, terminal.env);
  let count = 0;
  const begin = (connection: object): LiveTrace => {
    count++;
    const prefix = options.numbered === true ? `#${count} ` : "";
    const entries = new TraceEntries();
    const began = performance.now();
    const startedDateTime = new Date().toISOString();
    const { side } = options;
    const number = count;
    documents.set(connection, () => ({
      ...(options.numbered === true && { number }),
      ...{ side, startedDateTime, entries: entries.list },
    }));
    const trace = new LiveTrace({
      ...(detail === "json" && {
        enter: (entry) => {
          entries.add(entry, Math.round(performance.now() - began));
        },
      }),
      detail,
      side: options.side,
      hidesHello: options.hidesHello === true,
      width: terminalWidth(terminal.stderr) - prefix.length,
      say: (line) => terminal.stderr.write(`${colour(prefix + line)}\n`),
    });
    open.set(connection, trace);
    return trace;
  };
  context.messageCallback = (
    connection: object,
    message: ProtocolMessage,
  ): void => {
    (open.get(connection) ?? begin(connection)).message(message);
  };
  if (showsSteps(detail)) {
    const { keyLog } = context;
    context.keyLog = (line) => {
      keyLog?.(line);
      const [, random] = line.split(" ");
      for (const trace of open.values())
        if (trace.clientRandom === random) trace.keyLog(line);
    };
  }
  return {
    end: (connection) => {
      for (const [one, trace] of open) {
        if (connection !== undefined && connection !== one) continue;
        trace.end();
        open.delete(one);
        const document = documents.get(one)?.();
        documents.delete(one);
        if (detail === "json" && document !== undefined)
          terminal.stderr.write(jsonLine(traceDocument([document])));
      }
    },
  };
}

function showsSteps(detail: Detail): boolean {
  return detail === "hex" || detail === "secrets";
}
