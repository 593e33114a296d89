/**
 * What is kept of a connection so that a later one can go on from it: RFC 8446
 * 2.2 and 4.6.1 for TLS 1.3, RFC 5246 7.3, RFC 5077 and RFC 7627 for TLS 1.2.
 * Clients and servers keep the same thing; a server's ticket is this, sealed.
 */
import type { Secret } from "../bytes.ts";
import type { VerifiedChain } from "../x509/verifier.ts";
import type { CipherSuite12, CipherSuite13 } from "./cipher-suites.ts";
import type { PeerProof } from "./peer-proof.ts";

/** RFC 8446 4.6.1: seven days, in seconds. */
export const MAX_SESSION_LIFETIME = 604_800;

/** What a session of either version says. */
export interface SessionFacts {
  /**
   * When the ticket or the id came (client) or was made (server), in
   * milliseconds since the epoch.
   */
  readonly createdAt: number;
  /** When the peer was authenticated by its certificate; the same clock. */
  readonly authenticatedAt: number;
  /** Seconds from {@link createdAt}. */
  readonly lifetime: number;
  /** The name that the client asked for. */
  readonly serverName: string | undefined;
  readonly alpnProtocol: string | undefined;
  /** The server's `sessionContext`; empty on a client. */
  readonly sessionContext: Uint8Array;
  /**
   * On a server: tls-server-end-point (RFC 5929 4) of the certificate that it
   * showed; empty on a client, and where there is none.
   */
  readonly serverEndPoint: Uint8Array;
  /** DER, leaf first, as the peer sent it; empty when it sent none. */
  readonly peerCertificates: readonly Uint8Array[];
  /** In their place: DER of the key that it showed (RFC 7250). */
  readonly peerRawPublicKey?: Uint8Array;
  /**
   * What came stapled to them: it is judged again with them, so that a verifier
   * that wants timestamps or an OCSP response finds those of the first
   * connection, and refuses the session once the response is too old.
   */
  readonly stapled: VerifiedChain["stapled"];
  /**
   * The verifier's proof from that connection. Bytes cannot carry a proof: a
   * session that was read from bytes has none, and its certificates are
   * verified again when it is used.
   */
  readonly peer: PeerProof | undefined;
}

/** A session of TLS 1.3. */
export interface Session13 extends SessionFacts {
  readonly version: "TLSv1.3";
  readonly cipherSuite: CipherSuite13;
  /** The PSK of RFC 8446 4.6.1, of the ticket's nonce. */
  readonly psk: Secret;
  /** As a client received it; empty on a server. */
  readonly ticket: Uint8Array;
  readonly ageAdd: number;
  /** Bytes of early data that the ticket allows; 0: none. */
  readonly maxEarlyData: number;
  /** Which strike register guards the ticket's early data; empty: none. */
  readonly strikeRegister: Uint8Array;
}

/** A session of TLS 1.2. */
export interface Session12 extends SessionFacts {
  readonly version: "TLSv1.2";
  readonly cipherSuite: CipherSuite12;
  readonly masterSecret: Secret;
  /** RFC 7627: what decides whether it may be resumed. */
  readonly extendedMasterSecret: boolean;
  /** RFC 7366. */
  readonly encryptThenMac: boolean;
  /** Up to 32 bytes; empty when the server gave none. */
  readonly sessionId: Uint8Array;
  /** RFC 5077; empty when there is none. */
  readonly ticket: Uint8Array;
}

/**
 * A connection to go on from. It holds the key that stands for the peer's
 * certificate: keep it as you keep a private key.
 */
export type Session = Session13 | Session12;

/** What a server's connection that goes on from the session says of it. */
export function endPointOf({ serverEndPoint }: Session): {
  readonly serverEndPoint?: Uint8Array;
} {
  return serverEndPoint.length === 0 ? {} : { serverEndPoint };
}

/**
 * Whether the session is of use at that time (milliseconds since the epoch).
 * A clock that went backwards does not make it younger.
 */
export function isFresh(session: Session, now: number): boolean {
  const age = now - session.createdAt;
  const sinceAuthentication = now - session.authenticatedAt;
  return (
    age >= 0 &&
    age < 1000 * Math.min(session.lifetime, MAX_SESSION_LIFETIME) &&
    sinceAuthentication < 1000 * MAX_SESSION_LIFETIME
  );
}
