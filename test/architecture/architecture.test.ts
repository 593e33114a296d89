import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT, loadSources, readModule } from "./imports.ts";
import {
  FOLDER_LIMIT,
  LINE_LIMIT,
  MEMBER_LIMIT,
  ROOMS,
  findFaults,
  folderFaults,
} from "./rules.ts";

/** A sound little tree, one file a room, with the given files on top. */
function plant(files: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries({
      "src/bytes.ts": "export const a = 1;",
      "src/errors.ts": 'import { a } from "./bytes.ts"; export const e = a;',
      "src/wire/reader.ts":
        'import { e } from "../errors.ts"; export const r = e;',
      "src/crypto/provider.ts": "export interface P { p: 1 }",
      "src/crypto/noble/index.ts":
        'import { x } from "@noble/curves/nist.js"; export const n = x;',
      "src/crypto/node.ts":
        'import { hash } from "node:crypto"; export const h = hash;',
      "src/x509/index.ts":
        'import type { P } from "../crypto/provider.ts"; export type Q = P;',
      "src/record/read-half.ts":
        'import { r } from "../wire/reader.ts"; export const half = r;',
      "src/handshake/machine.ts":
        'import type { Q } from "../x509/index.ts"; export type M = Q;',
      "src/handshake/messages/codec.ts": "export const c = 1;",
      "src/engine/index.ts":
        'import { half } from "../record/read-half.ts"; import type { M } from "../handshake/machine.ts"; export type E = M; export const en = half;',
      "src/ssl/context.ts":
        'import { en } from "../engine/index.ts"; export const s = en;',
      "src/net/memory.ts":
        'import { s } from "../ssl/context.ts"; export const m = s;',
      "src/net/node.ts":
        'import { Socket } from "node:net"; export const k = Socket;',
      "src/pki/index.ts": "export const p = 1;",
      "src/pkijs/index.ts":
        'import { Certificate } from "pkijs"; import { p } from "../pki/index.ts"; export const q = [Certificate, p];',
      "src/trace/index.ts":
        'import { c } from "../handshake/messages/codec.ts"; export const t = c;',
      "src/index.ts":
        'export { s } from "./ssl/context.ts"; export { m } from "./net/memory.ts";',
      "src/cli/main.ts":
        'import { k } from "../net/node.ts"; import { argv } from "node:process"; import { s } from "../index.ts"; import { p } from "../pki/index.ts"; export const go = [k, argv, s, p];',
      ...files,
    }),
  );
}

/** One file more than a folder may hold. */
function numbered(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (let n = 1; n <= FOLDER_LIMIT + 1; n++)
    files[`${folder}/x${String(n)}.ts`] = "export {};";
  return files;
}

