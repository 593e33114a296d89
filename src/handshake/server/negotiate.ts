/** A server's choices by a ClientHello, RFC 9846 4.2.1 and 4.3.8. */
import type { GroupName, HashName } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { CipherSuiteSignal, ProtocolVersion } from "../../wire/code-points.ts";
import type {
  CipherSuite,
  CipherSuite13,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { ServerConfig } from "../config/config.ts";
import { inTheirOrder, sharedGroups } from "../config/preferences.ts";
import type { KeyShareEntry } from "../extensions/spec.ts";
import type { ChosenPsk } from "../sessions/psk.ts";
import { GROUPS, isPostQuantum } from "../registries/groups.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import { serverHooksOf } from "./hooks.ts";
import type { ChosenGroup } from "./states.ts";

/**
 * The newest version that both sides speak: RFC 9846 4.3.1, and RFC 5246 E.1
 * for a client that has no supported_versions.
 *
 * @throws TlsError
 */
export function chooseVersion(
  config: ServerConfig,
  hello: ClientHello,
): TlsProtocolVersion {
  const { versions } = config;
  const { mismatch } = serverHooksOf(config);
  const { extensions, legacyVersion, cipherSuites } = hello;
  const newest = NEWEST_FIRST.filter((name) => versions.includes(name));
  // [9846-4.3.1-05b] [9846-4.3.1-07]
  const version = newest.find((name) => {
    const code = ProtocolVersion[name];
    // [5246-E.1-02] [9846-4.2.2-07a] [9846-4.3.1-02] [9846-4.3.1-04]
    // [9846-4.3.1-05a] [9846-E.2-01] [9846-E.2-02]
    // Without the extension nobody means TLS 1.3, whatever the number says.
    return (
      extensions.supported_versions?.includes(code) ??
      (name === "TLSv1.2" && legacyVersion >= code)
    );
  });
  // RFC 7507 3: the client could do better, and tries this for want of it.
  if (
    version !== newest[0] &&
    cipherSuites.includes(CipherSuiteSignal.TLS_FALLBACK_SCSV)
  )
    throw new TlsError(
      reason.inappropriate_fallback,
      version === undefined ? mismatch?.versions(config, hello) : {},
    );
  // [5246-E.1-03] [9846-E.2-03]
  if (version === undefined)
    throw new TlsError(
      reason.unsupported_protocol,
      mismatch?.versions(config, hello),
    );
  return version;
}

// [9846-4.3.1-06] [9846-E.5-04]
const NEWEST_FIRST: readonly TlsProtocolVersion[] = ["TLSv1.3", "TLSv1.2"];

/** The best suite of TLS 1.3 in common that goes with the PSK, if any. */
export function chooseSuite13(
  config: ServerConfig,
  hello: ClientHello,
  pskHash?: HashName,
): CipherSuite13 {
  // [9846-4.3.11-03] [9846-4.3.11-07]
  const suite = sharedSuites(config, config.suites13, hello).find(
    ({ hash }) => pskHash === undefined || hash === pskHash,
  );
  if (suite === undefined)
    // [9846-2.1-01] [9846-4.2.1-04]
    throw new TlsError(
      reason.no_shared_cipher,
      serverHooksOf(config).mismatch?.suites13(config, hello),
    );
  return suite;
}

/** Those of the server's suites that the client has, best first. */
export function sharedSuites<S extends CipherSuite>(
  { cipherPreference, equalSuites }: ServerConfig,
  suites: readonly S[],
  { cipherSuites: codes }: ClientHello,
): readonly S[] {
  // [5246-7.4.1.2-03] [9846-4.2.2-12] [9846-9.3-05]
  const shared = suites.filter(({ code }) => codes.includes(code));
  const isOurs = cipherPreference === "server";
  if (isOurs && equalSuites.size === 0) return shared;
  return inTheirOrder(
    shared,
    ({ name }) => (isOurs ? equalSuites.get(name) : 0),
    ({ code }) => codes.indexOf(code),
  );
}

/**
 * Among groups that are alike, the best that the client sent a share of, and where
 * there is none the best that it supports: a round trip costs more than a step
 * down in a list of safe groups. Alike are the groups of an inner list, and beside
 * these hybrids or none: whoever wants a hybrid and can have one gets it, since a
 * share is no statement of preference, and who records the connection need not
 * wait for a better one.
 */
export function chooseGroup(
  config: ServerConfig,
  hello: ClientHello,
): ChosenGroup {
  const { supported_groups: groups = [], key_share: shares = [] } =
    hello.extensions;
  checkShares(shares, groups);
  // [9846-4.3.8-05] [9846-4.3.8-16a]
  const shared = sharedGroups(config, groups);
  const [best] = shared;
  if (best === undefined)
    // [9846-2.1-01] [9846-4.2.1-01]
    throw new TlsError(
      reason.no_shared_group,
      serverHooksOf(config).mismatch?.groups(config, hello),
    );
  const { equalGroups: lists, groupPreference } = config;
  const list = lists.get(best);
  const isAlike = (name: GroupName): boolean =>
    list === undefined
      ? isPostQuantum(name) === isPostQuantum(best)
      : lists.get(name) === list;
  const alike = groupPreference === "order" ? [best] : shared.filter(isAlike);
  for (const group of alike) {
    // [9846-2-01]
    const entry = shares.find((one) => one.group === GROUPS[group]);
    if (entry !== undefined) return { group, share: entry.share };
  }
  return { group: best, share: undefined };
}

/** Tells whether a group is in common, with a share or without. */
export function sharesGroup(
  { groups }: ServerConfig,
  { extensions }: ClientHello,
): boolean {
  const { supported_groups: theirs = [], key_share: shares } = extensions;
  return (
    shares !== undefined && groups.some((name) => theirs.includes(GROUPS[name]))
  );
}

// [9846-4.3.10-05a]
/**
 * Bytes of refused early data that are to be skipped: as many as a ticket of
 * this server allows, or the one that the client offers (RFC 9846 4.3.10).
 */
export function refusedBytes(
  { maxEarlyData }: ServerConfig,
  chosen: ChosenPsk | undefined,
): number {
  if (chosen?.psk.kind !== "resumption" || chosen.index !== 0)
    return maxEarlyData;
  return Math.max(maxEarlyData, chosen.psk.session.maxEarlyData);
}

/**
 * RFC 9846 E.4: a client that offers a session id must get the dummy, and
 * others may.
 */
export function sendsChangeCipherSpec(
  config: ServerConfig,
  hello: ClientHello,
): boolean {
  // [9846-E.4-01a] [9846-E.4-01b]
  return config.compatibilityMode || hello.legacySessionId.length > 0;
}

/** RFC 7301 3.2: the first of the server's list that the client offers. */
export function chooseAlpn(
  config: ServerConfig,
  hello: ClientHello,
): string | undefined {
  const offered = hello.extensions.application_layer_protocol_negotiation;
  if (offered === undefined || config.alpnProtocols.length === 0)
    return undefined;
  const name = config.alpnProtocols.find((one) => offered.includes(one));
  if (name === undefined && config.alpnMismatch === "alert")
    throw new TlsError(
      reason.no_application_protocol,
      serverHooksOf(config).mismatch?.protocols(config, offered),
    );
  return name;
}

/**
 * RFC 9846 4.3.8: one share a group, and none for a group that is not listed:
 * "Servers MAY check for violations of these rules and abort the handshake
 * with an "illegal_parameter" alert".
 */
function checkShares(
  shares: readonly KeyShareEntry[],
  groups: readonly number[],
): void {
  // Both lists are as long as the client likes.
  const left = new Set(groups);
  for (const { group } of shares)
    if (!left.delete(group))
      throw new TlsError(reason.illegal_parameter, {
        detail: "key_share: a group twice, or one that is not listed",
      });
}
