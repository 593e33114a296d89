/** Explains records or handshake messages that are in no capture. */
import { noble } from "../../crypto/noble/index.ts";
import { RecordFollower } from "../../trace/follow.ts";
import { HandshakeJoiner } from "../../record/handshake-joiner.ts";
import { HEADER_LENGTH } from "../../record/protection.ts";
import { ContentType, HandshakeType, nameOf } from "../../wire/code-points.ts";
import { type Terminal, writeOut } from "../command.ts";
import { traceDocument, TraceEntries } from "../trace/document.ts";
import { type Detail, LiveTrace } from "../trace/live-trace.ts";
import { jsonText } from "../text/json.ts";

/** Longest message that is read. */
const MAX_MESSAGE = 2 ** 17;

/** @throws Error for bytes that are neither, with the file's name */
export async function explainMessages(
  name: string,
  bytes: Uint8Array,
  { detail, width }: { readonly detail: Detail; readonly width: number },
  terminal: Terminal,
): Promise<void> {
  const lines: string[] = [];
  const entries = new TraceEntries();
  const trace = new LiveTrace({
    // A ladder of one rung says nothing.
    detail: detail === "ladder" ? "fields" : detail,
    ...{ width, side: "client" },
    say: (line) => lines.push(line),
    ...(detail === "json" && {
      enter: (entry) => {
        entries.add(entry, 0);
      },
    }),
  });
  try {
    if (!read(trace, bytes)) throw new Error("no whole message");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${name}: neither a capture nor TLS records or handshake messages (${why})`,
      { cause: error },
    );
  }
  if (detail === "json") {
    const document = traceDocument([{ notes: [], entries: entries.list }]);
    await writeOut(terminal, jsonText(document));
  } else await writeOut(terminal, `${lines.join("\n")}\n`);
}

/** @returns false where there is no whole message */
function read(trace: LiveTrace, bytes: Uint8Array): boolean {
  let count = 0;
  const [type = -1, major] = bytes;
  const isRecord = nameOf(ContentType, type) !== undefined && major === 3;
  const first = isRecord ? bytes[HEADER_LENGTH] : type;
  const from = SERVERS.has(first ?? -1) ? "server" : "client";
  if (isRecord) {
    new RecordFollower({
      ...{ provider: noble, keyLog: undefined },
      sink: {
        record: (record) => {
          count++;
          trace.record(record);
        },
        message: (_from, { raw }) => {
          trace.watched(from, raw);
        },
      },
    }).feed(from, bytes);
    return count > 0;
  }
  const joiner = new HandshakeJoiner(() => MAX_MESSAGE);
  joiner.push(bytes.slice());
  for (let next = joiner.next(); next; next = joiner.next()) {
    if (nameOf(HandshakeType, next.type) === undefined)
      throw new Error(`no handshake message has the type ${next.type}`);
    count++;
    trace.watched(from, next.raw);
  }
  return count > 0 && joiner.isEmpty;
}

/** Messages that servers alone send. */
const SERVERS: ReadonlySet<number> = new Set([
  HandshakeType.hello_request,
  HandshakeType.server_hello,
  HandshakeType.new_session_ticket,
  HandshakeType.encrypted_extensions,
  HandshakeType.server_key_exchange,
  HandshakeType.certificate_request,
  HandshakeType.server_hello_done,
  HandshakeType.certificate_status,
]);
