/**
 * Probes whether the programs that a peer needs are installed and start. A peer
 * is probed for all of them before its tests, which are then skipped by name
 * with the reason, instead of failing one by one.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** A program with the arguments of a harmless call. */
export type Command = readonly [program: string, ...args: string[]];

export interface Needs {
  /** The package that contains them, for the reason: `Debian package curl`. */
  readonly source: string;
  readonly programs?: readonly Command[];
  /** Programs whose call must succeed and print what matches. */
  readonly working?: readonly (readonly [Command, RegExp])[];
  readonly files?: readonly string[];
}

/** The output of the programs, or the reason why the peer is not here. */
export type Probed = { readonly output: string } | { readonly missing: string };

/** A loader's exit code when a shared library is missing, as a shell's. */
const CANNOT_START = 127;

export function probe(needs: Needs): Probed {
  const { source, programs = [], working = [], files = [] } = needs;
  const absent = files.find((file) => !existsSync(file));
  if (absent !== undefined)
    return { missing: `${absent} is not installed (${source})` };
  let output = "";
  const calls = [
    ...programs.map((command) => [command, undefined] as const),
    ...working,
  ];
  for (const [command, wanted] of calls) {
    const called = call(command, source);
    if ("missing" in called) return called;
    const { status, printed } = called;
    if (wanted && (status !== 0 || !wanted.test(printed)))
      return {
        missing: `${command[0]} does not work (${source}): ${lastLine(called.all)}`,
      };
    output += printed;
  }
  return { output };
}

interface Called {
  readonly status: number | null;
  /** Its standard output. */
  readonly printed: string;
  /** Its standard error behind that. */
  readonly all: string;
}

function call(
  [program, ...args]: Command,
  source: string,
): Called | { readonly missing: string } {
  const { stdout, stderr, error, status, signal } = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  if (error !== undefined && "code" in error && error.code === "ETIMEDOUT")
    return { missing: `${program} does not end when asked for its version` };
  if (error) return { missing: `${program} is not installed (${source})` };
  const all = `${stdout}\n${stderr}`;
  // Other exit codes say little: to some, a call without work is an error.
  if (status === CANNOT_START || signal !== null)
    return {
      missing: `${program} does not start (${source}): ${lastLine(all) || String(signal)}`,
    };
  return { status, printed: stdout, all };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}
