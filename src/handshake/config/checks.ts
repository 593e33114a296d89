/** Validates options and fills in defaults, before a byte is sent. */
import { RAISE_NEED } from "../../promises.ts";
import { utf8Bytes } from "../../bytes.ts";
import {
  type CryptoProvider,
  type FiniteFieldParameters,
  type GroupName,
  InvalidKeyShare,
} from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import { found } from "../../options.ts";
import type {
  CipherSuite,
  CipherSuite12,
  CipherSuite13,
  CipherSuiteName,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";

import {
  CertificateType,
  type CertificateTypeName,
} from "../registries/certificate-types.ts";
import { isPostQuantum } from "../registries/groups.ts";
import { listed } from "../registries/listing.ts";
import type { ExtensionShape } from "../extensions/table.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import type { Protocol } from "./protocol.ts";

/** Lists that follow from the versions and the suites that a program named. */
export interface Spoken {
  readonly versions: readonly TlsProtocolVersion[];
  readonly cipherSuites: readonly CipherSuiteName[];
  /** The rows of `cipherSuites`, all and by version. */
  readonly suites: readonly CipherSuite[];
  readonly suites13: readonly CipherSuite13[];
  readonly suites12: readonly CipherSuite12[];
}

/**
 * A version without suites is not spoken, nor a suite without its version.
 *
 * @throws TlsUsageError for a version that the protocol does not have
 */
export function versionsAndSuites(
  options: {
    readonly provider: CryptoProvider;
    readonly versions?: readonly TlsProtocolVersion[] | undefined;
    readonly cipherSuites: readonly CipherSuiteName[];
  },
  protocol: Protocol,
  role: "client" | "server",
): Spoken {
  const { provider } = options;
  const wanted = options.versions ?? protocol.versions;
  // [9846-E.5-04]
  checkNames("versions", options.versions, protocol.versions);
  const cipherSuites: CipherSuiteName[] = [];
  const suites: CipherSuite[] = [];
  for (const name of options.cipherSuites) {
    const row = protocol.suites[name];
    if (
      row === undefined ||
      !wanted.includes(row.version) ||
      !canSpeak(provider, row, role)
    )
      continue;
    cipherSuites.push(name);
    suites.push(row);
  }
  return {
    versions: wanted.filter((version) =>
      suites.some((row) => row.version === version),
    ),
    cipherSuites,
    suites,
    suites13: suites.filter((row) => row.version === "TLSv1.3"),
    suites12: suites.filter((row) => row.version === "TLSv1.2"),
  };
}

// [9846-9.3-04]
/** Tells whether the provider has what the suite takes in that role. */
export function canSpeak(
  provider: CryptoProvider,
  suite: CipherSuite,
  role: "client" | "server",
): boolean {
  return canProtect(provider, suite) && canExchange(provider, suite, role);
}

function canProtect(
  { aeads, cbcs }: CryptoProvider,
  suite: CipherSuite,
): boolean {
  if (suite.version === "TLSv1.3") return aeads[suite.aead] !== undefined;
  const { protection } = suite;
  return protection.kind === "aead"
    ? aeads[protection.aead] !== undefined
    : cbcs[protection.cbc] !== undefined;
}

/** A server never decrypts a preliminary secret: SECURITY.md says why. */
function canExchange(
  provider: CryptoProvider,
  suite: CipherSuite,
  role: "client" | "server",
): boolean {
  if (suite.version === "TLSv1.3") return true;
  if (suite.keyExchange === "RSA")
    return role === "client" && provider.rsaEncrypt !== undefined;
  return (
    !suite.keyExchange.startsWith("DHE") || provider.finiteField !== undefined
  );
}

/**
 * Sees that a list has names that are allowed, each once.
 *
 * @param allowed a list, or a table with their rows
 * @param least how many it has to have
 * @throws TlsUsageError
 */
export function checkNames(
  option: string,
  names: readonly string[] | undefined,
  allowed: readonly string[] | object,
  least = 0,
): void {
  if (names === undefined) return;
  const all = Array.isArray(allowed) ? allowed : Object.keys(allowed);
  const refused = (fault: string): TlsUsageError =>
    new TlsUsageError(`${option}: ${fault}; allowed are ${listed(all)}`);
  for (const [at, name] of names.entries()) {
    if (!all.includes(name)) throw refused(found(name));
    if (names.indexOf(name) !== at) throw refused(`"${name}" twice`);
  }
  if (names.length < least) throw refused("an empty list");
}

/** @throws TlsUsageError for raw public keys that nobody verifies, or no type */
export function peerTypes({
  rawPublicKeys,
  peerCertificateTypes: types,
}: {
  readonly rawPublicKeys?: unknown;
  readonly peerCertificateTypes?: readonly CertificateTypeName[];
}): readonly CertificateTypeName[] {
  const hasVerifier = rawPublicKeys !== undefined;
  if (types === undefined)
    return hasVerifier ? ["RawPublicKey", "X509"] : ["X509"];
  checkNames("peerCertificateTypes", types, CertificateType, 1);
  if (types.includes("RawPublicKey") !== hasVerifier)
    throw new TlsUsageError(
      "peerCertificateTypes: RawPublicKey and rawPublicKeys go together",
    );
  return types.slice();
}

/** @throws TlsUsageError for an empty list */
export function ownTypes({
  credentials = [],
  certificateTypes: types,
}: {
  readonly credentials?:
    | readonly { readonly certificateType?: "RawPublicKey" }[]
    | typeof RAISE_NEED;
  readonly certificateTypes?: readonly CertificateTypeName[];
}): readonly CertificateTypeName[] {
  checkNames("certificateTypes", types, CertificateType, 1);
  if (types !== undefined) return types.slice();
  if (credentials === RAISE_NEED || credentials.length === 0) return ["X509"];
  return [...new Set(credentials.map((one) => one.certificateType ?? "X509"))];
}

/** RFC 7301 3.1: names of 1 to 255 bytes, 65,535 bytes in all. */
export function checkAlpn(names: readonly string[]): void {
  let total = 0;
  for (const name of names) {
    if (name.length === 0 || name.length > 255 || /[^\0-\xff]/.test(name))
      throw new TlsUsageError(
        `alpnProtocols: a name has 1 to 255 bytes (${utf8Bytes(name).length} given)`,
      );
    total += 1 + name.length;
  }
  if (total > 65_535) throw new TlsUsageError("alpnProtocols: too many names");
}

/**
 * Checks that a program's Diffie-Hellman parameters are fit for a server.
 *
 * @throws TlsUsageError
 */
export function checkDhParameters(
  provider: CryptoProvider,
  field: FiniteFieldParameters,
): void {
  if (provider.finiteField === undefined)
    throw new TlsUsageError("dhParameters: the provider has no finiteField");
  try {
    provider.finiteField(field);
  } catch (error) {
    if (error instanceof InvalidKeyShare)
      throw new TlsUsageError(`dhParameters: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

/**
 * The best group, and the best of the other kind: who has not heard of hybrids
 * yet and who insists on them both answer in one round trip.
 */
export function defaultKeyShares(
  groups: readonly GroupName[],
): readonly GroupName[] {
  const [first] = groups;
  if (first === undefined) return [];
  const other = groups.find(
    (name) => isPostQuantum(name) !== isPostQuantum(first),
  );
  return other === undefined ? [first] : [first, other];
}

// [9846-4.3.8-03a] [9846-4.3.8-03b] [9846-4.3.8-07] [9846-4.3.8-08]
/**
 * The groups to send shares of, in the order of all groups: RFC 9846 4.3.8.
 *
 * @throws TlsUsageError for one that is no group of the config, or is there twice
 */
export function inGroups(
  groups: readonly GroupName[],
  keyShares: readonly GroupName[],
): readonly GroupName[] {
  for (const [at, name] of keyShares.entries()) {
    if (!groups.includes(name))
      throw new TlsUsageError(
        `keyShares: ${found(name)} is not among the groups, which are ${groups.join(", ")}`,
      );
    if (keyShares.indexOf(name) !== at)
      throw new TlsUsageError(`keyShares: ${name} is there twice`);
  }
  return groups.filter((name) => keyShares.includes(name));
}

/**
 * Sees that binders can be written into a ClientHello of another shape: RFC 9846
 * 4.3.11 has pre_shared_key last.
 *
 * @throws TlsUsageError
 */
export function checkHelloShape({
  shapes,
  session,
  psk,
}: {
  readonly shapes?: { readonly client_hello?: ExtensionShape };
  readonly session?: unknown;
  readonly psk?: unknown;
}): void {
  const { order = [], omit = [], verbatim = [] } = shapes?.client_hello ?? {};
  const { pre_shared_key: type } = ExtensionType;
  const at = order.indexOf(type);
  if (at >= 0 && at !== order.length - 1)
    throw new TlsUsageError(
      `shapes.client_hello.order: pre_shared_key (${type}) is entry ${at + 1} of ${order.length}; it comes last in a ClientHello (RFC 9846 4.3.11): name it last, or not at all`,
    );
  if (session === undefined && psk === undefined) return;
  for (const [name, types] of [
    ["omit", omit],
    ["verbatim", verbatim.map((one) => one.type)],
  ] as const)
    if (types.includes(type))
      throw new TlsUsageError(
        `shapes.client_hello.${name}: pre_shared_key (${type}) beside session or psk, which are offered in it; name one of them alone`,
      );
}

/** Options that would let something else take the place of one of the two. */
const NOT_WITH_BOTH = [
  "session",
  "earlyData",
  "encryptedClientHello",
  "ticketKeys",
  "sessionStore",
  "maxEarlyData",
] as const;

/**
 * Sees that a certificate and an external PSK can be had together: RFC 8773 3.
 *
 * @throws TlsUsageError
 */
export function checkCertificateWithPsk(
  options: {
    readonly certificateWithPsk?: boolean;
    readonly versions?: readonly string[];
    readonly psk?: unknown;
    readonly pskModes?: readonly string[];
    readonly credentials?: { readonly length: number };
  } & { readonly [N in (typeof NOT_WITH_BOTH)[number]]?: unknown },
  role: "client" | "server",
): void {
  if (options.certificateWithPsk !== true) return;
  const refuse = (fault: string): never => {
    throw new TlsUsageError(`certificateWithPsk: ${fault}`);
  };
  const { versions, psk, pskModes = ["psk_dhe_ke"], credentials } = options;
  if (versions?.join() !== "TLSv1.3")
    refuse('TLS 1.3 alone has it; set versions to ["TLSv1.3"]');
  if (psk === undefined) refuse("psk is missing, which brings the key");
  if (pskModes.join() !== "psk_dhe_ke")
    refuse(
      `pskModes are ${listed(pskModes)}; it takes a key exchange too: "psk_dhe_ke"`,
    );
  if (role === "server" && credentials?.length === 0)
    refuse("credentials are empty; a server presents a certificate too");
  for (const name of NOT_WITH_BOTH)
    if (options[name])
      refuse(
        `cannot be combined with ${name}; no session takes the place of either`,
      );
}

/**
 * RFC 9849 6.1: an inner hello offers TLS 1.3.
 *
 * @throws TlsUsageError
 */
export function checkVersionsToHide(
  versions: readonly TlsProtocolVersion[],
): void {
  if (!versions.includes("TLSv1.3"))
    throw new TlsUsageError("encryptedClientHello: TLS 1.3 alone can have it");
}
