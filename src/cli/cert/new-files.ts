/** Files that a command makes: never by accident over others. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { CommandError } from "../command.ts";

export interface NewFile {
  readonly path: string;
  readonly content: string;
  /** For its owner's eyes alone. */
  readonly secret: boolean;
}

/** @throws CommandError when one of them is there */
export function refuseExisting(paths: readonly string[]): void {
  const found = paths.filter((path) => existsSync(path));
  if (found.length > 0)
    throw new CommandError(
      `${found.join(", ")}: there already; --force writes over`,
    );
}

/**
 * Writes new files; with `force` those that are there go first, because a file
 * that is only written over keeps its mode.
 *
 * @throws Node's errors of files
 */
export function writeFiles(files: readonly NewFile[], force: boolean): void {
  for (const { path, content, secret } of files) {
    if (force) rmSync(path, { force: true });
    writeFileSync(path, content, {
      flag: "wx",
      mode: secret ? 0o600 : 0o644,
    });
  }
}
