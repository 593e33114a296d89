#!/usr/bin/env node
/** The `puretls` command. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printable } from "../bytes.ts";
import { type Command, CommandError, type Terminal } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { connect } from "./connect/connect.ts";
import { isTarget } from "./connect/target.ts";
import { explain } from "./text/explain.ts";
import { version } from "./version.ts";

const HELP = `puretls: TLS 1.2 and 1.3 in pure TypeScript

Usage: puretls COMMAND [OPTIONS]
       puretls HOST[:PORT] [OPTIONS]   as puretls connect
       puretls HOST/PATH, https://...  fetches the page

Commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join("\n")}

puretls help COMMAND tells the options of a command; puretls --version, which
this is. Exit codes: 0, 1 for what failed, 2 for wrong use, 130 when interrupted.
`;

/**
 * Runs a command line, without the program's name.
 *
 * @returns the exit code: 0; 1 after one line on stderr; 2 for a command line
 *   that is wrong; 130 (as shells have it) when the signal ended it
 */
export async function main(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) {
    terminal.stderr.write(HELP);
    return WRONG_USE;
  }
  const isHelp = first === "--help" || first === "-h" || first === "help";
  const [asked, askedVerb] = first === "help" ? rest : [];
  if (isHelp && (asked === undefined || asked.startsWith("-"))) {
    terminal.stdout.write(HELP);
    return 0;
  }
  if (first === "--version" || first === "-V") {
    terminal.stdout.write(`puretls ${version()}\n`);
    return 0;
  }
  const name = asked ?? first;
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined && asked === undefined && isTarget(first))
    return run(connect, args, terminal);
  if (command === undefined) {
    const hint = ALIASES[name] ?? "puretls --help lists them";
    terminal.stderr.write(
      `puretls: no command "${printable(name)}" (${hint})\n`,
    );
    return WRONG_USE;
  }
  if (asked !== undefined || asksForHelp(rest)) {
    const word = asked === undefined ? rest[0] : askedVerb;
    const verb = command.verbs?.find((one) => one.name === word);
    terminal.stdout.write((verb ?? command).help);
    return 0;
  }
  return run(command, rest, terminal);
}

/** The exit code for a command line that is wrong, as most programs have it. */
const WRONG_USE = 2;

/** Commands of openssl, and those that stand for them here. */
const ALIASES: Readonly<Record<string, string>> = {
  s_client: "it is puretls connect",
  s_server: "it is puretls serve",
  x509: "it is puretls cert show",
  verify: "it is puretls cert verify",
};

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes("--help") || options.includes("-h");
}

async function run(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { name } = command;
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (terminal.signal.aborted) return 130;
    const isWrongUse = error instanceof CommandError;
    const hint = isWrongUse ? ` (puretls ${name} --help)` : "";
    terminal.stderr.write(`puretls ${name}: ${explain(error)}${hint}\n`);
    return isWrongUse ? WRONG_USE : 1;
  }
}

/** Tells whether Node was started with this file, by a link or not. */
function isProgram(): boolean {
  const [, started] = process.argv;
  if (started === undefined) return false;
  try {
    return (
      realpathSync(started) === realpathSync(fileURLToPath(import.meta.url))
    );
  } catch {
    // `node --eval` has words of its own in that place.
    return false;
  }
}

if (isProgram()) {
  const { stdin, stdout, stderr, env } = process;
  const interrupted = new AbortController();
  const interrupt = (): void => {
    interrupted.abort();
  };
  // A second signal ends the process at once.
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  // Whoever read our output has gone: `puretls connect … | head`.
  stdout.on("error", interrupt);
  // Nobody reads what we complain of: that alone ends nothing.
  stderr.on("error", () => undefined);
  const { signal } = interrupted;
  process.exitCode = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    signal,
  });
}
