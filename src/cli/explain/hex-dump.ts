/** Hexadecimal digits as people paste them, and as xxd and hexdump print them. */
import { fromHex, latin1 } from "../../bytes.ts";

/** Returns the bytes that hexadecimal digits stand for, or those that are there. */
export function hexOrBytes(file: Uint8Array): Uint8Array {
  const text = latin1(file);
  return bytesOf(text) ?? bytesOf(withoutOffsets(text)) ?? file;
}

function bytesOf(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/0x|[\s:,]/g, "");
  return digits.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(digits)
    ? fromHex(digits)
    : undefined;
}

/** The middle of each line: without its offset, and the text at its end. */
function withoutOffsets(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const [, colon, rest = ""] =
        /^[0-9a-fA-F]{4,8}(:?)(?:\s+(.*))?$/.exec(line.trimEnd()) ?? [];
      // xxd divides digits from text by two spaces, hexdump -C by a bar.
      const [digits = ""] = colon === ":" ? rest.split("  ") : rest.split("|");
      return digits;
    })
    .join(" ");
}
