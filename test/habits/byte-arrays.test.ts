/**
 * One way to tell arrays of bytes: `instanceof` knows those of its own realm alone,
 * and a frame, node:vm or a test runner has others.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));
/** The one file that may ask; its functions are for the others. */
const HELPER = "bytes.ts";

const BY_CLASS =
  /instanceof\s+(?:globalThis\.)?(?:\w*Array(?:Buffer)?|DataView|Buffer)\b/;

function faultsOf(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line))
    .filter((line) => BY_CLASS.test(line))
    .map((line) => line.trim());
}

describe("arrays of bytes", () => {
  it("are told by isByteArray() and isArrayBuffer() everywhere", () => {
    const faults = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && file !== HELPER)
      .flatMap((file) =>
        faultsOf(readFileSync(join(SOURCES, file), "utf8")).map(
          (line) => `src/${file}: ${line}`,
        ),
      );
    expect(faults).toEqual([]);
  });

  it("are found where they are told by class", () => {
    for (const name of ["Uint8Array", "ArrayBuffer", "DataView", "Buffer"])
      expect(faultsOf(`if (!(x instanceof ${name})) throw y;`)).toHaveLength(1);
    expect(faultsOf(" * not `x instanceof Uint8Array`")).toEqual([]);
    expect(faultsOf("if (x instanceof TlsError) throw y;")).toEqual([]);
  });
});
