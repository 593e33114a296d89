/** From flags to the config of an engine. */
import { RAISE_NEED } from "../../src/promises.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { asciiBytes, equal, NO_BYTES } from "../../src/bytes.ts";
import type { CryptoProvider, GroupName } from "../../src/crypto/provider.ts";
import {
  type ClientConfig,
  createClientConfig,
  GROUPS,
  type ExternalPsk,
  importPsk,
  type Preferences,
  type PskCallback,
  type CommonOptions,
  type ServerConfig,
  createServerConfig,
  type SignatureSchemeName,
  type TlsProtocolVersion,
} from "../../src/engine/index.ts";
import {
  type CertificateVerifier,
  type PeerChain,
  verifiedByCaller,
  verifiedKeyByCaller,
} from "../../src/x509/index.ts";
import type { VerifyContext } from "../../src/x509/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  alpnNames,
  certificateTypeNames,
  GROUPS_BY_DEFAULT,
  groupNames,
  schemeNames,
  VERIFIES_BY_DEFAULT,
} from "./code-points.ts";
import { clientEch, serverEch } from "./ech.ts";
import { compressionOf } from "./compression.ts";
import { type Loaded, namesOf } from "./credentials.ts";
import type { Flags } from "./flags.ts";
import type { Memory } from "./memory.ts";
import { Unimplemented } from "./outcome.ts";
import { policyOf } from "./policies.ts";
import { suitesOf } from "./suites.ts";

/** The versions that puretls has, by their numbers. */
const VERSIONS = [
  [0x0303, "TLSv1.2"],
  [0x0304, "TLSv1.3"],
] as const satisfies readonly (readonly [number, TlsProtocolVersion])[];

/** Facts about the peer that the shim collected. */
export interface Seen {
  peer: PeerChain | undefined;
  /** The name that it had to have a certificate for. */
  name: string | undefined;
  /** The flags would have it refused; undefined before it is validated. */
  isRefused: boolean | undefined;
}

export interface Setting {
  readonly flags: Flags;
  /** After early data that was refused. */
  readonly retryFlags: Flags;
  readonly memory: Memory;
  readonly isResumption: boolean;
  readonly provider: CryptoProvider;
  readonly loaded: readonly Loaded[];
  readonly keyLog: (line: string) => void;
  readonly seen: Seen;
}

/** Tells whether the shim chooses its certificates by answering a need. */
function chooses({ flags }: Setting): boolean {
  return (
    flags.async ||
    flags["fail-cert-callback"] ||
    flags["fail-early-callback"] ||
    flags["fail-ddos-callback"] ||
    flags["use-ocsp-callback"] ||
    flags["expect-peer-verify-pref"] !== undefined ||
    flags["expect-client-ca-list"] !== undefined ||
    flags["expect-certificate-types"] !== undefined ||
    flags["expect-advertised-alpn"] !== undefined
  );
}

/** @throws Unimplemented */
export function clientOf(setting: Setting): ClientConfig {
  const { flags } = setting;
  const options = common(setting);
  const shares = keySharesOf(flags, options.groups?.flat() ?? []);
  const ech = clientEch(setting.provider, flags);
  const session = sessionToOffer(setting);
  return createClientConfig({
    ...options,
    verifier: verifierOf(setting),
    trust: SHIM,
    credentials: chooses(setting)
      ? RAISE_NEED
      : setting.loaded.map((one) => one.credential),
    // A client of BoringSSL that was given certificates does not go on without.
    credentialMismatch: "alert",
    ...typesToShow(setting),
    alpnProtocols: alpnNames(flags["advertise-alpn"] ?? ""),
    legacyServerConnect: !flags["no-legacy-server-connect"],
    sessionTickets: !flags["no-ticket"],
    fallbackSignal: flags["fallback-scsv"],
    ...(flags["permute-extensions"] && {
      shapes: { client_hello: { order: shuffledTypes() } },
    }),
    ...(session && { session }),
    earlyData: flags["enable-early-data"],
    ...(ech && { encryptedClientHello: ech }),
    ...(shares && { keyShares: shares }),
  });
}

