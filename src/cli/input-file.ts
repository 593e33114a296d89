/** Files that a command reads, "-" for stdin. */
import { readFileSync } from "node:fs";
import { X509Error } from "../x509/index.ts";
import { concatAll, isByteArray, utf8Bytes } from "../bytes.ts";
import { CommandError, type Terminal } from "./command.ts";

/** More than any bundle of certificates has. */
const MOST = 64 * 1024 * 1024;

/**
 * @throws CommandError for more than 64 MiB, and Node's errors of files
 */
export async function readInput(
  file: string,
  { stdin }: Terminal,
): Promise<Uint8Array> {
  if (file !== "-") return readFileSync(file);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = isByteArray(chunk) ? chunk : utf8Bytes(String(chunk));
    length += bytes.length;
    if (length > MOST) throw new CommandError("stdin has more than 64 MiB");
    parts.push(bytes);
  }
  return concatAll(parts);
}

/** Returns the name of a file for messages. */
export function inputName(file: string): string {
  return file === "-" ? "stdin" : file;
}

/**
 * Runs what reads the content of a file.
 *
 * @throws Error with the file's name in place of X509Error
 */
export function parsing<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new Error(`${inputName(file)}: ${error.message}`, { cause: error });
  }
}

/** As {@link parsing}, of what reads it later. */
export async function parsingLater<T>(
  file: string,
  parse: () => Promise<T>,
): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    return parsing(file, () => {
      throw error;
    });
  }
}
