#!/usr/bin/env node
/** The `puretls` command. */
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printable } from "../bytes.ts";
import { type Command, CommandError, type Terminal } from "./command.ts";
import { cert } from "./cert/cert.ts";
import { ciphers } from "./ciphers.ts";
import { connect } from "./connect.ts";
import { demo } from "./demo.ts";
import { explain } from "./text/explain.ts";
import { serve } from "./serve.ts";

const COMMANDS: readonly Command[] = [connect, serve, cert, ciphers, demo];

const HELP = `puretls: TLS 1.3 in pure TypeScript

Usage: puretls COMMAND [OPTIONS]

Commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join("\n")}

puretls COMMAND --help tells the options of a command; puretls --version, which
this is.
`;

/**
 * Runs a command line, without the program's name.
 *
 * @returns the exit code: 0, 1 after one line on stderr, or 130 (as shells have
 *   it) when the signal ended it
 */
export async function main(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    terminal.stderr.write(HELP);
    return 1;
  }
  if (name === "--help" || name === "-h") {
    terminal.stdout.write(HELP);
    return 0;
  }
  if (name === "--version" || name === "-V") {
    terminal.stdout.write(`puretls ${version()}\n`);
    return 0;
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
    if (terminal.signal.aborted) return 130;
    const hint =
      error instanceof CommandError ? ` (puretls ${name} --help)` : "";
    terminal.stderr.write(`puretls ${name}: ${explain(error)}${hint}\n`);
    return 1;
  }
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof content === "object" && content !== null && "version" in content
    ? String(content.version)
    : "";
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
  const { signal } = interrupted;
  process.exitCode = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    signal,
  });
}
