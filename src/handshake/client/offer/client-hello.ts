/** Writing a ClientHello, the first and the second one. */
import { NO_BYTES } from "../../../bytes.ts";
import type { GroupName } from "../../../crypto/provider.ts";
import { TlsUsageError } from "../../../errors.ts";
import {
  CipherSuiteSignal,
  ExtensionType,
  ProtocolVersion,
} from "../../../wire/code-points.ts";
import type { ClientConfig } from "../../config/config.ts";
import type { OfferedPsks } from "../../extensions/spec.ts";
import { extensionTypes, offerExtensions } from "../../extensions/table.ts";
import { GROUPS, isPostQuantum } from "../../registries/groups.ts";
import { encodeClientHello } from "../../messages/client-hello.ts";
import type { Psk } from "../../sessions/psk.ts";
import { PendingTranscript } from "../../keys/transcript.ts";
import { greased, greaseExtensions, makeGrease } from "../grease.ts";
import type {
  OfferedKeyPair,
  OfferedSession12,
  RetryAsked,
  SentHello,
} from "../states.ts";
import { clientHooksOf } from "../hooks.ts";

type HelloBase = Omit<SentHello, "types" | "raw" | "psks">;

/** The first ClientHello of a connection. */
export function firstHello(
  config: ClientConfig,
  serverName: string | undefined,
  psks: readonly Psk[] = [],
  ech?: Uint8Array,
): SentHello {
  const { random } = config.provider;
  const { sessions } = clientHooksOf(config);
  const session12 = sessions?.session12?.(config, serverName);
  const keyShares = config.versions.includes("TLSv1.3") ? config.keyShares : [];
  const base = {
    random: random(32),
    sessionId: sessionIdFor(config, session12),
    session12,
    grease: config.grease ? makeGrease(random) : undefined,
    // [9846-2.2-01]
    keyPairs: keyShares.map((name) => newKeyPair(config, name)),
  };
  return write(config, serverName, base, { ech, psks, retry: undefined });
}

/**
 * RFC 9846 4.2.2: the same again, with the share and the cookie asked for,
 * binders over what came before, and without early data.
 */
export function secondHello(
  config: ClientConfig,
  serverName: string | undefined,
  first: SentHello,
  asked: RetryAsked,
  ech?: Uint8Array,
): SentHello {
  // [9846-4.3.8-14]
  const keyPairs =
    asked.group === undefined
      ? first.keyPairs
      : [newKeyPair(config, asked.group)];
  // [9846-4.2.2-02a]
  const base = { ...first, keyPairs };
  // [9846-4.2.4-11]
  // RFC 9846 4.2.4: without PSKs that the suite does not go with.
  const psks = first.psks.filter(({ hash }) => hash === asked.hash);
  return write(config, serverName, base, { ech, psks, retry: asked });
}

/**
 * RFC 9849 6.1: the hello around an inner one, with another name and random,
 * so that most of what they say is the same.
 */
export function outerHello(
  config: ClientConfig,
  publicName: string,
  base: SentHello,
  ech: Uint8Array,
  retry: RetryAsked | undefined,
  madeUp: OfferedPsks | undefined,
): SentHello {
  // RFC 9849 6.1: early_data stands in both hellos or in none, so that a server
  // that refuses knows what to skip.
  const early = base.types.has(ExtensionType.early_data);
  const offer = { ech, psks: [], retry, madeUp, early };
  return write(config, publicName, base, offer);
}

function write(
  config: ClientConfig,
  serverName: string | undefined,
  base: HelloBase,
  {
    ech,
    psks,
    retry,
    madeUp,
    early,
  }: {
    readonly ech: Uint8Array | undefined;
    readonly psks: readonly Psk[];
    readonly retry: RetryAsked | undefined;
    /** In place of the PSKs that an inner hello offers. */
    readonly madeUp?: OfferedPsks | undefined;
    readonly early?: boolean;
  },
): SentHello {
  const { grease } = base;
  const { extensions: table } = config.protocol;
  const { sessions } = clientHooksOf(config);
  // [9846-9.2-09]
  const offered = offerExtensions(table, {
    config,
    serverName,
    keyShares: base.keyPairs.map(({ group, pair }) => ({
      group: GROUPS[group],
      share: pair.share,
    })),
    // [9846-4.3.2-03]
    cookie: retry?.cookie,
    // TLS 1.2 has no messages for the exchange of a KEM.
    groups: config.versions.includes("TLSv1.3")
      ? config.groups
      : config.groups.filter((name) => !isPostQuantum(name)),
    ech,
    ticket12: sessions?.ticket12?.(config, base.session12),
    psks: madeUp ?? sessions?.pskBody(config, psks),
    // [9846-4.3.10-06]
    earlyData:
      early ??
      (retry === undefined && sessions?.offersEarlyData(config, psks) === true),
  });
  const bodies =
    grease === undefined
      ? offered
      : greased(grease, offered, retry?.group === undefined);
  const shape = {
    ...config.shapes.client_hello,
    ...(grease && { around: greaseExtensions(grease) }),
  };
  const suites = [
    ...config.suites.map(({ code }) => code),
    ...(config.fallbackSignal ? [CipherSuiteSignal.TLS_FALLBACK_SCSV] : []),
  ];
  // [9846-E.5-05]
  const raw = encodeClientHello(
    table,
    {
      // [9846-4.2.2-06] [9846-E.5-08]
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random: base.random,
      legacySessionId: base.sessionId,
      cipherSuites: grease ? [grease.cipherSuite, ...suites] : suites,
      extensions: bodies,
    },
    shape,
  );
  const types = extensionTypes(table, "client_hello", bodies, shape);
  const before = retry?.before ?? new PendingTranscript();
  const bound = sessions?.withBinders(config, raw, psks, before);
  return { ...base, types: new Set(types), psks, raw: bound ?? raw };
}

/**
 * The session id of a ClientHello: the session's, or one that is made up, so
 * that the server's echo tells that it took the ticket (RFC 5077 3.4) and a
 * middlebox sees what looks like a session (RFC 9846 E.4).
 */
function sessionIdFor(
  config: ClientConfig,
  offered: OfferedSession12 | undefined,
): Uint8Array {
  const { sessionId } = offered?.session ?? { sessionId: NO_BYTES };
  // [9846-4.2.2-08]
  if (sessionId.length > 0) return sessionId;
  const isMadeUp =
    offered !== undefined ||
    (config.compatibilityMode && config.versions.includes("TLSv1.3"));
  // [9846-4.2.2-09] [9846-4.2.2-10] [9846-4.2.2-11]
  return isMadeUp ? config.provider.random(32) : NO_BYTES;
}

function newKeyPair(config: ClientConfig, name: GroupName): OfferedKeyPair {
  const group = config.provider.groups[name];
  if (group === undefined)
    throw new TlsUsageError(`the provider has no group ${name}`);
  // [9846-4.3.8-06] [9846-4.3.8-10]
  return { group: name, pair: group.generate(config.provider.random) };
}
