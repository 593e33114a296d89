/**
 * CPython's own `ssl` module in a child: one process that answers JSON lines,
 * for the whole test file.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { THOROUGH } from "../support/thorough.ts";

/** A CPython that is installed. */
export interface Interpreter {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** As "3.13.0". */
  readonly version: string;
  /** OpenSSL's version below its module. */
  readonly openssl: string;
}

const TELL =
  "import platform, ssl; print(platform.python_version()); print(ssl.OPENSSL_VERSION)";

/** The interpreter of a command; undefined where there is none with `ssl`. */
function interpreter(
  program: string,
  env: Readonly<Record<string, string>> = {},
): Interpreter | undefined {
  const { status, stdout } = spawnSync(program, ["-c", TELL], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) return undefined;
  const [version = "", openssl = ""] = stdout.trim().split("\n");
  return { program, env, version, openssl };
}

/**
 * Outcomes that differ between the versions from 3.10 to 3.13; the oracle has no
 * others. (The flags that 3.13 made defaults of `create_default_context()` are
 * compared in test/field.)
 */
export const DIFFERENCES = {
  /**
   * SSL_read_ex() says 0 for a reset too, which CPython took for an end before 3.13;
   * since then it is the error of the socket, as here.
   */
  resetIsAnEnd: ({ version }: Interpreter): boolean =>
    /^3\.1[0-2]\./.test(version),
  /** `set_ecdh_curve()` takes curves of EC keys alone, without X25519, in 3.10. */
  noX25519: ({ version }: Interpreter): boolean => version.startsWith("3.10."),
} as const;

/** Versions that pyenv has: those of 3.13, and in the thorough run all from 3.10 on. */
function pyenvVersions(): readonly string[] {
  const root = process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv");
  const folder = join(root, "versions");
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const wanted = THOROUGH ? /^3\.1\d\.\d+$/ : /^3\.13\.\d+$/;
  return versions.filter((version) => wanted.test(version));
}

/** Each CPython that is found, once a version. */
const PYTHONS: readonly Interpreter[] = [
  ...new Map(
    [
      interpreter("python3"),
      interpreter("python3.13"),
      ...pyenvVersions().map((version) =>
        interpreter("python3", { PYENV_VERSION: version }),
      ),
    ].flatMap((one) =>
      one === undefined ? [] : [[one.version, one] as const],
    ),
  ).values(),
];

/**
 * A suite for each CPython, whose version stands in its title; it is skipped by name
 * where there is none.
 */
export function describePython(
  title: string,
  tests: (python: Interpreter) => void,
): void {
  for (const python of PYTHONS) {
    const { version, openssl } = python;
    describe(`${title}, next to CPython ${version} with ${openssl}`, () => {
      tests(python);
    });
  }
  if (PYTHONS.length > 0) return;
  if (
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

  /** @param python its `env` stands beside this process's */
  constructor({ program, env }: Pick<Interpreter, "program" | "env">) {
    const driver = fileURLToPath(new URL("driver.py", import.meta.url));
    this.#child = spawn(program, [driver], {
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
