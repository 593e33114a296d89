/**
 * Interface of the system that a context runs on. None of it is needed: a
 * context that is given contents instead of paths works without.
 */
import { found, kindOf } from "../../options.ts";
import type { Pkcs12Support } from "../../x509/pkcs12/pkcs12.ts";
import { SSLError, stateError } from "../errors/errors.ts";

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
  /**
   * Hashed directories of certificates that the system trusts, which are looked
   * into when a certificate is verified.
   */
  readonly systemDirectories?: () => Iterable<string>;
  readonly defaultVerifyPaths?: () => DefaultVerifyPaths;
  /** Lists entries for {@link enumCertificates}. */
  readonly enumCertificates?: (storeName: string) => Iterable<StoreEntry>;
  /** Lists entries for {@link enumCrls}. */
  readonly enumCrls?: (storeName: string) => Iterable<StoreEntry>;
  /** Reads PKCS#12 for `loadCertChain({ pfx })`: `pkcs12` of `puretls/x509`. */
  readonly pkcs12?: Pkcs12Support;
}

/** Python: a tuple of `enum_certificates()` or `enum_crls()`. */
export interface StoreEntry {
  readonly data: Uint8Array;
  readonly encoding: "x509_asn" | "pkcs_7_asn";
  /** OIDs of the purposes that it is trusted for; true: all. */
  readonly trust: ReadonlySet<string> | true;
}

/**
 * Python: `enum_certificates`, which is Windows'. The certificates of a store
 * of the system, "CA", "ROOT" or "MY".
 *
 * @throws SSLError ERR_UNSUPPORTED_PLATFORM where the platform has none
 * @example
 * ```ts
 * import { enumCertificates, SSLError } from "puretls";
 * import { nodePlatform } from "puretls/node";
 *
 * try {
 *   enumCertificates("ROOT", nodePlatform);
 * } catch (error) {
 *   if (!(error instanceof SSLError)) throw error; // not on Windows
 * }
 * ```
 */
export function enumCertificates(
  storeName: string,
  platform: Platform = {},
): StoreEntry[] {
  return entriesOf(storeName, platform.enumCertificates);
}

/**
 * Python: `enum_crls`, which is Windows'. The CRLs of a store of the system.
 * See {@link enumCertificates} for an example.
 *
 * @throws SSLError ERR_UNSUPPORTED_PLATFORM where the platform has none
 */
export function enumCrls(
  storeName: string,
  platform: Platform = {},
): StoreEntry[] {
  return entriesOf(storeName, platform.enumCrls);
}

function entriesOf(
  storeName: string,
  list: Platform["enumCrls"],
): StoreEntry[] {
  if (typeof storeName !== "string")
    throw new TypeError("a store has a name: a string is wanted");
  if (list === undefined)
    throw stateError(
      "ERR_UNSUPPORTED_PLATFORM",
      "the platform has no stores to list",
    );
  return [...list(storeName)];
}

/**
 * Reads a file by the platform, or by Node's file system where the program
 * runs on one.
 *
 * @throws SSLError where there is no file system, and for a file that cannot be
 *   read, with the system's error as its cause
 */
export function readFile(platform: Platform, path: string): Uint8Array {
  const read = platform.readFile ?? hostFileSystem()?.readFileSync;
  if (read === undefined) throw noFileSystem(path);
  return onFile("read", path, () => read(path));
}

/**
 * Appends text to a file, as {@link readFile} reads one.
 *
 * @throws SSLError as {@link readFile} does
 */
export function appendFile(
  platform: Platform,
  path: string,
  text: string,
): void {
  const host = hostFileSystem()?.appendFileSync;
  const append =
    platform.appendFile ??
    (host && ((to, what) => host(to, what, { mode: 0o600 })));
  if (append === undefined) throw noFileSystem(path);
  onFile("append to", path, () => {
    append(path, text);
  });
}

/** Characters of a path that an error repeats. */
const LONGEST_PATH = 400;

function noFileSystem(path: string): SSLError {
  return stateError(
    "ERR_UNSUPPORTED_PLATFORM",
    `there is no file system for ${found(path, LONGEST_PATH)}: give the content instead of the path`,
  );
}

function onFile<T>(what: string, path: unknown, run: () => T): T {
  // Contents, a key perhaps, that stand where a path should: a file may have
  // any name, and would be made under this one.
  if (typeof path !== "string" || path.includes("-----BEGIN "))
    throw fileError(`cannot ${what} the file: ${kindOf(path)}; ${NO_PATH}`, {
      code: "ENOENT",
    });
  try {
    return run();
  } catch (cause) {
    const code = systemCode(cause);
    const isPath = found(path, LONGEST_PATH) !== kindOf(path);
    const fault = isPath
      ? `${path}: ${messageOf(cause)}`
      : `the file: ${code}; ${NO_PATH}`;
    throw fileError(`cannot ${what} ${fault}`, { code, cause });
  }
}

const NO_PATH =
  "a path is needed, and contents have an option of their own (cert, key, ca, pfx)";

function fileError(
  message: string,
  { code, ...cause }: { readonly code: string; readonly cause?: unknown },
): SSLError {
  const text = SYSTEM_TEXTS[code];
  return new SSLError(message, { code: "ERR_SSL_FILE", text, ...cause });
}

/** The system's own texts, with which Python's errors begin. */
const SYSTEM_TEXTS: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
};

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tells whether the runtime has files without a platform of the program's. */
export function hasFileSystem(): boolean {
  return hostFileSystem() !== undefined;
}

interface FileSystem {
  readonly readFileSync: (path: string) => Uint8Array;
  readonly appendFileSync: (
    path: string,
    text: string,
    options: { readonly mode: number },
  ) => void;
}

/** Node, Deno and Bun hand out their modules without an import. */
function hostFileSystem(): FileSystem | undefined {
  const host: unknown = Reflect.get(globalThis, "process");
  if (!hasModules(host)) return undefined;
  const fs = host.getBuiltinModule("node:fs");
  return isFileSystem(fs) ? fs : undefined;
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

function isFileSystem(fs: unknown): fs is FileSystem {
  return (
    typeof fs === "object" &&
    fs !== null &&
    "readFileSync" in fs &&
    typeof fs.readFileSync === "function" &&
    "appendFileSync" in fs &&
    typeof fs.appendFileSync === "function"
  );
}
