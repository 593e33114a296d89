/** What Node knows of the system: files, trusted certificates, paths. */
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env, getBuiltinModule } from "node:process";
import type { DefaultVerifyPaths, Platform } from "../ssl/platform.ts";

const CA_FILE_ENV = "SSL_CERT_FILE";
const CA_PATH_ENV = "SSL_CERT_DIR";

/** Where distributions keep what they trust in one file. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine, Arch
  "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS
  "/etc/ssl/cert.pem", // Alpine, macOS, OpenBSD
  "/usr/local/etc/ssl/cert.pem", // FreeBSD
];

/** Where they keep it in a directory. */
const DIRECTORIES = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/** The hooks of {@link Platform} for Node. */
export const nodePlatform: Platform = {
  readFile: (path) => readFileSync(path),
  appendFile: (path, text) => {
    appendFileSync(path, text, { mode: 0o600 });
  },
  systemCertificates,
  defaultVerifyPaths: getDefaultVerifyPaths,
};

/**
 * Python: `get_default_verify_paths`. Where certificates to trust are looked
 * for, by the environment and by the distribution.
 *
 * @example
 * ```ts
 * import { getDefaultVerifyPaths } from "puretls/node";
 *
 * if (getDefaultVerifyPaths().caFileEnv !== "SSL_CERT_FILE") throw new Error();
 * ```
 */
export function getDefaultVerifyPaths(): DefaultVerifyPaths {
  const opensslCaFile = firstExisting(BUNDLES);
  const opensslCaPath = firstExisting(DIRECTORIES);
  return {
    caFile: firstExisting([env[CA_FILE_ENV] ?? opensslCaFile]),
    caPath: firstExisting([env[CA_PATH_ENV] ?? opensslCaPath]),
    caFileEnv: CA_FILE_ENV,
    opensslCaFile,
    caPathEnv: CA_PATH_ENV,
    opensslCaPath,
  };
}

/** The bundle; else a directory; else what Node knows by itself. */
function systemCertificates(): (string | Uint8Array)[] {
  const { caFile, caPath } = getDefaultVerifyPaths();
  const sources: Uint8Array[] = [];
  if (caFile !== null) sources.push(readFileSync(caFile));
  const directory = env[CA_PATH_ENV] !== undefined || caFile === null;
  if (caPath !== null && directory) sources.push(...filesOf(caPath));
  return sources.length > 0 ? sources : nodeCertificates();
}

function filesOf(directory: string): Uint8Array[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(directory, entry.name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path));
}

function nodeCertificates(): string[] {
  const tls = getBuiltinModule("node:tls");
  const system: unknown = Reflect.get(tls, "getCACertificates");
  if (typeof system === "function") {
    const found: unknown = Reflect.apply(system, tls, ["system"]);
    if (isTexts(found) && found.length > 0) return found;
  }
  return [...tls.rootCertificates];
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function firstExisting(
  paths: readonly (string | null | undefined)[],
): string | null {
  for (const path of paths)
    if (path !== null && path !== undefined && existsSync(path)) return path;
  return null;
}
