/**
 * Details for errors of a server that shares something too little with a client:
 * each names what the client offers, what is enabled here, and what could be.
 */
import type { GroupName } from "../../crypto/provider.ts";
import type { ErrorDetails, Remedy } from "../../errors.ts";
import { CipherSuiteSignal, ProtocolVersion } from "../../wire/code-points.ts";
import { fitsKey } from "../authentication/signatures-and-finished.ts";
import { canSpeak } from "../config/checks.ts";
import type { ServerConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type {
  CipherSuite,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import { isGrease } from "../registries/grease.ts";
import { GROUPS } from "../registries/groups.ts";
import {
  enabledText,
  listed,
  listedCodes,
  listedProtocols,
  versionText,
} from "../registries/listing.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  type SignatureSchemeName,
} from "../registries/signature-schemes.ts";

/** Versions, as an error prints both sides' lists, with what would help. */
export function versionMismatch(
  config: ServerConfig,
  { extensions: { supported_versions: offered }, legacyVersion }: ClientHello,
): ErrorDetails {
  const known = (offered ?? [])
    .filter((code) => !isGrease(code))
    .map((code) => versionText(code));
  const client =
    offered === undefined
      ? `the client speaks ${versionText(legacyVersion)} at most`
      : `the client offers ${listed(known, "no version")} alone`;
  const missing = config.protocol.versions.filter(
    (name) =>
      offered?.includes(ProtocolVersion[name]) ??
      (name === "TLSv1.2" && legacyVersion >= ProtocolVersion[name]),
  );
  return {
    detail: `${client}; ${enabledText(config.versions)} here`,
    ...remedy("versions", missing),
  };
}

/** A remedy, where there are names for it. */
export function remedy(
  option: Remedy["option"],
  names: readonly string[],
): { readonly remedy?: Remedy } {
  return names.length === 0 ? {} : { remedy: { option, names } };
}

/**
 * The suites of a version that the client offers and that are known here, enabled
 * or not.
 */
export function offeredSuites(
  { protocol }: ServerConfig,
  { cipherSuites }: ClientHello,
  version: TlsProtocolVersion,
): readonly CipherSuite[] {
  return Object.values(protocol.suites).filter(
    (row) => row.version === version && cipherSuites.includes(row.code),
  );
}

/** Prints the suites that the client offers and those that are enabled here. */
export function suitesText(
  config: ServerConfig,
  hello: ClientHello,
  enabled: readonly CipherSuite[],
): string {
  const names = new Map<number, string>(
    Object.values(config.protocol.suites).map((row) => [row.code, row.name]),
  );
  const signals: readonly number[] = Object.values(CipherSuiteSignal);
  const codes = hello.cipherSuites.filter((code) => !signals.includes(code));
  return `the client offers ${listedCodes(codes, names)}; enabled here are ${listed(enabled.map(({ name }) => name))}`;
}

/** Suites of TLS 1.3. */
export function suiteMismatch13(
  config: ServerConfig,
  hello: ClientHello,
): ErrorDetails {
  const { provider, suites13 } = config;
  const missing = offeredSuites(config, hello, "TLSv1.3").filter(
    (row) => !suites13.some(({ code }) => code === row.code),
  );
  return {
    detail: suitesText(config, hello, suites13),
    ...remedy(
      "cipherSuites",
      missing
        .filter((row) => canSpeak(provider, row, "server"))
        .map(({ name }) => name),
    ),
  };
}

/** The groups of both sides, and those that could be enabled here. */
export function groupMismatch(
  { provider, groups }: ServerConfig,
  { extensions: { supported_groups: offered = [] } }: ClientHello,
  isUsable: (name: GroupName) => boolean = () => true,
): ErrorDetails {
  const missing = rows(GROUPS).filter(
    ([name, code]) =>
      isUsable(name) &&
      offered.includes(code) &&
      !groups.includes(name) &&
      provider.groups[name] !== undefined,
  );
  const names = new Map<number, string>(
    rows(GROUPS).map(([name, code]) => [code, name]),
  );
  return {
    detail: `the client offers the groups ${listedCodes(offered, names)}; enabled here are ${listed(groups)}`,
    ...remedy(
      "groups",
      missing.map(([name]) => name),
    ),
  };
}

function rows<Name extends string, Value>(
  table: Readonly<Record<Name, Value>>,
): readonly (readonly [Name, Value])[] {
  const list: [Name, Value][] = [];
  let name: Name;
  for (name in table) list.push([name, table[name]]);
  return list;
}

/**
 * The client's signature schemes and the keys of this server, with the schemes
 * that would do and are not enabled here.
 */
export function schemeMismatch(
  { provider, signatureSchemes }: ServerConfig,
  offered: readonly number[],
  version: TlsProtocolVersion,
  credentials: readonly Credential[],
): ErrorDetails {
  const all: readonly (SignatureScheme & { name: SignatureSchemeName })[] =
    Object.values(SIGNATURE_SCHEMES);
  const missing = all.filter(
    (row) =>
      offered.includes(row.code) &&
      !signatureSchemes.includes(row.name) &&
      provider.verifiers[row.signature] !== undefined &&
      credentials.some((one) => fitsKey(row, one, version)),
  );
  const names = new Map<number, string>(
    all.map(({ code, name }) => [code, name]),
  );
  return {
    detail: `the client offers ${listedCodes(offered, names)}; enabled here are ${listed(signatureSchemes)}, for keys of the kind ${listed(keysOf(credentials))}`,
    ...remedy(
      "signatureSchemes",
      missing.map(({ name }) => name),
    ),
  };
}

/** The kinds of key, each once: "rsaEncryption", "ecPublicKey (secp384r1)". */
function keysOf(credentials: readonly Credential[]): readonly string[] {
  const kinds = credentials.map(({ algorithm, curve }) =>
    curve === undefined ? algorithm : `${algorithm} (${curve})`,
  );
  return [...new Set(kinds)];
}

/** Schemes of TLS 1.3, with this server's certificates. */
export function schemeMismatch13(
  config: ServerConfig,
  { extensions: { signature_algorithms: offered = [] } }: ClientHello,
  credentials: readonly Credential[],
): ErrorDetails {
  return schemeMismatch(config, offered, "TLSv1.3", credentials);
}

/** Application protocols. */
export function protocolMismatch(
  { alpnProtocols }: ServerConfig,
  offered: readonly string[],
): ErrorDetails {
  return {
    detail: `the client offers ${listedProtocols(offered)}; accepted here are ${listedProtocols(alpnProtocols)}`,
  };
}
