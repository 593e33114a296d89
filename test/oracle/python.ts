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

/** What a call in the child came to. */
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
  readonly #waiting: ((line: string) => void)[] = [];

  constructor() {
    const driver = fileURLToPath(new URL("driver.py", import.meta.url));
    this.#child = spawn("python3", [driver], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("no pipe");
    createInterface({ input: stdout }).on("line", (line) => {
      this.#waiting.shift()?.(line);
    });
  }

  /** Makes a call, and answers what came of it. */
  async call(request: Readonly<Record<string, unknown>>): Promise<Outcome> {
    const line = await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    return JSON.parse(line) as Outcome;
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

/**
 * What has to be the same: the value, or class and reason. Where Python knows no
 * reason, ours may know one.
 */
export function essence(result: Outcome, next: Outcome = result): unknown {
  if ("value" in result) return result;
  const { error, reason, verifyCode } = result;
  const isTold = "error" in next && next.reason !== null;
  return { error, reason: isTold ? reason : null, verifyCode };
}
