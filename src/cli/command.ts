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

/** The options of a command, as node:util reads them, by their long names. */
export type Options = Readonly<Record<string, Option>>;

type Option = NonNullable<ParseArgsConfig["options"]>[string] & {
  /** The words that its one value can be. */
  readonly choices?: readonly string[];
};

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** All of `puretls NAME --help`. */
  readonly help: string;
  readonly options: Options;
  /** Commands below it, as `make` of `cert`; they run by its own `run`. */
  readonly verbs?: readonly Command[];
  /** @returns the exit code */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** A command whose first word names one of the commands below it. */
export function commandOf(
  facts: Pick<Command, "name" | "summary" | "help">,
  verbs: readonly Command[],
): Command {
  const names = verbs.map(({ name }) => name);
  const known = `${names.slice(0, -1).join(", ")} or ${names.slice(-1).join("")}`;
  return {
    ...facts,
    options: {},
    verbs,
    run: (args, terminal) => {
      const [name, ...rest] = args;
      const verb = verbs.find((one) => one.name === name);
      if (verb !== undefined) return verb.run(rest, terminal);
      throw new CommandError(
        name === undefined ? `${known} is missing` : `${known}, not "${name}"`,
      );
    },
  };
}

/** Stops a command; its message is one line for stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

type Value<O extends Option> = O extends { choices: readonly (infer T)[] }
  ? T
  : O extends { type: "boolean" }
    ? boolean
    : O extends { multiple: true }
      ? string[]
      : string;

/** The values of the options of a command line. */
export type Values<O extends Options> = {
  readonly [K in keyof O]?: Value<O[K]> | undefined;
};

export interface Arguments<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
}

/**
 * Options and operands by node:util's own rules.
 *
 * @throws CommandError for an option that does not exist or lacks its value, and
 *   for a value that is none of its choices
 */
export function readArguments<O extends Options>(
  args: readonly string[],
  options: O,
): Arguments<O>;
export function readArguments(
  args: readonly string[],
  options: Options,
): ReturnType<typeof parse> {
  const read = parse(args, options);
  for (const [name, { choices = [] }] of Object.entries(options)) {
    const value = read.values[name];
    if (typeof value === "string" && choices.length > 0)
      checkChoice(`--${name}`, value, choices);
  }
  return read;
}

function checkChoice(
  option: string,
  value: string,
  choices: readonly string[],
): void {
  if (!choices.includes(value))
    throw new CommandError(
      `${option} takes ${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}, not "${value}"`,
    );
}

function parse(args: readonly string[], options: Options) {
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

/** Writes to stdout, and waits where its reader is slow. */
export async function writeOut(
  { stdout, signal }: Terminal,
  bytes: Uint8Array | string,
): Promise<void> {
  if (!stdout.write(bytes)) await once(stdout, "drain", { signal });
}
