/** Whether a connection may go on from a session, the same for both versions. */
import { equal } from "../bytes.ts";
import { isVerifiedKey } from "../x509/raw-key.ts";
import type { VerifyContext } from "../x509/verifier.ts";
import { isVerifiedChain } from "../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { PeerProof } from "./peer-proof.ts";
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
  /** Undefined: the peer had shown nothing. */
  readonly chain: PeerProof | undefined;
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
  const { peerCertificates: certificates, peerRawPublicKey: key } = session;
  if (certificates.length === 0 && key === undefined)
    return { chain: undefined };
  const type = key === undefined ? "X509" : "RawPublicKey";
  // What would not be taken in a full handshake is not taken by this way.
  if (!config.peerCertificateTypes.includes(type)) return undefined;
  const verifier = key === undefined ? config.verifier : config.rawPublicKeys;
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
    const chain = judgedAgain(config, session, context);
    return isProof(chain) ? { chain } : undefined;
  } catch {
    // Whatever the verifier has against it: the full handshake will tell.
    return undefined;
  }
}

function judgedAgain(
  { verifier, rawPublicKeys }: ClientConfig | ServerConfig,
  { peerCertificates: certificates, peerRawPublicKey: key, stapled }: Session,
  context: VerifyContext,
): PeerProof | undefined {
  if (key !== undefined)
    return rawPublicKeys === "ask"
      ? undefined
      : rawPublicKeys?.verify(key, context);
  return verifier === "ask"
    ? undefined
    : verifier?.verify({ certificates, ...stapled }, context);
}

function isProof(value: unknown): value is PeerProof {
  return isVerifiedChain(value) || isVerifiedKey(value);
}

function stillProven(
  { peer, serverName }: Session,
  { now, ...context }: VerifyContext,
): ResumedPeer | undefined {
  if (context.purpose === "serverAuth" && context.serverName !== serverName)
    return undefined;
  // A bare key has no end of its own.
  if (isVerifiedKey(peer)) return { chain: peer };
  if (!isVerifiedChain(peer)) return undefined;
  const inTime = [...peer.received, ...peer.path].every(
    ({ notBefore, notAfter }) => notBefore <= now && now <= notAfter,
  );
  return inTime ? { chain: peer } : undefined;
}