describe("the tree", () => {
  it("keeps every rule of the layers", () => {
    expect(findFaults(loadSources("src"))).toEqual([]);
  });

  it("has no crowded folder of tests", () => {
    expect(folderFaults(loadSources("test").keys())).toEqual([]);
  });

  it("has a source for every entry point of package.json", () => {
    const manifest = JSON.parse(
      readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"),
    ) as {
      exports: Record<string, string | Record<string, string | object>>;
      bin: Record<string, string>;
    };
    const sources = loadSources("src");
    const missing = [
      ...Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : pathsOf(entry),
      ),
      ...Object.values(manifest.bin),
    ]
      .map((path) => path.replace(/^\.\//, ""))
      .filter((path) => path.startsWith("dist/"))
      // Made by the build, of entry points.
      .filter((path) => !/^dist\/(browser|standalone)\//.test(path))
      .map((path) => path.replace(/^dist\/(bundled\/)?/, "src/"))
      .map((path) => path.replace(/(\.d\.c?ts|\.js)$/, ".ts"))
      .filter((path) => !sources.has(path));
    expect(missing).toEqual([]);
  });
});

function pathsOf(entry: object): readonly string[] {
  return Object.values(entry).flatMap((one: unknown) =>
    typeof one === "object" && one !== null ? pathsOf(one) : String(one),
  );
}

describe("the rules", () => {
  it("are downward themselves", () => {
    for (const [floor, room] of ROOMS.entries())
      for (const allowed of room.mayImport) {
        const other = ROOMS.findIndex(
          ({ name, holds }) =>
            name === allowed || holds.some((held) => allowed.startsWith(held)),
        );
        expect(other, `${room.name} → ${allowed}`).toBeGreaterThanOrEqual(0);
        expect(other, `${room.name} → ${allowed}`).toBeLessThan(floor);
      }
  });

  it("accept a sound tree", () => {
    expect(findFaults(plant({}))).toEqual([]);
  });

  const planted: readonly {
    readonly fault: string;
    readonly files: Readonly<Record<string, string>>;
    readonly says: readonly string[];
  }[] = [
    {
      fault: "a circle",
      files: {
        "src/wire/a.ts": 'import { b } from "./b.ts"; export const a = b;',
        "src/wire/b.ts": 'export { c as b } from "./c.ts";',
        "src/wire/c.ts":
          'import type { a } from "./a.ts"; export const c: typeof a = 1;',
      },
      says: [
        "src/wire/a.ts → src/wire/b.ts → src/wire/c.ts → src/wire/a.ts: these files import each other in a circle",
      ],
    },
    {
      fault: "a file that imports itself",
      files: { "src/wire/a.ts": 'export { a as b } from "./a.ts";' },
      says: [
        "src/wire/a.ts → src/wire/a.ts: these files import each other in a circle",
      ],
    },
    {
      fault: "a node: import in the core",
      files: {
        "src/record/aead13.ts":
          '// one\nimport { createCipheriv } from "node:crypto";\nexport { createCipheriv };',
      },
      says: [
        "src/record/aead13.ts:2 imports node:crypto: node: modules are for net/node*.ts, node-tls/ and cli/, node:crypto for crypto/node.ts and crypto/node/, and node:zlib for compression/node.ts",
      ],
    },
    {
      fault: "another node: module in crypto/node.ts",
      files: { "src/crypto/node.ts": 'export { readFile } from "node:fs";' },
      says: [
        "src/crypto/node.ts:1 imports node:fs: node: modules are for net/node*.ts, node-tls/ and cli/, node:crypto for crypto/node.ts and crypto/node/, and node:zlib for compression/node.ts",
      ],
    },
    {
      fault: "another node: module in crypto/node/",
      files: {
        "src/crypto/node/aead.ts":
          'import { createHash } from "node:crypto"; import { Buffer } from "node:buffer"; export const a = [createHash, Buffer];',
      },
      says: [
        "src/crypto/node/aead.ts:1 imports node:buffer: node: modules are for net/node*.ts, node-tls/ and cli/, node:crypto for crypto/node.ts and crypto/node/, and node:zlib for compression/node.ts",
      ],
    },
    {
      fault: "a dynamic node: import",
      files: { "src/ssl/context.ts": 'export const s = import("node:net");' },
      says: [
        "src/ssl/context.ts:1 imports node:net: node: modules are for net/node*.ts, node-tls/ and cli/, node:crypto for crypto/node.ts and crypto/node/, and node:zlib for compression/node.ts",
        "src/index.ts → src/ssl/context.ts → node:net: the entry point src/index.ts must load in any runtime",
      ],
    },
    {
      fault: "a computed import",
      files: {
        "src/ssl/context.ts":
          'const name = "node:" + "net"; export const s = import(name);',
      },
      says: [
        "src/ssl/context.ts:1 imports a computed name: write it as a string, so that it can be checked",
      ],
    },
    {
      fault: "a node: module reached from a portable entry point",
      files: {
        "src/net/memory.ts":
          'import { k } from "./node.ts"; export const m = k;',
      },
      says: [
        "src/index.ts → src/net/memory.ts → src/net/node.ts → node:net: the entry point src/index.ts must load in any runtime",
      ],
    },
    {
      fault: "pkijs outside src/pkijs",
      files: {
        "src/x509/path.ts":
          'import { CertificateChainValidationEngine as V } from "pkijs"; export { V };',
      },
      says: [
        "src/x509/path.ts:1 imports the package pkijs, which lives in pkijs/ and nowhere else",
      ],
    },
    {
      fault: "a type of asn1js outside src/pkijs",
      files: {
        "src/x509/der.ts":
          'export type T = import("asn1js").Sequence; export const t = 1;',
      },
      says: [
        "src/x509/der.ts:1 imports the package asn1js, which lives in pkijs/ and nowhere else",
      ],
    },
    {
      fault: "noble outside crypto",
      files: {
        "src/handshake/transcript.ts":
          'import { sha256 } from "@noble/hashes/sha2.js"; export { sha256 };',
      },
      says: [
        "src/handshake/transcript.ts:1 imports the package @noble/hashes/sha2.js, which lives in crypto/ and nowhere else",
      ],
    },
    {
      fault: "a package of nobody's list",
      files: { "src/wire/x.ts": 'import "left-pad";' },
      says: [
        "src/wire/x.ts:1 imports the package left-pad, which is in no room's list: wire may use none",
      ],
    },
    {
      fault: "an upward edge",
      files: {
        "src/wire/x.ts":
          'import { s } from "../ssl/context.ts"; export const x = s;',
      },
      says: [
        "src/wire/x.ts:1 imports src/ssl/context.ts, but ssl stands above wire and imports run downward: wire may import only bytes, errors",
      ],
    },
    {
      fault: "an import of a file that is not there",
      files: { "src/bytes.ts": 'export { e } from "./wire/x.ts";' },
      says: [
        'src/bytes.ts:1 imports "./wire/x.ts", but there is no file src/wire/x.ts',
      ],
    },
    {
      fault: "record importing handshake",
      files: {
        "src/record/x.ts":
          'import type { M } from "../handshake/machine.ts"; export type X = M;',
      },
      says: [
        "src/record/x.ts:1 imports src/handshake/machine.ts, but record and handshake never import each other: the engine joins them",
      ],
    },
    {
      fault: "handshake importing record",
      files: {
        "src/handshake/x.ts":
          'import { half } from "../record/read-half.ts"; export const x = half;',
      },
      says: [
        "src/handshake/x.ts:1 imports src/record/read-half.ts, but record and handshake never import each other: the engine joins them",
      ],
    },
    {
      fault: "x509 importing the errors of TLS, wire and a primitive",
      files: {
        "src/x509/x.ts":
          'export * from "../errors.ts";\nexport * from "../wire/reader.ts";\nexport * from "../crypto/noble/index.ts";',
      },
      says: [
        "src/x509/x.ts:1 imports src/errors.ts, but x509 knows no TLS and has errors of its own",
        "src/x509/x.ts:2 imports src/wire/reader.ts, but x509 knows no TLS and reads DER, not TLS structures",
        "src/x509/x.ts:3 imports src/crypto/noble/index.ts, but x509 sees of crypto the interfaces in provider.ts alone",
      ],
    },
    {
      fault: "crypto importing errors",
      files: { "src/crypto/x.ts": 'export * from "../errors.ts";' },
      says: [
        "src/crypto/x.ts:1 imports src/errors.ts, but crypto knows nothing of TLS",
      ],
    },
    {
      fault: "trace reaching into the engine",
      files: { "src/trace/x.ts": 'export * from "../engine/index.ts";' },
      says: [
        "src/trace/x.ts:1 imports src/engine/index.ts, but trace may import only bytes, errors, wire, crypto, record, handshake",
      ],
    },
    {
      fault: "the core importing a leaf",
      files: {
        "src/engine/index.ts": 'export { t as en } from "../trace/index.ts";',
      },
      says: [
        "src/engine/index.ts:1 imports src/trace/index.ts, but trace stands above engine and imports run downward: engine may import only bytes, errors, wire, crypto, x509, record, handshake",
      ],
    },
    {
      fault: "code in index.ts",
      files: {
        "src/index.ts":
          'export { s } from "./ssl/context.ts";\nexport const version = 1;',
      },
      says: [
        "src/index.ts:2 is not a re-export: index.ts holds 'export … from' and nothing else",
      ],
    },
    {
      fault: "a file outside every room",
      files: { "src/util/misc.ts": "export const u = 1;" },
      says: [
        "src/util/misc.ts stands in no room: add its room to test/architecture/rules.ts, and why to ARCHITECTURE.md",
      ],
    },
    {
      fault: "a file that is too long",
      files: { "src/wire/x.ts": "export {};\n".repeat(LINE_LIMIT + 1) },
      says: ["src/wire/x.ts has 451 lines, more than 450: split it"],
    },
    {
      fault: "a table of members with a long one",
      files: {
        "src/ssl/ssl-context.ts": `class Long {\n  go(): void {\n${"    a;\n".repeat(MEMBER_LIMIT + 1)}  }\n}\n${"export {};\n".repeat(LINE_LIMIT)}`,
      },
      says: [
        "src/ssl/ssl-context.ts:2 has a body of 13 lines, more than 12: move it to a file of its subject",
      ],
    },
    {
      fault: "a crowded folder",
      files: numbered("src/compression"),
      says: [
        "src/compression holds 23 files, more than 22: group them by subject",
      ],
    },
    {
      fault: "nothing of a folder that has one file for each extension",
      files: numbered("src/handshake/extensions"),
      says: [],
    },
  ];

  for (const { fault, files, says } of planted)
    it(`report ${fault}`, () => {
      expect(findFaults(plant(files))).toEqual(says);
    });

  it("do not take comments and strings for imports", () => {
    const text = [
      '/* import { x } from "node:fs"; */',
      "const s = 'import(\"node:net\")';",
      "export { s };",
    ].join("\n");
    expect(readModule("src/wire/x.ts", text).imports).toEqual([]);
  });
});
