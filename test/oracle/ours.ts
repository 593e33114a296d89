/**
 * This library under Python's names, so that one script runs with both: names
 * in snake_case, arguments in Python's order, and outcomes as Python reports
 * them.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import * as ssl from "../../src/index.ts";
import { nodePlatform } from "../../src/net/node.ts";
import type { Outcome } from "./python.ts";

/** An argument: JSON, and what the driver makes of objects with these keys. */
export type Argument =
  | string
  | number
  | boolean
  | null
  | readonly Argument[]
  | { readonly hex: string }
  | { readonly file: string }
  | { readonly constant: string }
  | { readonly buffer: number }
  | { readonly float: number }
  | { readonly object: string }
  | { readonly kwargs: Readonly<Record<string, Argument>> };

export type Call = readonly [name: string, ...args: Argument[]];

const folder = mkdtempSync(join(tmpdir(), "puretls-oracle-"));
process.once("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});
let files = 0;

function fileOf(text: string): string {
  const path = join(folder, String(files++));
  writeFileSync(path, text);
  return path;
}

const camel = (name: string): string =>
  name.replace(/_+([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

const CONSTANTS: Readonly<Record<string, unknown>> = {
  ...ssl.VerifyMode,
  ...ssl.Protocol,
  ...ssl.Options,
  ...ssl.VerifyFlags,
  ...Object.fromEntries(
    Object.entries(ssl.TLSVersion).map(([k, v]) => [`TLSVersion.${k}`, v]),
  ),
  ...Object.fromEntries(
    Object.entries(ssl.AlertDescription).map(([k, v]) => [
      `ALERT_DESCRIPTION_${k}`,
      v,
    ]),
  ),
  "Purpose.SERVER_AUTH": ssl.Purpose.SERVER_AUTH,
  "Purpose.CLIENT_AUTH": ssl.Purpose.CLIENT_AUTH,
};

function valueOf(argument: Argument): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  if ("hex" in argument) return Buffer.from(argument.hex, "hex");
  if ("file" in argument) return fileOf(argument.file);
  if ("float" in argument) return argument.float;
  if ("buffer" in argument) return new Uint8Array(argument.buffer);
  if ("constant" in argument) {
    if (argument.constant in CONSTANTS) return CONSTANTS[argument.constant];
    throw new Error(`no constant ${argument.constant}`);
  }
  if ("object" in argument) return objects.get(argument.object);
  if (Array.isArray(argument)) return argument.map(valueOf);
  throw new Error("kwargs stand last");
}

interface Given {
  readonly values: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

function given(args: readonly Argument[]): Given {
  const values: unknown[] = [];
  let named: Record<string, unknown> = {};
  for (const argument of args)
    if (
      typeof argument === "object" &&
      argument !== null &&
      "kwargs" in argument
    )
      named = Object.fromEntries(
        Object.entries(argument.kwargs).map(([k, v]) => [k, valueOf(v)]),
      );
    else values.push(valueOf(argument));
  return { values, named };
}

/** Calls whose arguments have another shape here. */
const SHAPES: Readonly<Record<string, (given: Given) => readonly unknown[]>> = {
  load_verify_locations: ({ values, named }) => {
    const { cafile = values[0], capath, cadata } = named;
    return [defined({ caFile: cafile, caPath: capath, ca: cadata })];
  },
  load_cert_chain: ({ values, named }) => {
    const [certFile, keyFile, password] = values;
    return [
      defined({
        certFile,
        keyFile: named["keyfile"] ?? keyFile,
        password: named["password"] ?? password,
      }),
    ];
  },
  load_dh_params: ({ values }) => [{ dhFile: values[0] }],
  get_ca_certs: ({ values }) => [{ binary: values[0] === true }],
  getpeercert: ({ values }) => [{ binary: values[0] === true }],
};

function defined(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(options).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );
}

/** Names that are not just another case. */
const NAMES: Readonly<Record<string, string>> = {
  getpeercert: "getPeerCert",
  options: "optionFlags",
};

/**
 * Objects by the names that a script gave them: contexts, connections,
 * sessions.
 */
const objects = new Map<string, unknown>();

export function keep(name: string, value: unknown): void {
  objects.set(name, value);
}

export function kept(name: string): unknown {
  return objects.get(name);
}

function isBuffer(
  argument: Argument | undefined,
): argument is { readonly buffer: number } {
  return (
    typeof argument === "object" && argument !== null && "buffer" in argument
  );
}

/** Reads an attribute, or calls it when it is a method. */
export function ask(target: object, [name, ...args]: Call): unknown {
  const [first, second, ...others] = args;
  if (name === "read" && isBuffer(second))
    return ask(target, ["read_into", second, first ?? null, ...others]);
  const own = NAMES[name] ?? camel(name);
  if (!(own in target)) throw new Error(`there is no ${own}`);
  const member: unknown = Reflect.get(target, own);
  if (typeof member !== "function") return member;
  const all = given(args);
  const shape = SHAPES[name];
  const values =
    shape !== undefined
      ? shape(all)
      : Object.keys(all.named).length > 0
        ? [
            ...all.values,
            Object.fromEntries(
              Object.entries(all.named).map(([k, v]) => [camel(k), v]),
            ),
          ]
        : all.values;
  return Reflect.apply(member, target, values);
}

export function assign(target: object, name: string, value: Argument): void {
  const own = NAMES[name] ?? camel(name);
  if (!(own in target)) throw new Error(`there is no ${own}`);
  Reflect.set(target, own, valueOf(value));
}

export function newContext(
  protocol: string,
  provider?: CryptoProvider,
): ssl.SSLContext {
  return new ssl.SSLContext({
    protocol: CONSTANTS[protocol] as never,
    platform: nodePlatform,
    ...(provider && { provider }),
  });
}

const PYTHON_MODULE: Readonly<Record<string, unknown>> = {
  cert_time_to_seconds: ssl.certTimeToSeconds,
  DER_cert_to_PEM_cert: ssl.derCertToPemCert,
  PEM_cert_to_DER_cert: ssl.pemCertToDerCert,
  RAND_status: ssl.randStatus,
  RAND_bytes: ssl.randBytes,
  RAND_add: ssl.randAdd,
  match_hostname: ssl.matchHostname,
};

/** A function or a constant of the module. */
export function module([name, ...args]: Call): unknown {
  const member = PYTHON_MODULE[name];
  if (typeof member === "function")
    return Reflect.apply(member, undefined, given(args).values);
  if (name in CONSTANTS) return CONSTANTS[name];
  return Reflect.get(ssl, name);
}

/** The outcome of a call, in Python's terms. */
export function outcome(call: () => unknown): Outcome {
  try {
    return { value: plain(call()) };
  } catch (error) {
    return failure(error);
  }
}

/** A value as the driver writes it. */
export function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Uint8Array)
    return { hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("bits" in value && "protocol" in value && "name" in value)
    return [value.name, value.protocol, value.bits];
  if ("serialNumber" in value)
    return ssl.toPythonDict(value as ssl.CertificateInfo);
  const { storeFaults, ...pythons } = value as { storeFaults?: unknown };
  void storeFaults;
  return Object.fromEntries(
    Object.entries(pythons).map(([k, v]) => [
      k.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      plain(v),
    ]),
  );
}

/** Python's class for one of ours. */
function failure(error: unknown): Outcome {
  const fault = error as Partial<ssl.SSLCertVerificationError>;
  const code = fault.code ?? "";
  const name =
    error instanceof ssl.SSLError
      ? (PYTHON_CLASSES[code] ?? error.name)
      : error instanceof RangeError
        ? "ValueError"
        : error instanceof Error
          ? error.name
          : "?";
  const isSsl = error instanceof ssl.SSLError;
  return {
    error: name,
    parents: [],
    message: error instanceof Error ? error.message : String(error),
    reason: isSsl ? (error.reason ?? null) : null,
    library: isSsl ? (error.library ?? null) : null,
    errno: isSsl ? error.errno : null,
    verifyCode: fault.verifyCode ?? null,
    verifyMessage: fault.verifyMessage ?? null,
  };
}

const PYTHON_CLASSES: Readonly<Record<string, string>> = {
  ERR_HANDSHAKE_NOT_DONE: "ValueError",
  ERR_SSL_FILE: "FileNotFoundError",
};
