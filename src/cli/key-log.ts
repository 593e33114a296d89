import { appendFileSync } from "node:fs";

/**
 * Appends key log lines to a file, which is made if need be.
 *
 * @throws Error at once when it cannot be written to
 */
export function keyLogTo(file: string): (line: string) => void {
  try {
    appendFileSync(file, "", { mode: 0o600 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`--keylog: ${why}`, { cause: error });
  }
  return (line) => {
    appendFileSync(file, `${line}\n`);
  };
}
