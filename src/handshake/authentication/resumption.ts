/** The conditions of resumption, the same for both roles and both versions. */
import { RAISE_NEED } from "../../promises.ts";
import { equal } from "../../bytes.ts";
import { validityAt } from "../../x509/certificates/validity.ts";
import { isVerifiedKey } from "../../x509/raw-key.ts";
import { requiresCertificate } from "../config/client-authentication.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { TlsProtocolVersion } from "../registries/cipher-suites.ts";
import type { PeerProof } from "../credentials/peer-identity.ts";
import type { VerifyNeed } from "../machine/io.ts";
import { isFresh, ResumedPeer, type Session } from "../sessions/session.ts";
import {
  proofFault,
  verifyByConfig,
  verifyNeed,
} from "./authenticated-peer.ts";

/**
 * Tells whether a server under that config may resume the session for a client
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

/**
 * Verifies the session's peer again, under this config, now and for that name;
 * undefined when it must not be resumed. The config's own verifier verifies the
 * certificates again (with its cache of signatures that costs little), so that
 * an expired or revoked certificate, another name, another trust store or a
 * session out of a file are refused as in a full handshake. A verifier that has
 * to be asked leaves the proof that the session still holds in this process.
 */
export function resumedPeer(
  session: Session,
  config: ClientConfig | ServerConfig,
  serverName: string | undefined,
): ResumedPeer | undefined {
  const { peerCertificates: certificates, peerRawPublicKey: key } = session;
  const { version, stapled } = session;
  const terms = { trust: config.trust, serverName };
  if (certificates.length === 0 && key === undefined)
    return mayBeUnknown(version, config)
      ? new ResumedPeer(session, terms, undefined)
      : undefined;
  const type = key === undefined ? "X509" : "RawPublicKey";
  // What a full handshake would not accept is not accepted this way either.
  if (!config.peerCertificateTypes.includes(type)) return undefined;
  const rawPublicKey = key && { rawPublicKey: key };
  const peer = { certificates, ...stapled, ...rawPublicKey };
  const need = verifyNeed(peer, { config, version, serverName }, true);
  const proof = provenAgain(session, config, need);
  return proof && new ResumedPeer(session, terms, proof);
}

/**
 * A server that presented nothing was known by an external PSK (RFC 9846 2.2):
 * its session is resumed only where there still is one. A client may have
 * stayed anonymous where the policy lets it.
 */
function mayBeUnknown(
  version: TlsProtocolVersion,
  config: ClientConfig | ServerConfig,
): boolean {
  if (config.role === "client") return config.psk !== undefined;
  const { clientAuthentication: policy } = config;
  return !requiresCertificate(policy, version, "inHandshake");
}

function provenAgain(
  session: Session,
  config: ClientConfig | ServerConfig,
  need: VerifyNeed,
): PeerProof | undefined {
  try {
    const said = verifyByConfig(config, need);
    const proof = said === RAISE_NEED ? stillInTime(session, need) : said;
    return proofFault(need, proof) === undefined ? proof : undefined;
  } catch {
    // Whatever the verifier has against it: the full handshake will tell.
    return undefined;
  }
}

/** The proof of the first connection, of which a bare key has no end. */
function stillInTime(
  { peer }: Session,
  { context: { now } }: VerifyNeed,
): PeerProof | undefined {
  if (peer === undefined || isVerifiedKey(peer)) return peer;
  const isInTime = [...peer.received, ...peer.path].every(
    (certificate) => validityAt(certificate, now) === "within",
  );
  return isInTime ? peer : undefined;
}
