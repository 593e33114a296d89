#!/usr/bin/env node
/** The `puretls` command. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printable } from "../bytes.ts";
import { type Command, CommandError, type Terminal } from "./command.ts";
import { connect } from "./connect.ts";
import { demo } from "./demo.ts";
import { explain } from "./explain.ts";
import { serve } from "./serve.ts";

const COMMANDS: readonly Command[] = [connect, serve, demo];

const HELP = `puretls: TLS 1.3 in pure TypeScript

Usage: puretls COMMAND [OPTIONS]

Commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join("\n")}

puretls COMMAND --help tells the options of a command.
`;

/**
 * Runs a command line, without the program's name.
 *
 * @returns the exit code: 0, or 1 after one line on stderr
 */
export async function main(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    terminal.stdout.write(HELP);
    return name === undefined ? 1 : 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    terminal.stderr.write(
      `puretls: no command "${printable(name)}" (puretls --help lists them)\n`,
    );
    return 1;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    terminal.stdout.write(command.help);
    return 0;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    const hint =
      error instanceof CommandError ? ` (puretls ${name} --help)` : "";
    terminal.stderr.write(`puretls ${name}: ${explain(error)}${hint}\n`);
    return 1;
  }
}

/** Whether Node was started with this file, by a link or not. */
function isProgram(): boolean {
  const [, started] = process.argv;
  return (
    started !== undefined &&
    realpathSync(started) === realpathSync(fileURLToPath(import.meta.url))
  );
}

if (isProgram()) {
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    interrupted.abort();
  });
  const { stdin, stdout, stderr, env } = process;
  const { signal } = interrupted;
  process.exitCode = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    signal,
  });
}
