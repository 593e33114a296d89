/** A file that gets key log lines. */
import type { KeyLogCallback } from "./settings.ts";
import { appendFile, type Platform, readFile } from "../platform/platform.ts";

const HEADER = "# TLS secrets log file, made by puretls\n";

/**
 * Checks now that the file can be written, and appends whole lines to it from
 * then on.
 *
 * @throws SSLError where there is no file system, and for a path that cannot be
 *   written
 */
export function keyLogFile(platform: Platform, path: string): KeyLogCallback {
  appendFile(platform, path, "");
  const canLook =
    platform.readFile !== undefined || platform.appendFile === undefined;
  if (canLook && readFile(platform, path).length === 0)
    appendFile(platform, path, HEADER);
  const log = (line: string): void => {
    appendFile(platform, path, `${line}\n`);
  };
  PATHS.set(log, path);
  return log;
}

const PATHS = new WeakMap<KeyLogCallback, string>();

/** The path of the file that a callback writes to; null where it is none. */
export function keyLogPath(log: KeyLogCallback | null): string | null {
  return (log && PATHS.get(log)) ?? null;
}
