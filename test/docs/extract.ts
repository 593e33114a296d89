/**
 * Finds the examples that documentation promises to work: the code of each
 * `@example` in JSDoc, and each block of Markdown marked ```ts runnable or, if it
 * connects to a host on the Internet, ```ts online.
 */
import ts from "typescript";

export interface Example {
  /** The place of its first line: `src/bytes.ts:12`. */
  readonly origin: string;
  readonly code: string;
}

/** A runtime other than Node that examples are for: the fence says ```ts deno. */
export type Runtime = "deno" | "bun" | "workers" | "browser";

/**
 * The examples in the JSDoc of one source file: the ```ts blocks of an
 * `@example`, or all of its text when it has no block; those for Node, or those
 * for another runtime.
 */
export function examplesOfSource(
  path: string,
  text: string,
  runtime?: Runtime,
): Example[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const comments = new Map<number, ts.JSDoc>();
  const visit = (node: ts.Node): void => {
    for (const doc of ts.getJSDocCommentsAndTags(node))
      if (ts.isJSDoc(doc)) comments.set(doc.pos, doc);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...comments.values()].flatMap(({ pos, end }) => {
    const first = file.getLineAndCharacterOfPosition(pos).line;
    return examplesOfComment(path, first, text.slice(pos, end), runtime);
  });
}

/** The blocks of a Markdown file whose fence says ```ts and that word. */
export function examplesOfMarkdown(
  path: string,
  text: string,
  word: "runnable" | "online" = "runnable",
): Example[] {
  return fencedBlocks(text.split(/\r?\n/))
    .filter(({ info }) => info.replace(/\s+/, " ") === `ts ${word}`)
    .map(({ line, code }) => ({ origin: `${path}:${String(line + 1)}`, code }));
}

function examplesOfComment(
  path: string,
  firstLine: number,
  comment: string,
  runtime: Runtime | undefined,
): Example[] {
  const fence = runtime === undefined ? "ts" : `ts ${runtime}`;
  const isWanted = ({ info }: Block): boolean => info === fence;
  const lines = comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split(/\r?\n/)
    .map((line, i) => (i === 0 ? line : line.replace(/^\s*\* ?/, "")));
  const blocks = fencedBlocks(lines);
  const inBlock = (at: number): boolean =>
    blocks.some(({ line, end }) => at >= line - 1 && at < end);
  const tags = [...lines.entries()].filter(
    ([at, line]) => /^\s*@[a-zA-Z]/.test(line) && !inBlock(at),
  );
  return tags.flatMap(([at, line], index) => {
    if (!/^\s*@example\b/.test(line)) return [];
    const until = tags[index + 1]?.[0] ?? lines.length;
    const held = blocks.filter(
      (block) =>
        block.line > at && block.line <= until && /^ts\b/.test(block.info),
    );
    const origin = (offset: number): string =>
      `${path}:${String(firstLine + offset + 1)}`;
    if (held.length === 0) {
      if (runtime !== undefined) return [];
      const text = [
        line.replace(/^\s*@example\b/, ""),
        ...lines.slice(at + 1, until),
      ];
      return [{ origin: origin(at), code: `${text.join("\n").trim()}\n` }];
    }
    return held.filter(isWanted).map((block) => ({
      origin: origin(block.line),
      code: block.code,
    }));
  });
}

interface Block {
  readonly info: string;
  /** Index of the first line of code. */
  readonly line: number;
  /** Index after the closing fence. */
  readonly end: number;
  readonly code: string;
}

function fencedBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[i] ?? "");
    if (fence === null) continue;
    const marks = fence[1] ?? "";
    const line = i + 1;
    while (++i < lines.length && !(lines[i] ?? "").trim().startsWith(marks));
    const code = `${lines.slice(line, i).join("\n")}\n`;
    blocks.push({ info: fence[2] ?? "", line, end: i + 1, code });
  }
  return blocks;
}
