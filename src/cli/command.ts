import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** The streams of a command: those of a process, or of a test. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends a command that would go on for ever. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** All of `puretls NAME --help`. */
  readonly help: string;
  /** All options, for the shells' completion and the manual page. */
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
  /** Commands below it, as `make` of `cert`; they run by its own `run`. */
  readonly verbs?: readonly Command[];
  /** @returns the exit code */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** Stops a command; its message is one line for stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

type Arguments<O extends NonNullable<ParseArgsConfig["options"]>> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>;

/**
 * Options and operands by node:util's own rules.
 *
 * @throws CommandError for an option that does not exist or lacks its value
 */
export function readArguments<
  O extends NonNullable<ParseArgsConfig["options"]>,
>(args: readonly string[], options: O): Arguments<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's advice on operands that begin with a dash is left out.
    const [first = ""] = (
      error instanceof Error ? error.message : "arguments"
    ).split(/\. |\.?\n/);
    throw new CommandError(first);
  }
}

/**
 * The operands of a command that takes `most` of them.
 *
 * @throws CommandError when there are more
 */
export function readOperands(
  operands: readonly string[],
  most: number,
): readonly string[] {
  const extra = operands[most];
  if (extra !== undefined)
    throw new CommandError(`"${extra}" is one operand too many`);
  return operands;
}

/**
 * HOST:PORT, HOST or [IPv6]:PORT.
 *
 * @throws CommandError
 */
export function readAddress(
  text: string | undefined,
  defaultPort: number,
): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text ?? "");
  const host = match?.[1] ?? match?.[2];
  if (host === undefined)
    throw new CommandError(
      text === undefined
        ? "HOST:PORT is missing"
        : `"${text}" is not HOST:PORT (an IPv6 address goes in brackets)`,
    );
  return { host, port: readPort(match?.[3] ?? String(defaultPort)) };
}

/** @throws CommandError */
export function readPort(text: string | undefined): number {
  const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new CommandError(
      text === undefined ? "PORT is missing" : `"${text}" is not a port`,
    );
  return port;
}

/** A list with commas between its items. */
export function readList(text: string | undefined): readonly string[] {
  return text === undefined
    ? []
    : text.split(",").filter((item) => item !== "");
}

/** A choice, or the first of the choices when none was made. */
export function readChoice<const T extends string>(
  option: string,
  text: string | undefined,
  choices: readonly [T, ...T[]],
): T {
  if (text === undefined) return choices[0];
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    throw new CommandError(
      `${option} takes ${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}, not "${text}"`,
    );
  return found;
}

/** Writes to stdout, and waits where its reader is slow. */
export async function writeOut(
  { stdout, signal }: Terminal,
  bytes: Uint8Array | string,
): Promise<void> {
  if (!stdout.write(bytes)) await once(stdout, "drain", { signal });
}
