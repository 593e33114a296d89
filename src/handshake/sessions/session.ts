/**
 * A session is the state of a connection that a later one resumes: RFC 9846 2.2
 * and 4.6.1 for TLS 1.3, RFC 5246 7.3, RFC 5077 and RFC 7627 for TLS 1.2.
 * Clients and servers keep the same thing; a server's ticket is this, sealed.
 */
import { type Bytes, type Secret, unshared } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { VerifiedChain } from "../../x509/verifier.ts";
import type {
  CipherSuite12,
  CipherSuite13,
} from "../registries/cipher-suites.ts";
import type { PeerProof } from "../credentials/peer-identity.ts";

/** RFC 9846 4.7.1: seven days, in seconds. */
export const MAX_SESSION_LIFETIME = 604_800;

/** Facts of a session of either version. */
export interface SessionFacts {
  /**
   * Milliseconds since the epoch, when the ticket or the id came (client) or was
   * made (server).
   */
  readonly createdAt: number;
  /**
   * Milliseconds since the epoch, when the peer was authenticated by its
   * certificate.
   */
  readonly authenticatedAt: number;
  /** Seconds from {@link createdAt}, as in RFC 9846 4.7.1. */
  readonly lifetimeSeconds: number;
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
   * The stapled response and timestamps: they are verified again with the
   * certificates, so that a verifier that wants timestamps or an OCSP response
   * finds those of the first connection, and refuses the session once the
   * response is too old.
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
  /** The PSK of RFC 9846 4.7.1, of the ticket's nonce. */
  readonly psk: Secret;
  /** As a client received it; empty on a server. */
  readonly ticket: Uint8Array;
  readonly ageAdd: number;
  /** Bytes of early data that the ticket allows; 0: none. */
  readonly maxEarlyData: number;
  /**
   * True when an external PSK began it, and no certificate of the server: then
   * none may be asked of the client either (RFC 9846 F.1).
   */
  readonly ofExternalPsk: boolean;
  /**
   * Id of the strike register that guards the ticket's early data; empty: none.
   */
  readonly strikeRegister: Uint8Array;
}

/** A session of TLS 1.2. */
export interface Session12 extends SessionFacts {
  readonly version: "TLSv1.2";
  readonly cipherSuite: CipherSuite12;
  readonly mainSecret: Secret;
  /** RFC 7627: what decides whether it may be resumed. */
  readonly extendedMainSecret: boolean;
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

/** For whom a session is resumed. */
export interface ResumptionTerms {
  /** The `trust` of the config. */
  readonly trust: object;
  /** The name that the client asks for. */
  readonly serverName: string | undefined;
}

/**
 * Proof that a session may be resumed: its peer is accepted by the rules of a
 * config, under a name. Made by `resumedPeer` of `authentication/`.
 */
export class ResumedPeer {
  readonly session: Session;
  readonly #terms: ResumptionTerms;
  /** Undefined: the peer had presented nothing. */
  readonly chain: PeerProof | undefined;

  constructor(
    session: Session,
    terms: ResumptionTerms,
    chain: PeerProof | undefined,
  ) {
    this.session = session;
    this.#terms = terms;
    this.chain = chain;
  }

  /**
   * The proof itself, where it was made for that session, name and config.
   *
   * @throws TlsError `internal_error` where it was made for others
   */
  under(session: Session, { trust, serverName }: ResumptionTerms): this {
    const made = this.#terms;
    if (
      this.session === session &&
      made.trust === trust &&
      made.serverName === serverName
    )
      return this;
    throw new TlsError(reason.internal_error, {
      detail: "a session that was resumed by the rules of another config",
    });
  }
}

/**
 * Returns the server's end-point data for a connection that resumes the
 * session.
 */
export function endPointOf({ serverEndPoint }: Session): {
  readonly serverEndPoint?: Bytes;
} {
  return serverEndPoint.length === 0
    ? {}
    : { serverEndPoint: unshared(serverEndPoint) };
}

// [9846-4.7.1-12]
/**
 * Tells whether the session may be used at that time (milliseconds since the
 * epoch): RFC 9846 4.7.1 ends it where its age is greater than its lifetime. A
 * clock that went backwards does not make it younger.
 */
export function isFresh(session: Session, now: number): boolean {
  const age = now - session.createdAt;
  const sinceAuthentication = now - session.authenticatedAt;
  return (
    age >= 0 &&
    age <= 1000 * Math.min(session.lifetimeSeconds, MAX_SESSION_LIFETIME) &&
    sinceAuthentication <= 1000 * MAX_SESSION_LIFETIME
  );
}
