/** A file that gets key log lines. */
import type { KeyLog } from "./context-state.ts";
import { appendFile, type Platform, readFile } from "./platform.ts";

const HEADER = "# TLS secrets log file, made by puretls\n";

/**
 * Opens the file now, and appends whole lines to it from then on.
 *
 * @throws SSLError where there is no file system, and for a path that cannot be
 *   written
 */
export function keyLogFile(platform: Platform, path: string): KeyLog {
  appendFile(platform, path, "");
  const canLook =
    platform.readFile !== undefined || platform.appendFile === undefined;
  if (canLook && readFile(platform, path).length === 0)
    appendFile(platform, path, HEADER);
  return (line) => {
    appendFile(platform, path, `${line}\n`);
  };
}
