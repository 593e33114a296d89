/** A trace as JSON; docs/command-line.md has its shape. */
import { toHex } from "../../bytes.ts";
import { version } from "../version.ts";
import type { TraceEntry } from "./live-trace.ts";

/** The entries of one connection, each with its time. */
export class TraceEntries {
  readonly #entries: object[] = [];
  #last:
    | { entry: TraceEntry; object: { bytes: number; records: number } }
    | undefined;

  /** `time` is in milliseconds since the first of them. */
  add(entry: TraceEntry, time: number): void {
    const { from, type, name, bytes, keys } = entry;
    const isData = type === "application_data";
    const last = this.#last;
    // Data without end is no entry without end.
    if (isData && last !== undefined && isAlike(last.entry, entry)) {
      last.object.bytes += bytes;
      last.object.records++;
      return;
    }
    const head = { time, from, type, name, keys };
    const fields = entry.fields.map((field) => ({
      ...{ name: field.name, value: field.value, section: field.section },
      ...{ depth: field.depth, bytes: toHex(field.bytes) },
    }));
    const object = { ...head, bytes, records: 1, fields };
    this.#entries.push(object);
    this.#last = isData ? { entry, object } : undefined;
  }

  get list(): readonly object[] {
    return this.#entries;
  }
}

/** Connections as one document, with the frame that HAR files have. */
export function traceDocument(connections: readonly object[]): object {
  const creator = { name: "puretls", version: version() };
  return { log: { version: "1.0", creator, connections } };
}

function isAlike(one: TraceEntry, other: TraceEntry): boolean {
  return (
    one.from === other.from &&
    one.keys === other.keys &&
    one.name === other.name
  );
}
