/** zstd for certificates, on a Node that has none as on one that has. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { CertificateCompressor } from "../../../../src/compression/index.ts";
import { zstd } from "../../../../src/compression/node.ts";
import { NODE24 } from "../scenarios/peers.ts";

/** Our row where this Node has zstd, or the same by a Node that has it. */
export const zstdRow: CertificateCompressor | undefined =
  zstd ?? (existsSync(NODE24) ? byNode24("zstd", 3) : undefined);

function byNode24(name: string, code: number): CertificateCompressor {
  const module = new URL(
    "../../../../src/compression/node.ts",
    import.meta.url,
  );
  const run = (call: string, data: Uint8Array): Uint8Array => {
    const program = `
      import { ${name} as row } from ${JSON.stringify(module.href)};
      import { readFileSync } from "node:fs";
      process.stdout.write(row.${call});`;
    return Uint8Array.from(
      execFileSync(NODE24, ["--input-type=module", "-e", program], {
        input: data,
      }),
    );
  };
  return {
    name,
    code,
    compress: (data) => run("compress(readFileSync(0))", data),
    decompress: (data, length) =>
      run(`decompress(readFileSync(0), ${String(length)})`, data),
  };
}
