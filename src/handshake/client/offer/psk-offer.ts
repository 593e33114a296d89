/** The PSKs that a client of TLS 1.3 offers, RFC 9846 4.3.11. */
import type { ClientConfig } from "../../config/config.ts";
import type { OwnPsk } from "../../sessions/external-psk.ts";
import type { OfferedPsks } from "../../extensions/spec.ts";
import {
  binderOf,
  bindersLength,
  externalKey,
  type Psk,
  randomAge,
  resumptionPsk,
} from "../../sessions/psk.ts";
import { resumedPeer } from "../../authentication/resumption.ts";
import { isFresh, type Session13 } from "../../sessions/session.ts";
import type { PendingTranscript } from "../../keys/transcript.ts";

/** The session of the config and the external PSKs, as far as they are of use. */
export function offeredPsks(
  config: ClientConfig,
  serverName: string | undefined,
  external: readonly OwnPsk[],
): readonly Psk[] {
  const psks: Psk[] = [];
  const resumption = sessionPsk(config, serverName);
  if (resumption !== undefined) psks.push(resumption);
  // RFC 9846 4.3.11: an identity has a byte at least; TLS 1.2's may have none.
  for (const psk of external)
    if (psk.identity.length > 0) psks.push(externalKey(psk, config.trust));
  // [9846-4.2.2-13] [9846-4.7.1-06a]
  return psks.filter(({ hash }) =>
    config.suites13.some((suite) => suite.hash === hash),
  );
}

// [9846-4.3.11-04] [9846-E.1-01]
function sessionPsk(
  config: ClientConfig,
  serverName: string | undefined,
): Psk | undefined {
  const { session, provider } = config;
  if (session?.version !== "TLSv1.3") return undefined;
  // [9846-4.7.1-07b]
  if (session.ticket.length === 0 || session.serverName !== serverName)
    return undefined;
  // Where no external PSK is agreed on, a server has to have shown who it is.
  const { peerCertificates, peerRawPublicKey } = session;
  const isKnown = peerCertificates.length > 0 || peerRawPublicKey !== undefined;
  if (!isKnown && config.psk === undefined) return undefined;
  // [9846-4.3.11.1-01]
  if (!isFresh(session, provider.now())) return undefined;
  // [9846-4.7.1-07a]
  const peer = resumedPeer(session, config, serverName);
  return peer && resumptionPsk(session, peer, session.ticket);
}

/** The session that early data may go under, where the program wants it. */
export function earlyDataSession(
  config: ClientConfig,
  [first]: readonly Psk[],
): Session13 | undefined {
  // [9846-4.3.10-01] [9846-4.3.10-02] [9846-E.1-02]
  if (!config.earlyData || first?.kind !== "resumption") return undefined;
  const { session } = first;
  const { alpnProtocol, cipherSuite, maxEarlyData } = session;
  // RFC 9846 4.3.10: the same version, suite and ALPN name as then.
  const same =
    config.suites13.some(({ code }) => code === cipherSuite.code) &&
    (alpnProtocol === undefined || config.alpnProtocols.includes(alpnProtocol));
  return same && maxEarlyData > 0 ? session : undefined;
}

// [9846-9.2-07]
/** The extension's body, with binders of zeros. */
export function pskBody(
  config: ClientConfig,
  psks: readonly Psk[],
): OfferedPsks | undefined {
  if (psks.length === 0) return undefined;
  const { hashes, now } = config.provider;
  return {
    identities: psks.map((psk) => ({
      identity: psk.identity,
      // [9846-4.3.11-01a]
      obfuscatedTicketAge:
        psk.kind === "external" ? 0 : obfuscatedAge(psk.session, now()),
    })),
    binders: psks.map(({ hash }) => new Uint8Array(hashes[hash].outputLength)),
  };
}

/**
 * RFC 9849 6.1.2: what stands in the outer hello where an inner one offers
 * PSKs, of the same lengths and of no meaning.
 */
export function greasePsks(
  config: ClientConfig,
  psks: readonly Psk[],
): OfferedPsks | undefined {
  const { random } = config.provider;
  const body = pskBody(config, psks);
  if (body === undefined) return undefined;
  return {
    identities: body.identities.map(({ identity }) => ({
      obfuscatedTicketAge: randomAge(random),
      identity: random(identity.length),
    })),
    binders: body.binders.map(({ length }) => random(length)),
  };
}

/** RFC 9846 4.3.11.1: milliseconds since the ticket came, plus its age_add. */
function obfuscatedAge(session: Session13, now: number): number {
  const age = Math.max(0, Math.floor(now - session.createdAt));
  return (age + session.ageAdd) % 2 ** 32;
}

/** The same ClientHello with the right binders at its end: `checkHelloShape`. */
export function withBinders(
  config: ClientConfig,
  raw: Uint8Array,
  psks: readonly Psk[],
  before: PendingTranscript,
): Uint8Array {
  if (psks.length === 0) return raw;
  const { hashes } = config.provider;
  const length = bindersLength(psks.map(({ hash }) => hashes[hash]));
  const truncated = raw.subarray(0, raw.length - length);
  let at = truncated.length + 2;
  const bound = raw.slice();
  for (const psk of psks) {
    const binder = binderOf(hashes[psk.hash], psk, before, truncated);
    bound.set(binder, at + 1);
    at += 1 + binder.length;
  }
  return bound;
}
