import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  PROJECT_ROOT,
  loadSources,
  readModule,
  resolveImport,
} from "../architecture/imports.ts";
import { examplesOfMarkdown, examplesOfSource } from "./extract.ts";
import type { Example } from "./extract.ts";
import { checkExamples, entryPoints, runExamples } from "./run.ts";
import type { Failures } from "./run.ts";

/** Sources that a user can reach, from the entry points along the imports. */
function publicExamples(): Example[] {
  const sources = loadSources("src");
  const reached = new Set(entryPoints().values());
  for (const path of reached)
    for (const { specifier } of readModule(path, sources.get(path) ?? "")
      .imports) {
      const target = resolveImport(path, specifier ?? "");
      if (target !== undefined) reached.add(target);
    }
  return [...reached]
    .sort()
    .flatMap((path) => examplesOfSource(path, sources.get(path) ?? ""));
}

function markdownExamples(word: "runnable" | "online"): Example[] {
  const docs = join(PROJECT_ROOT, "docs");
  const pages = existsSync(docs)
    ? readdirSync(docs)
        .filter((name) => name.endsWith(".md"))
        .map((name) => `docs/${name}`)
    : [];
  return ["README.md", ...pages]
    .filter((path) => existsSync(join(PROJECT_ROOT, path)))
    .flatMap((path) =>
      examplesOfMarkdown(
        path,
        readFileSync(join(PROJECT_ROOT, path), "utf8"),
        word,
      ),
    );
}

/** A site on loopback, for one visitor, in place of one on the Internet. */
const SITE = `
import { noble as siteProvider } from "puretls/crypto/noble";
import { serve as serveSite } from "puretls/node";
import { createSelfSigned as createSite } from "puretls/pki";

const made = createSite({ provider: siteProvider, hosts: ["127.0.0.1"] });
const site = await serveSite({ cert: made.pem, key: made.key.toPem() });
void (async () => {
  const { socket } = await site.accept();
  const request = await socket.recv();
  if (request.length > 0) await socket.sendAll(request);
  await socket.close();
  await site.close();
})();
`;

/** The example with the host that it connects to replaced by {@link SITE}. */
function offline({ origin, code }: Example): Example {
  const host = /host: "[^"]+", port: 443/g;
  const here = 'host: "127.0.0.1", port: site.port, ca: made.pem';
  if (!host.test(code)) throw new Error(`${origin} names no host and port`);
  return { origin, code: SITE + code.replace(host, here) };
}

/** Whole programs of `examples/`. */
function exampleFiles(): Example[] {
  const folder = join(PROJECT_ROOT, "examples");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({
      origin: `examples/${name}`,
      code: readFileSync(join(folder, name), "utf8"),
    }));
}

const onlineExamples = markdownExamples("online");
const offlineExamples = [
  ...publicExamples(),
  ...markdownExamples("runnable"),
  ...exampleFiles(),
];
const examples = [...offlineExamples, ...onlineExamples];

describe.runIf(examples.length > 0)("the documentation's examples", () => {
  let thrown: Failures;
  let mistyped: Failures;
  beforeAll(async () => {
    thrown = await runExamples([
      ...offlineExamples,
      ...onlineExamples.map(offline),
    ]);
    mistyped = checkExamples(examples);
  }, 120_000);

  for (const { origin } of examples)
    it(`${origin} runs and type-checks`, () => {
      expect(thrown.get(origin)).toBeUndefined();
      expect(mistyped.get(origin)).toBeUndefined();
    });
});

describe("examples/README.md", () => {
  it("names each program", () => {
    const path = join(PROJECT_ROOT, "examples", "README.md");
    const page = readFileSync(path, "utf8");
    const left = exampleFiles()
      .map(({ origin }) => origin.replace("examples/", ""))
      .filter((name) => !page.includes(`[${name}](${name})`));
    expect(left).toEqual([]);
  });
});

