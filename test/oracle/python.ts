/**
 * CPython's own `ssl` module in a child: one process that answers JSON lines,
 * for the whole test file.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

const found = spawnSync(
  "python3",
  ["-c", "import ssl; print(ssl.OPENSSL_VERSION)"],
  { encoding: "utf8" },
);

/** OpenSSL's version below Python's module; undefined where there is no python3. */
export const PYTHON_OPENSSL: string | undefined =
  found.status === 0 ? found.stdout.trim() : undefined;

/** A suite that needs python3; it is skipped by name where there is none. */
export function describePython(title: string, tests: () => void): void {
  if (PYTHON_OPENSSL !== undefined)
    describe(`${title}, next to CPython with ${PYTHON_OPENSSL}`, tests);
  else if (
    (process.env["PURETLS_REQUIRE_PEERS"] ?? "").split(",").includes("python")
  )
    it("python3 is installed", () => {
      throw new Error("PURETLS_REQUIRE_PEERS asks for python3");
    });
  else it.skip(`${title}: python3 is not installed`);
}

/** The outcome of a call in the child. */
export type Outcome =
  | { readonly value: unknown }
  | {
      readonly error: string;
      readonly parents: readonly string[];
      readonly message: string;
      readonly reason: string | null;
      readonly library: string | null;
      readonly errno: number | null;
      readonly verifyCode: number | null;
      readonly verifyMessage: string | null;
    };

/** The child; {@link PythonSsl.end} it. */
export class PythonSsl {
  readonly #child: ChildProcess;
  readonly #waiting: {
    readonly resolve: (line: string) => void;
    readonly reject: (reason: Error) => void;
  }[] = [];

  /** @param env beside this process's: another version of CPython's */
  constructor(env: Readonly<Record<string, string>> = {}) {
    const driver = fileURLToPath(new URL("driver.py", import.meta.url));
    this.#child = spawn("python3", [driver], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("no pipe");
    createInterface({ input: stdout }).on("line", (line) => {
      this.#waiting.shift()?.resolve(line);
    });
    this.#child.on("exit", (code) => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`driver.py ended with ${String(code)}`));
    });
  }

  /** Makes a call, and answers what came of it. */
  async call(request: Readonly<Record<string, unknown>>): Promise<Outcome> {
    if (this.#child.exitCode !== null) throw new Error("driver.py has ended");
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    return JSON.parse(line) as Outcome;
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

/**
 * The part of an outcome that has to be the same: the value, or class, reason
 * and text. Where Python has no reason, ours may have one; after Python's text
 * ours may add more.
 */
export function essence(result: Outcome, next: Outcome = result): unknown {
  if ("value" in result) return result;
  const { error, reason, verifyCode } = result;
  const isTold = "error" in next && next.reason !== null;
  const text = textOf(result.message);
  const beginning = "error" in next ? textOf(next.message) : text;
  return {
    error,
    reason: isTold ? reason : null,
    verifyCode,
    text: text.startsWith(beginning) ? beginning : text,
  };
}

/** Texts of Python's parser of arguments, whose types have other names here. */
const ANY_TEXT = [
  /^'\w+' object cannot be interpreted as an integer$/,
  /^a bytes-like object is required, not '\w+'$/,
  /^expected str, bytes or os.PathLike object, not \w+$/,
  /^an integer is required/,
  // Without the month, which is cut off before it is parsed.
  /^time data '\s.*' does not match format ' %d/,
];

const OUR_NAMES: Readonly<Record<string, string>> = {
  cafile: "caFile",
  capath: "caPath",
  cadata: "ca",
};

/** A message without its prefix and its line of C, and with our names. */
function textOf(message: string): string {
  if (ANY_TEXT.some((one) => one.test(message))) return "";
  return message
    .replace(/^\('(.*)',\)$/, "$1")
    .replace(/^\[[^\]]*\] /, "")
    .replace(/ \(_ssl\.c:\d+\)$/, "")
    .replace(/\b(?:cafile|capath|cadata)\b/g, (name) => OUR_NAMES[name] ?? name)
    .replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) =>
      name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
    )
    .replace(/(No such file or directory): '.*'$/, "$1");
}
