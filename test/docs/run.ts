/**
 * Runs examples as a user's program would: bundled once by esbuild with
 * `puretls` standing for the sources, then loaded by a Node of its own, which
 * one that hangs or exits cannot take the test with.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { BuildFailure, Plugin } from "esbuild";
import ts from "typescript";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import type { Example } from "./extract.ts";

/**
 * Error texts by the origin of the example; an example that passed has none.
 */
export type Failures = ReadonlyMap<string, string>;

/** Import name → source file from the project's root, by package.json. */
export function entryPoints(): Map<string, string> {
  const manifest = JSON.parse(
    readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"),
  ) as {
    name: string;
    exports: Record<string, string | { readonly default: string }>;
  };
  const entries = new Map<string, string>();
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === "string") continue; // package.json itself
    const match = /^\.\/dist\/(.*)\.js$/.exec(entry.default);
    if (match === null) throw new Error(`${name} is not in dist`);
    entries.set(`${manifest.name}${name.slice(1)}`, `src/${match[1] ?? ""}.ts`);
  }
  return entries;
}

/** Bundles and runs the examples in order; each has `seconds` to end. */
export async function runExamples(
  examples: readonly Example[],
  seconds = 20,
): Promise<Failures> {
  const folder = mkdtempSync(join(tmpdir(), "puretls-examples-"));
  try {
    const files = writeExamples(folder, examples);
    const failures = await bundle(folder, files);
    const runnable = [...files].filter(([origin]) => !failures.has(origin));
    await runBundles(folder, runnable, seconds, failures);
    return failures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Type-checks the examples against the sources, as strictly as the project. */
export function checkExamples(examples: readonly Example[]): Failures {
  const folder = mkdtempSync(join(tmpdir(), "puretls-examples-"));
  try {
    const files = writeExamples(folder, examples);
    const program = ts.createProgram([...files.values()], compilerOptions());
    const failures = new Map<string, string>();
    for (const [origin, path] of files) {
      const source = program.getSourceFile(path);
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ].map((diagnostic) => describeDiagnostic(diagnostic));
      if (found.length > 0) failures.set(origin, found.join("\n"));
    }
    return failures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeExamples(
  folder: string,
  examples: readonly Example[],
): Map<string, string> {
  const files = new Map<string, string>();
  for (const [index, { origin, code }] of examples.entries()) {
    const path = join(folder, `example-${String(index)}.ts`);
    writeFileSync(path, `${code}\nexport {};\n`);
    files.set(origin, path);
  }
  return files;
}

export function compilerOptions(): ts.CompilerOptions {
  const file = join(PROJECT_ROOT, "tsconfig.json");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, (path) => ts.sys.readFile(path)).config,
    { ...ts.sys, readDirectory: () => [] },
    PROJECT_ROOT,
  );
  const paths: Record<string, string[]> = {};
  for (const [name, source] of entryPoints())
    paths[name] = [join(PROJECT_ROOT, source)];
  return {
    ...options,
    paths,
    typeRoots: [join(PROJECT_ROOT, "node_modules", "@types")],
    // The examples' folder has no package.json to say that it holds ESM.
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    // An example may name a result and leave it at that.
    noUnusedLocals: false,
  };
}

function describeDiagnostic(diagnostic: ts.Diagnostic): string {
  const { file, start } = diagnostic;
  const line =
    file === undefined
      ? 0
      : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
  return `line ${String(line)}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
}

/** Answers the examples that cannot be bundled; the rest is in `folder`. */
async function bundle(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (;;) {
    const left = [...files].filter(([origin]) => !failures.has(origin));
    try {
      await buildAll(
        folder,
        left.map(([, path]) => path),
      );
      return failures;
    } catch (error) {
      const known = failures.size;
      for (const { text, location } of buildErrors(error)) {
        const broken = left.find(
          ([, path]) => join(PROJECT_ROOT, location?.file ?? "") === path,
        );
        if (broken !== undefined) failures.set(broken[0], text);
      }
      if (failures.size === known) throw error; // The sources are at fault.
    }
  }
}

function buildErrors(error: unknown): BuildFailure["errors"] {
  return error instanceof Error && "errors" in error
    ? (error as BuildFailure).errors
    : [];
}

async function buildAll(
  folder: string,
  entries: readonly string[],
): Promise<void> {
  const sources = entryPoints();
  const puretls: Plugin = {
    name: "puretls",
    setup(context) {
      context.onResolve({ filter: /^puretls(\/|$)/ }, ({ path }) => {
        const source = sources.get(path);
        return source === undefined
          ? { errors: [{ text: `package.json exports no "${path}"` }] }
          : { path: join(PROJECT_ROOT, source) };
      });
    },
  };
  await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [...entries],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    nodePaths: [join(PROJECT_ROOT, "node_modules")],
    plugins: [puretls],
    logLevel: "silent",
  });
}

const RUNNER = join(PROJECT_ROOT, "test", "docs", "runner.mjs");

/** Runs in one child, and in a further one after an example that broke it. */
async function runBundles(
  folder: string,
  files: readonly (readonly [string, string])[],
  seconds: number,
  failures: Map<string, string>,
): Promise<void> {
  let next = 0;
  while (next < files.length) {
    const child = fork(
      RUNNER,
      files.slice(next).map(([, path]) => path.replace(/\.ts$/, ".mjs")),
      { cwd: folder, stdio: ["ignore", "ignore", "inherit", "ipc"] },
    );
    next += await watch(child, seconds, (index, failure) => {
      const origin = files[next + index]?.[0];
      if (origin !== undefined && failure !== undefined)
        failures.set(origin, failure);
    });
  }
}

/** Resolves to how many examples the child is done with. */
function watch(
  child: ChildProcess,
  seconds: number,
  report: (index: number, failure: string | undefined) => void,
): Promise<number> {
  return new Promise((resolve) => {
    let done = 0;
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.on("message", (message: { failure: string | null }) => {
      report(done++, message.failure ?? undefined);
      limit.refresh();
    });
    child.on("exit", (code, signal) => {
      clearTimeout(limit);
      const ended = signal ?? `exit code ${String(code)}`;
      report(
        done,
        timedOut
          ? `did not end within ${String(seconds)} s`
          : `ended the process with ${ended}`,
      );
      resolve(done + 1);
    });
  });
}
