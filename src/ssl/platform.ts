/**
 * What a context asks of the system that it runs on. None of it is needed: a
 * context that is given contents instead of paths works without.
 */
import { SSLError, stateError } from "./errors.ts";

/** Python: `ssl.DefaultVerifyPaths`. */
export interface DefaultVerifyPaths {
  /** The file in use, null when there is none. */
  readonly caFile: string | null;
  /** The directory in use, null when there is none. */
  readonly caPath: string | null;
  /** The environment variable that names the file. */
  readonly caFileEnv: string;
  /** The path when the variable is not set. */
  readonly opensslCaFile: string | null;
  /** The environment variable that names the directory. */
  readonly caPathEnv: string;
  /** The path when the variable is not set. */
  readonly opensslCaPath: string | null;
}

/** Hooks into the system; `puretls/node` has them for Node. */
export interface Platform {
  /** Reads a file now. @throws what the system throws */
  readonly readFile?: (path: string) => Uint8Array;
  /** Appends text to a file now, and makes it when it is not there. */
  readonly appendFile?: (path: string, text: string) => void;
  /** The certificates that the system trusts: PEM text, PEM or DER bytes. */
  readonly systemCertificates?: () => Iterable<string | Uint8Array>;
  readonly defaultVerifyPaths?: () => DefaultVerifyPaths;
}

/**
 * Reads a file by the platform, or by Node's file system where the program
 * runs on one.
 *
 * @throws SSLError where there is no file system, and for a file that cannot be
 *   read, with the system's error as its cause
 */
export function readFile(platform: Platform, path: string): Uint8Array {
  const read = platform.readFile ?? hostReadFile();
  if (read === undefined)
    throw stateError(
      "ERR_UNSUPPORTED_PLATFORM",
      `there is no file system to read ${path} from: give the content instead of the path`,
    );
  try {
    return read(path);
  } catch (error) {
    throw new SSLError(`cannot read ${path}: ${messageOf(error)}`, {
      code: "ERR_SSL_FILE",
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node, Deno and Bun hand out their modules without an import. */
function hostReadFile(): ((path: string) => Uint8Array) | undefined {
  const host: unknown = Reflect.get(globalThis, "process");
  if (!hasModules(host)) return undefined;
  const fs = host.getBuiltinModule("node:fs");
  return hasReadFile(fs) ? (path) => fs.readFileSync(path) : undefined;
}

function hasModules(
  host: unknown,
): host is { getBuiltinModule(name: string): unknown } {
  return (
    typeof host === "object" &&
    host !== null &&
    "getBuiltinModule" in host &&
    typeof host.getBuiltinModule === "function"
  );
}

function hasReadFile(
  fs: unknown,
): fs is { readFileSync(path: string): Uint8Array } {
  return (
    typeof fs === "object" &&
    fs !== null &&
    "readFileSync" in fs &&
    typeof fs.readFileSync === "function"
  );
}
