/** Fields of a message as lines, with their bytes or without. */
import { toHex } from "../../bytes.ts";
import type { WireField } from "../../trace/dissect/dissect.ts";

const INDENT = 6;
/** Stands for a space that no line is broken at. */
const TOGETHER = "\u00a0";
/** Bytes on a line. */
const ROW = 8;

/** A text under a rung of the ladder, broken where it is too long. */
export function indented(text: string, depth: number, width: number): string[] {
  const indent = " ".repeat(INDENT + 2 * depth);
  return broken(text, width - indent.length).map((line) => indent + line);
}

/** Each field beside its bytes, with their offset in the message. */
export function bytesBeside(
  fields: readonly Omit<WireField, "lengthBytes" | "holds">[],
  width: number,
): string[] {
  let offset = 0;
  const lines: string[] = [];
  for (const { name, value, section, depth, bytes } of fields) {
    const indent = " ".repeat(depth);
    const left = hexRows(bytes, offset);
    const room = width - 6 - 3 * ROW - 2 - indent.length;
    const right = broken(`${name}: ${value} [${section}]`, room);
    const count = Math.max(left.length, right.length);
    for (let row = 0; row < count; row++) {
      const hex = (left[row] ?? "").padEnd(6 + 3 * ROW + 1);
      const text = right[row];
      lines.push((text === undefined ? hex : hex + indent + text).trimEnd());
    }
    offset += bytes.length;
  }
  return lines;
}

function hexRows(bytes: Uint8Array, offset: number): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const pairs = Array.from(row, (byte) => toHex(Uint8Array.of(byte)));
    const place = (offset + at).toString(16).padStart(4, "0");
    rows.push(`${place}  ${pairs.join(" ")}`);
  }
  return rows;
}

/** Breaks between words, and inside of those that are longer than a line. */
function broken(text: string, width: number): string[] {
  const room = Math.max(20, width);
  const lines: string[] = [];
  let line = "";
  // A section is not broken in two.
  const words = text.replace(/\[[^\]]*\]$/, (section) =>
    section.split(" ").join(TOGETHER),
  );
  for (const word of words.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = "  ";
    }
    line += line.trim() === "" ? word : ` ${word}`;
    while (line.length > room) {
      lines.push(line.slice(0, room));
      line = `  ${line.slice(room)}`;
    }
  }
  return [...lines, line].map((one) => one.split(TOGETHER).join(" "));
}
