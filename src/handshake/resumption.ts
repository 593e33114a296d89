/** Whether a connection may go on from a session, the same for both versions. */
import { equal } from "../bytes.ts";
import type { VerifiedChain, VerifyContext } from "../x509/verifier.ts";
import { isVerifiedChain } from "../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import { isFresh, type Session } from "./session.ts";

/**
 * Whether a server under that config may go on from the session for a client
 * that asks for that name: the same context (RFC 5246 F.1.4), the same name
 * (RFC 6066 3) and not too old.
 */
export function isOfThisServer(
  session: Session,
  config: ServerConfig,
  serverName: string | undefined,
): boolean {
  return (
    isFresh(session, config.provider.now()) &&
    session.serverName === serverName &&
    equal(session.sessionContext, config.sessionContext)
  );
}

/** Who the peer of a session is, once it may be relied on again. */
export interface ResumedPeer {
  /** Undefined: the peer had shown no certificate. */
  readonly chain: VerifiedChain | undefined;
}

/**
 * Who the session's peer is under this config, now and under that name;
 * undefined when it must not be resumed. The config's own verifier judges the
 * certificates again (with its cache of signatures that costs little), so that
 * an expired or revoked certificate, another name, another trust store or a
 * session out of a file are judged as in a full handshake. A verifier that has
 * to be asked leaves the proof that the session still holds in this process.
 */
export function resumedPeer(
  session: Session,
  config: ClientConfig | ServerConfig,
  serverName: string | undefined,
): ResumedPeer | undefined {
  const [leaf] = session.peerCertificates;
  if (leaf === undefined) return { chain: undefined };
  const { verifier } = config;
  const context: VerifyContext = {
    purpose: config.role === "client" ? "serverAuth" : "clientAuth",
    serverName: config.role === "client" ? serverName : undefined,
    now: config.provider.now(),
    ocspRequested: config.ocspStapling,
    resumption: true,
  };
  if (verifier === undefined) return undefined;
  if (verifier === "ask") return stillProven(session, context);
  try {
    const { peerCertificates: certificates, stapled } = session;
    const peer = { certificates, ...stapled };
    const chain = verifier.verify(peer, context);
    return isVerifiedChain(chain) ? { chain } : undefined;
  } catch {
    // Whatever the verifier has against it: the full handshake will tell.
    return undefined;
  }
}

function stillProven(
  { peer, serverName }: Session,
  { now, ...context }: VerifyContext,
): ResumedPeer | undefined {
  if (!isVerifiedChain(peer)) return undefined;
  if (context.purpose === "serverAuth" && context.serverName !== serverName)
    return undefined;
  const inTime = [...peer.received, ...peer.path].every(
    ({ notBefore, notAfter }) => notBefore <= now && now <= notAfter,
  );
  return inTime ? { chain: peer } : undefined;
}
