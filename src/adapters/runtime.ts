/** Globals of runtimes, which no import can bring: each is looked for when needed. */
import type { SSLContext } from "../ssl/ssl-context.ts";
import {
  createDefaultContext,
  type DefaultContextOptions,
} from "../ssl/default-context.ts";
import type { Platform } from "../ssl/platform/platform.ts";

/**
 * Returns the object of that name that has such methods.
 *
 * @throws TypeError where the runtime has none
 */
export function globalWith<Global extends object>(
  entry: string,
  name: string,
  has: (value: object) => value is Global,
): Global {
  const value: unknown = Reflect.get(globalThis, name);
  if ((typeof value === "object" || typeof value === "function") && value)
    if (has(value)) return value;
  throw new TypeError(
    `${entry}: this runtime has no ${name}; puretls/node has sockets for Node, docs/runtimes.md names the entry for each runtime`,
  );
}

/** Tells whether each of the names is a method of the object. */
export function hasMethods(value: object, ...names: string[]): boolean {
  return names.every((name) => typeof Reflect.get(value, name) === "function");
}

/** The system's certificates, of a runtime that has Node's modules without imports. */
export const hostPlatform: Platform = { systemCertificates };

/** `createDefaultContext()`, with what the system trusts where nothing is given. */
export function hostContext(options: DefaultContextOptions): SSLContext {
  return createDefaultContext({ platform: hostPlatform, ...options });
}

function systemCertificates(): string[] {
  const tls = builtinModule("node:tls");
  if (tls === undefined) return [];
  const get: unknown = Reflect.get(tls, "getCACertificates");
  if (typeof get === "function") {
    const found: unknown = Reflect.apply(get, tls, ["system"]);
    if (isTexts(found) && found.length > 0) return found;
  }
  const roots: unknown = Reflect.get(tls, "rootCertificates");
  return isTexts(roots) ? [...roots] : [];
}

function builtinModule(name: string): object | undefined {
  const host: unknown = Reflect.get(globalThis, "process");
  if (typeof host !== "object" || host === null) return undefined;
  const get: unknown = Reflect.get(host, "getBuiltinModule");
  if (typeof get !== "function") return undefined;
  const module: unknown = Reflect.apply(get, host, [name]);
  return typeof module === "object" && module !== null ? module : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
