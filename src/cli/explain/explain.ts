/** `puretls explain`: a connection out of a capture, or one hello. */
import { readFileSync } from "node:fs";
import { latin1 } from "../../bytes.ts";
import { KeyLog } from "../../trace/index.ts";
import { isCapture, readCapture, type Capture } from "../capture/packets.ts";
import { segmentOf } from "../capture/segments.ts";
import { Streams } from "../capture/streams.ts";
import {
  type Command,
  CommandError,
  readArguments,
  readOperands,
  type Terminal,
  writeOut,
} from "../command.ts";
import { inputName, readInput } from "../input-file.ts";
import { traceColours } from "../text/colour.ts";
import { terminalWidth } from "../text/width.ts";
import { traceDocument } from "../trace/document.ts";
import { type Detail, DETAILS } from "../trace/live-trace.ts";
import { withTraceDetail } from "../trace/option.ts";
import { hexOrBytes } from "./hex-dump.ts";
import { Conversation } from "./conversation.ts";
import { explainMessages } from "./messages.ts";
import { jsonText } from "../text/json.ts";

const HELP = `Usage: puretls explain FILE|- [OPTIONS]

Shows the TLS connections of a capture (pcap or pcapng, of Ethernet, loopback,
Linux cooked or plain IP) as --trace shows a live one; TLS 1.2 and 1.3 are
decrypted with a key log, which a pcapng file may bring along. FILE may also
hold records or handshake messages alone, as they are or in hexadecimal.

  --keylog FILE      a key log (SSLKEYLOGFILE); may be repeated
  --stream N         that TCP connection alone, as tshark numbers them
  --trace[=DETAIL]   a ladder; fields: each field and its RFC section; hex: the
                     bytes beside them, and the steps of the key schedule;
                     secrets: its secrets too
  --json             the same as JSON: connections, messages, fields and bytes

Ends with 0; with 1 where there is no TLS in it, or no such stream.
`;

export const EXPLAIN_OPTIONS = {
  keylog: { type: "string", multiple: true },
  stream: { type: "string" },
  trace: { type: "string", choices: DETAILS },
  json: { type: "boolean" },
} as const;

export const explainCapture: Command = {
  name: "explain",
  summary: "show the connections of a capture, decrypted with a key log",
  help: HELP,
  options: EXPLAIN_OPTIONS,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(
      withTraceDetail(args),
      EXPLAIN_OPTIONS,
    );
    const [file] = readOperands(positionals, 1);
    if (file === undefined) throw new CommandError("FILE is missing");
    const { trace = "ladder" } = values;
    const detail = values.json === true ? "json" : trace;
    const only = readStream(values.stream);
    const keyLog = new KeyLog();
    for (const one of values.keylog ?? [])
      keyLog.add(latin1(readFileSync(one)));
    const name = inputName(file);
    const bytes = await readInput(file, terminal);
    const width = terminalWidth(terminal.stdout);
    if (!isCapture(bytes)) {
      if (only !== undefined)
        throw new CommandError(`--stream is for captures, and ${name} is none`);
      const messages = hexOrBytes(bytes);
      await explainMessages(name, messages, { detail, width }, terminal);
      return 0;
    }
    const capture = readCapture(name, bytes);
    for (const text of capture.keyLogs) keyLog.add(text);
    return explain(name, capture, { keyLog, detail, width, only }, terminal);
  },
};

interface Wanted {
  readonly keyLog: KeyLog;
  readonly detail: Detail;
  readonly width: number;
  readonly only: number | undefined;
}

async function explain(
  name: string,
  capture: Capture,
  { keyLog, detail, width, only }: Wanted,
  terminal: Terminal,
): Promise<number> {
  const all: Conversation[] = [];
  const streams = new Streams((stream) => {
    const one = new Conversation({ stream, keyLog, detail, width });
    if (only === undefined || only === stream.number) all.push(one);
    else return { data: () => undefined };
    return one;
  });
  for (const packet of capture.packets) {
    terminal.signal.throwIfAborted();
    const segment = segmentOf(packet);
    if (segment !== undefined) streams.take(segment);
  }
  const colour = traceColours(terminal.stdout, terminal.env);
  const found = all.filter(({ client }) => client !== undefined);
  const notes = capture.fault === undefined ? [] : [capture.fault];
  if (streams.leftOut > 0)
    notes.push(`${streams.leftOut} packets of too many streams are left out`);
  for (const note of notes) terminal.stderr.write(`${name}: ${note}\n`);
  if (found.length === 0) {
    const what = only === undefined ? "" : ` in stream ${only}`;
    throw new Error(
      `${name}: no ClientHello${what}, in ${capture.packets.length} packets`,
    );
  }
  if (detail === "json") {
    const connections = found.map((one) => connectionObject(one, streams));
    await writeOut(terminal, jsonText(traceDocument(connections)));
  } else
    for (const one of found) {
      const lines = [
        headOf(one),
        ...one.trace.lines.map(colour),
        ...notesOf(one, streams),
        "",
      ];
      await writeOut(terminal, `${lines.join("\n")}\n`);
    }
  return 0;
}

function headOf({ stream, client }: Conversation): string {
  const [from, to] = endsOf(stream, client);
  return `stream ${stream.number}: ${from} to ${to}, ${new Date(stream.began).toISOString()}`;
}

/** The side that sent the ClientHello, and the other one. */
function endsOf(
  stream: Conversation["stream"],
  client: string | undefined,
): readonly [string, string] {
  const { client: one, server: other } = stream;
  return client === other ? [other, one] : [one, other];
}

function notesOf(one: Conversation, streams: Streams): readonly string[] {
  const { fault, before, stream } = one;
  const { hasKeys } = one.trace;
  return [
    ...(before > 0 ? [`${before} bytes came before TLS`] : []),
    ...(hasKeys ? [] : ["no secrets of this connection in a key log"]),
    ...(fault === undefined ? [] : [fault]),
    ...streams
      .incomplete(stream.number)
      .map((side) => `the capture lacks bytes of ${side}: it ends there`),
  ];
}

function connectionObject(one: Conversation, streams: Streams): object {
  const { stream, client } = one;
  const { entries } = one.trace;
  const [from, to] = endsOf(stream, client);
  return {
    stream: stream.number,
    client: from,
    server: to,
    startedDateTime: new Date(stream.began).toISOString(),
    notes: notesOf(one, streams),
    entries: entries.list,
  };
}

function readStream(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text))
    throw new CommandError(`--stream takes a number from 0, not "${text}"`);
  return Number(text);
}
