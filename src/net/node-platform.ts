/** The platform of Node: files, trusted certificates, paths. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { emitWarning, env, getBuiltinModule } from "node:process";
import type { DefaultVerifyPaths, Platform } from "../ssl/platform/platform.ts";
import { pkcs12 } from "../x509/pkcs12/pkcs12.ts";

const CA_FILE_ENV = "SSL_CERT_FILE";
const CA_PATH_ENV = "SSL_CERT_DIR";
const EXTRA_ENV = "NODE_EXTRA_CA_CERTS";

/** Files in which distributions keep the certificates that they trust. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine, Arch
  "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS
  "/etc/ssl/cert.pem", // Alpine, macOS, OpenBSD
  "/usr/local/etc/ssl/cert.pem", // FreeBSD
];

/** Directories in which they keep them. */
const DIRECTORIES = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/**
 * The hooks of {@link Platform} for Node.
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { nodePlatform } from "puretls/node";
 *
 * const context = new SSLContext({ platform: nodePlatform });
 * context.setDefaultVerifyPaths();
 * ```
 */
export const nodePlatform: Platform = {
  readFile: (path) => readFileSync(path),
  appendFile: (path, text) => {
    appendFileSync(path, text, { mode: 0o600 });
  },
  systemCertificates,
  systemDirectories,
  defaultVerifyPaths: getDefaultVerifyPaths,
  pkcs12,
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

/**
 * The file of `SSL_CERT_FILE` or the distribution's bundle, as OpenSSL takes them;
 * what Node knows by itself where there is neither that nor a directory; and the
 * file of `NODE_EXTRA_CA_CERTS`, as Node takes it.
 */
export function systemCertificates(): (string | Uint8Array)[] {
  const file = env[CA_FILE_ENV] ?? firstExisting(BUNDLES);
  const found = file === null ? [] : readable([file]);
  const hasPlace = file !== null || systemDirectories().length > 0;
  const extra = env[EXTRA_ENV] ?? "";
  const added = extra === "" ? [] : readable([extra]);
  if (extra !== "" && added.length === 0)
    emitWarning(`${EXTRA_ENV}: ${extra} cannot be read, and is left out`);
  return [...(hasPlace ? found : nodeCertificates()), ...added];
}

/**
 * The directories of `SSL_CERT_DIR`, which are hashed and looked into when a
 * certificate is verified; else the distribution's where it has no bundle.
 */
export function systemDirectories(): string[] {
  const named = env[CA_PATH_ENV];
  if (named !== undefined)
    return named.split(delimiter).filter((path) => path !== "");
  const known = firstExisting(DIRECTORIES);
  const hasFile = env[CA_FILE_ENV] ?? firstExisting(BUNDLES);
  return known === null || hasFile !== null ? [] : [known];
}

/** As OpenSSL: a file that cannot be read is as one that is not there. */
function readable(paths: readonly string[]): Uint8Array[] {
  return paths.flatMap((path) => {
    try {
      return [readFileSync(path)];
    } catch {
      return [];
    }
  });
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