describe("extraction", () => {
  it("finds the ts blocks of @example and nothing else", () => {
    const source = [
      "/**",
      " * Adds.",
      " *",
      " * ```ts",
      " * notAnExample();",
      " * ```",
      " *",
      " * @example",
      " * ```ts",
      " * const [a] = [1];",
      " *   // @throws is no tag in here",
      " * if (a !== 1) throw new Error();",
      " * ```",
      " * and also",
      " * ```ts",
      " * second();",
      " * ```",
      " * @throws Error",
      " * ```ts",
      " * neitherThis();",
      " * ```",
      " */",
      "export function f(): void {}",
      "export interface I {",
      "  /** @example ```ts is not a fence in the middle of a line",
      "   * ```ts",
      "   * member();",
      "   * ```",
      "   */",
      "  m(): void;",
      "}",
    ].join("\n");
    expect(examplesOfSource("src/f.ts", source)).toEqual([
      {
        origin: "src/f.ts:10",
        code: "const [a] = [1];\n  // @throws is no tag in here\nif (a !== 1) throw new Error();\n",
      },
      { origin: "src/f.ts:16", code: "second();\n" },
      { origin: "src/f.ts:27", code: "member();\n" },
    ]);
  });

  it("finds those for another runtime apart", () => {
    const source =
      "/**\n * @example\n * ```ts deno\n * there();\n * ```\n * ```ts\n * here();\n * ```\n */\nexport const f = 1;\n";
    const codes = (runtime?: "deno" | "bun") =>
      examplesOfSource("src/f.ts", source, runtime).map(({ code }) => code);
    expect(codes()).toEqual(["here();\n"]);
    expect(codes("deno")).toEqual(["there();\n"]);
    expect(codes("bun")).toEqual([]);
  });

  it("finds an @example without a block as a whole", () => {
    const source =
      "\n/**\n * @example f(1);\n *   f(2);\n *\n * @throws no */\nexport const f = 1;\n";
    expect(examplesOfSource("src/f.ts", source)).toEqual([
      { origin: "src/f.ts:3", code: "f(1);\n  f(2);\n" },
    ]);
  });

  it("finds the blocks of Markdown that are marked", () => {
    const page = [
      "```ts",
      "no();",
      "```",
      "~~~ts runnable",
      "yes();",
      "~~~",
      "````md",
      "```ts runnable",
      "no();",
      "```",
      "````",
      "```ts online",
      "visit();",
      "```",
    ].join("\r\n");
    expect(examplesOfMarkdown("README.md", page)).toEqual([
      { origin: "README.md:5", code: "yes();\n" },
    ]);
    expect(examplesOfMarkdown("README.md", page, "online")).toEqual([
      { origin: "README.md:13", code: "visit();\n" },
    ]);
  });
});

describe("the runner", () => {
  it("tells the example that ran from those that did not", async () => {
    const failures = await runExamples(
      [
        {
          origin: "good",
          code: 'import { setTimeout } from "node:timers/promises";\nawait setTimeout(1);\nconst n: number = 1;',
        },
        { origin: "throws", code: 'throw new Error("planted");' },
        {
          origin: "rejects",
          code: 'void Promise.reject(new Error("in the air"));',
        },
        { origin: "exits", code: "process.exit(0);" },
        { origin: "hangs", code: "for (;;);" },
        { origin: "syntax", code: "const = 1;" },
        {
          origin: "nowhere",
          code: 'import { x } from "puretls/nowhere"; x();',
        },
        { origin: "good after all", code: 'await Promise.resolve("fine");' },
      ],
      3,
    );
    expect(Object.fromEntries(failures)).toEqual({
      throws: expect.stringContaining("planted"),
      rejects: expect.stringContaining("in the air"),
      exits: "ended the process with exit code 0",
      hangs: "did not end within 3 s",
      syntax: expect.stringContaining("Expected identifier"),
      nowhere: 'package.json exports no "puretls/nowhere"',
    });
  });

  it("reports wrong types", () => {
    const failures = checkExamples([
      { origin: "good", code: "const n: number = await Promise.resolve(1);" },
      { origin: "bad", code: 'export const n: number = "1";' },
    ]);
    expect(Object.fromEntries(failures)).toEqual({
      bad: "line 1: Type 'string' is not assignable to type 'number'.",
    });
  });
});