/** RFC 9846 4.3.11: in any order, but pre_shared_key comes last. */
function shuffledTypes(): readonly number[] {
  const last = ExtensionType.pre_shared_key;
  const ranked = Object.values(ExtensionType)
    .filter((type) => type !== last)
    .map((type) => ({ type, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank);
  return [...ranked.map(({ type }) => type), last];
}

/**
 * A verifier of RAISE_NEED has to validate a session's certificates before it
 * is offered.
 */
function sessionToOffer({ flags, memory, isResumption }: Setting) {
  const refuses = flags["reverify-on-resume"] && flags["verify-fail"];
  return isResumption && !refuses ? memory.session : undefined;
}

/** As the engine does by itself for credentials that it is not to ask for. */
function typesToShow({ flags, loaded }: Setting) {
  const named = certificateTypeNames(flags["available-client-cert-types"]);
  const own = loaded.map(({ credential }) => credential.certificateType);
  const types = named ?? [...new Set(own.map((type) => type ?? "X509"))];
  return types.length > 0 ? { certificateTypes: types } : {};
}

/**
 * The shares of the flags, or of the groups that the server is expected to
 * support.
 */
function keySharesOf(
  flags: Flags,
  groups: readonly GroupName[],
): readonly GroupName[] | undefined {
  const { "key-shares": shares, "server-supported-groups-hint": hint } = flags;
  const known = groups.filter((name) => hint?.includes(GROUPS[name]));
  if (known.length > 0) return known.slice(0, 1);
  if (flags["no-key-shares"]) return [];
  return shares && groupNames(shares);
}

/** @throws Unimplemented */
export function serverOf(setting: Setting): ServerConfig {
  const { flags, loaded } = setting;
  const names = flags["use-client-ca-list"];
  const ownOrder =
    flags["server-preference"] ||
    flags["cnsa-202407"] ||
    flags.cipher !== undefined;
  return createServerConfig({
    ...common(setting),
    verifier: verifierOf(setting),
    trust: SHIM,
    credentials:
      chooses(setting) || loaded.length === 0
        ? RAISE_NEED
        : loaded.map((one) => one.credential),
    clientAuthentication: flags["require-any-client-certificate"]
      ? "required"
      : flags["verify-peer"]
        ? "optional"
        : "none",
    ...(names !== undefined && { certificateAuthorities: namesOf(names) }),
    ...serverAlpn(flags),
    cipherPreference: ownOrder ? "server" : "client",
    groupPreference: "order",
    ...(flags.psk !== undefined && {
      pskIdentityHint: asciiBytes(flags["psk-identity"] ?? ""),
    }),
    encryptedClientHello: serverEch(setting.provider, flags),
    ...setting.memory.serverOptions(flags),
  });
}

function serverAlpn(flags: Flags) {
  const selected = flags["select-alpn"] || undefined;
  // What no client offers: the config's way to say that nothing will do.
  if (flags["reject-alpn"]) return { alpnProtocols: ["\xff"] };
  return {
    alpnProtocols:
      selected === undefined || flags["decline-alpn"] ? [] : [selected],
    alpnMismatch: "ignore",
  } as const;
}

function common(setting: Setting): CommonOptions {
  const { flags, provider, keyLog } = setting;
  const { "verify-prefs": schemes, curves } = flags;
  const length = flags["max-cert-list"];
  const policy = policyOf(flags);
  const fragment = flags["max-send-fragment"];
  return {
    provider,
    keyLog,
    versions: versionsOf(flags),
    signatureSchemes: schemes ? verified(schemes) : VERIFIES_BY_DEFAULT,
    groups: curves ? groupsOf(curves, flags) : GROUPS_BY_DEFAULT,
    // BoringSSL's servers ask a client for neither.
    ocspStapling: !flags.server && flags["enable-ocsp-stapling"],
    signedCertificateTimestamps:
      !flags.server && flags["enable-signed-cert-timestamps"],
    certificateCompression: compressionOf(flags),
    limits: {
      // What BoringSSL skips, and the cases exceed by a byte.
      skippedEarlyData: 16384,
      ...(length !== undefined && { certificateMessage: length }),
    },
    cipherSuites: suitesOf(flags),
    ...(fragment !== undefined && { maxSendFragment: fragment }),
    // BoringSSL's servers of TLS 1.3 always do.
    grease: flags.server || flags["enable-grease"],
    ...((flags.psk !== undefined || importedOf(flags).length > 0) && {
      psk: flags.async ? RAISE_NEED : pskOf(flags),
    }),
    ...rawKeysOf(setting),
    ...policy,
  };
}

/** Groups of which a flag says that the next one is equal. */
function groupsOf(
  curves: readonly number[],
  { "curves-flags": equal = [] }: Flags,
): Preferences<GroupName> {
  const lists: GroupName[][] = [];
  groupNames(curves).forEach((name, at) => {
    const last = lists.at(-1);
    if (last !== undefined && equal[at - 1] === 1) last.push(name);
    else lists.push([name]);
  });
  return lists;
}

/** The keys of RFC 9258, each for both hashes. */
function importedOf({ credentials }: Flags): readonly ExternalPsk[] {
  return credentials
    .filter(({ kind }) => kind === "PreSharedKey")
    .flatMap((one) =>
      (["SHA-256", "SHA-384"] as const).map((targetHash) =>
        importPsk({
          provider: noble,
          identity: one["psk-importer-identity"] ?? NO_BYTES,
          key: one["psk-importer-key"] ?? NO_BYTES,
          context: one["psk-importer-context"] ?? NO_BYTES,
          hash: one["psk-importer-sha384"] ? "SHA-384" : "SHA-256",
          targetHash,
        }),
      ),
    );
}

/** The key of RFC 4279, for a peer that knows its identity. */
export function pskOf(flags: Flags): PskCallback {
  const identity = asciiBytes(flags["psk-identity"] ?? "");
  const key = asciiBytes(flags.psk ?? "");
  const imported = importedOf(flags);
  if (imported.length > 0)
    return (request) =>
      flags.server
        ? imported.find((one) =>
            equal(one.identity, request.identity ?? NO_BYTES),
          )
        : imported;
  return (request) => {
    // TLS 1.3 asks without a hint, and BoringSSL has no such key for it.
    const named = (flags.server ? request.identity : request.hint) ?? NO_BYTES;
    return equal(named, identity) ? { identity, key } : undefined;
  };
}

/** @throws Unimplemented when puretls has none of the versions wanted */
function versionsOf(flags: Flags): readonly TlsProtocolVersion[] {
  const { "min-version": least = 0, "max-version": most = 0xffff } = flags;
  const off = { "TLSv1.3": flags["no-tls13"], "TLSv1.2": flags["no-tls12"] };
  const versions = VERSIONS.filter(
    ([code, name]) => code >= least && code <= most && !off[name],
  );
  if (versions.length === 0) throw new Unimplemented("a version");
  return versions.map(([, name]) => name);
}

/** Tells whether the shim validates the peer's certificate. */
export function verifies(flags: Flags): boolean {
  return flags["verify-peer"] || flags["require-any-client-certificate"];
}

/**
 * The verifier of raw keys, and the name of the shim's rules: sessions of one
 * configuration are resumed under another.
 */
const SHIM = {
  verify: (publicKeyInfo: Uint8Array, at: VerifyContext) =>
    verifiedKeyByCaller(publicKeyInfo, at),
};

/** Accepts raw public keys where the flags name them. */
function rawKeysOf({ flags, isResumption }: Setting) {
  const types = certificateTypeNames(flags["accepted-peer-cert-types"]);
  if (types === undefined) return {};
  const asks =
    flags["verify-fail"] || (flags.async && !(flags.server && isResumption));
  return {
    peerCertificateTypes: types,
    ...(types.includes("RawPublicKey") && {
      rawPublicKeys: asks ? RAISE_NEED : SHIM,
    }),
  };
}

/** Accepts everyone, as the runner's certificates want it. */
function verifierOf({
  flags,
  retryFlags,
  seen,
  isResumption,
}: Setting): CertificateVerifier | typeof RAISE_NEED {
  // Of a ticket's certificates nobody is asked: there has to be a verifier.
  const asksAlways = flags.async && !(flags.server && isResumption);
  if (asksAlways || flags["fail-ocsp-callback"]) return RAISE_NEED;
  const refuses =
    (flags["verify-fail"] || retryFlags["verify-fail"]) && verifies(flags);
  // BoringSSL's servers judge no session again.
  if (refuses && !(flags.server && isResumption)) return RAISE_NEED;
  return {
    verify: (peer, at) => {
      const { serverName, resumption = false } = at;
      if (refuses && !resumption) throw new Error("-verify-fail");
      seen.peer = peer;
      seen.name = serverName;
      seen.isRefused = flags["verify-fail"];
      return verifiedByCaller(peer, at);
    },
  };
}

/** A client cannot do with schemes alone that no server may sign by (RFC 9963). */
function verified(codes: readonly number[]): readonly SignatureSchemeName[] {
  const names = schemeNames(codes);
  return names.every((name) => name.endsWith("_legacy"))
    ? [...names, "ed25519"]
    : names;
}
