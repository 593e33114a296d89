/** The states of a client, RFC 9846 A.1, with what each of them knows. */
import type { Secret } from "../../bytes.ts";
import type { GroupName, HashName, KeyPair } from "../../crypto/provider.ts";
import type { TlsError } from "../../errors.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type { AuthenticatedPeer } from "../authentication/authenticated-peer.ts";
import type {
  ChosenCredential,
  VerifiedFinished,
  VerifiedSignature,
} from "../authentication/signatures-and-finished.ts";
import type { ResumedPeer, Session12 } from "../sessions/session.ts";
import type {
  CertificateTypeName,
  CertificateTypes,
} from "../registries/certificate-types.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";
import type { ClientConfig } from "../config/config.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import type { EchOffer } from "../config/ech-interfaces.ts";
import type { Extensions } from "../extensions/spec.ts";
import type { Grease } from "./grease.ts";
import type { ConnectionInfo, EarlyDataOutcome, Need } from "../machine/io.ts";
import type { TrafficSecret } from "../keys/key-schedule13.ts";
import type { Connected13 } from "../tls13/key-update.ts";
import type { ApplicationSecrets, HandshakeSecrets } from "../tls13/secrets.ts";
import type { ChosenPsk, Psk } from "../sessions/psk.ts";
import type { Session13 } from "../sessions/session.ts";
import type { PendingTranscript, Transcript } from "../keys/transcript.ts";

/** The offer, with all that is needed to send it again. */
export interface SentHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly grease: Grease | undefined;
  readonly keyPairs: readonly OfferedKeyPair[];
  /** The session of TLS 1.2 that was offered, and who its server is. */
  readonly session12: OfferedSession12 | undefined;
  readonly psks: readonly Psk[];
  /** Extension types of the message. */
  readonly types: ReadonlySet<number>;
  readonly raw: Uint8Array;
}

export interface OfferedSession12 {
  readonly session: Session12;
  readonly peer: ResumedPeer;
}

export interface OfferedKeyPair {
  readonly group: GroupName;
  readonly pair: KeyPair;
}

/** Content of a HelloRetryRequest. */
export interface RetryAsked {
  readonly group: GroupName | undefined;
  readonly cookie: Uint8Array | undefined;
  /** Of the suite that is fixed from now on. */
  readonly hash: HashName;
  /** All up to the HelloRetryRequest. */
  readonly before: PendingTranscript;
}

/** A hello inside the one that was sent. */
export interface InnerHello {
  readonly config: ClientConfig;
  readonly hello: SentHello;
  readonly serverName: string | undefined;
  readonly transcript: PendingTranscript;
}

/** The state of a client's ECH offer. */
export interface EchAttempt {
  readonly offer: EchOffer;
  /** "refused" also with GREASE, which nobody accepts. */
  readonly status: "offered" | "accepted" | "refused";
  /** While "offered". */
  readonly inner: InnerHello | undefined;
  /** Of the outer hello. */
  readonly outerRandom: Uint8Array;
  /** The config of the outer hello, for the server of the public name. */
  readonly outward: ClientConfig;
}

interface OpenClient {
  readonly config: ClientConfig;
  readonly serverName: string | undefined;
  readonly ech: EchAttempt | undefined;
}

/** Early data that was offered, RFC 9846 4.3.10. */
export interface OfferedEarlyData {
  readonly session: Session13;
  readonly hash: HashName;
  /** early_exporter_secret. */
  readonly exporter: Secret;
}

/** Before the ClientHello: is there an external PSK to offer? */
export interface WaitPsk extends OpenClient {
  readonly machine: "clientHello";
  readonly at: "WAIT_PSK";
  readonly need: Extract<Need, { type: "psk" }>;
}

export interface WaitServerHello extends OpenClient {
  readonly machine: "clientHello";
  readonly at: "WAIT_SH";
  readonly hello: SentHello;
  readonly transcript: PendingTranscript;
  /** The suite that a HelloRetryRequest fixed. */
  readonly retrySuite: CipherSuite13 | undefined;
  readonly early: OfferedEarlyData | undefined;
  /** A HelloRetryRequest refused it. */
  readonly earlyRejected: boolean;
}

export type ClientHelloState = WaitPsk | WaitServerHello;

/** Facts of the connection from the ServerHello on. */
export interface Client13 extends OpenClient {
  readonly machine: "client13";
  readonly suite: CipherSuite13;
  readonly group: GroupName | undefined;
  readonly psk: ChosenPsk | undefined;
  readonly early: OfferedEarlyData | undefined;
  readonly earlyData: EarlyDataOutcome;
  readonly offered: ReadonlySet<number>;
  /** For the key log. */
  readonly clientRandom: Uint8Array;
  readonly helloRetried: boolean;
  readonly transcript: Transcript;
  readonly secrets: HandshakeSecrets;
}

/** Content of EncryptedExtensions. */
interface Agreed {
  readonly alpnProtocol: string | undefined;
  readonly certificateTypes: CertificateTypes;
  /** The ECHConfigList of a server that refused. */
  readonly echRetryConfigs: Uint8Array | undefined;
}

/** Content of a CertificateRequest. */
export interface CertificateWanted {
  readonly signatureSchemes: readonly number[];
  readonly authorities: readonly Uint8Array[];
  /** All that was asked for. */
  readonly asked: Extensions<"certificate_request">;
  /** RFC 7250. */
  readonly certificateType: CertificateTypeName;
}

interface ServerChain {
  readonly peerChain: PeerChain;
  readonly peerKey: PeerKey;
  readonly wanted: CertificateWanted | undefined;
}

export interface WaitEncryptedExtensions extends Client13 {
  readonly at: "WAIT_EE";
}

export interface WaitCertificateOrRequest extends Client13, Agreed {
  readonly at: "WAIT_CERT_CR";
}

export interface WaitCertificate extends Client13, Agreed {
  readonly at: "WAIT_CERT";
  readonly wanted: CertificateWanted;
}

export interface WaitCertificateVerify extends Client13, Agreed, ServerChain {
  readonly at: "WAIT_CV";
}

/** The config's verifier, or the holder of the engine, verifies the chain. */
export interface WaitVerifier extends Client13, Agreed {
  readonly at: "WAIT_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
  readonly wanted: CertificateWanted | undefined;
}

/** A server that holds the PSK. */
export interface PskPeer {
  readonly psk: ChosenPsk;
}

export interface WaitFinished extends Client13, Agreed {
  readonly at: "WAIT_FINISHED";
  readonly peer: AuthenticatedPeer | PskPeer;
  readonly wanted: CertificateWanted | undefined;
}

/**
 * Facts that follow from the server's Finished; this side's flight is under
 * way.
 */
export interface Finishing extends ApplicationSecrets {
  readonly machine: "client13";
  readonly config: ClientConfig;
  readonly info: ConnectionInfo;
  readonly suite: CipherSuite13;
  readonly clientRandom: Uint8Array;
  readonly transcript: Transcript;
  readonly clientHandshake: TrafficSecret<"client">;
  readonly early: OfferedEarlyData | undefined;
  readonly peer: AuthenticatedPeer | PskPeer;
  /** The kind of certificate that this side may present. */
  readonly certificateType: CertificateTypeName;
  /** When the server presented its certificate, in milliseconds. */
  readonly authenticatedAt: number;
  readonly finished: VerifiedFinished<"server">;
  /**
   * The error that ends the connection after this side's Finished, RFC 9849
   * 6.1.6.
   */
  readonly refusal: TlsError | undefined;
}

export interface WaitCertificateChoice extends Finishing {
  readonly at: "WAIT_CERTIFICATE_CHOICE";
  readonly need: Extract<Need, { type: "certificate" }>;
  readonly wanted: CertificateWanted;
}

export interface WaitSigner extends Finishing {
  readonly at: "WAIT_SIGNER";
  readonly need: Extract<Need, { type: "sign" }>;
  readonly chosen: ChosenCredential;
}

export interface ClientConnected extends Connected13 {
  readonly readSecret: TrafficSecret<"server">;
  readonly writeSecret: TrafficSecret<"client">;
  readonly finished: VerifiedFinished<"server">;
  readonly machine: "client13";
  readonly at: "CONNECTED";
  readonly config: ClientConfig;
  readonly resumption: Secret;
  readonly early: OfferedEarlyData | undefined;
  /** Nobody gets here without a proof of who the server is. */
  readonly peer: AuthenticatedPeer | PskPeer;
  /** The kind of certificate that this side may present. */
  readonly certificateType: CertificateTypeName;
  readonly authenticatedAt: number;
  /** Of the whole handshake, where post-handshake authentication was offered. */
  readonly handshakeTranscript: Transcript | undefined;
  /** Tickets that were kept. */
  readonly tickets: number;
  /** Requests for a certificate that were answered. */
  readonly requests: number;
}

/** A request that came after the handshake, RFC 9846 4.7.2. */
interface Requested {
  readonly machine: "client13";
  readonly config: ClientConfig;
  readonly connected: ClientConnected;
  /** With the CertificateRequest. */
  readonly transcript: Transcript;
  readonly context: Uint8Array;
  readonly wanted: CertificateWanted;
}

export interface WaitPostHandshakeChoice extends Requested {
  readonly at: "WAIT_POST_HANDSHAKE_CHOICE";
  readonly need: Extract<Need, { type: "certificate" }>;
}

/** Nothing is sent before all can be sent in a row. */
export interface WaitPostHandshakeSigner extends Requested {
  readonly at: "WAIT_POST_HANDSHAKE_SIGNER";
  readonly need: Extract<Need, { type: "sign" }>;
  readonly chosen: ChosenCredential;
  readonly certificate: Uint8Array;
}

export type Client13State =
  | WaitEncryptedExtensions
  | WaitCertificateOrRequest
  | WaitCertificate
  | WaitCertificateVerify
  | WaitVerifier
  | WaitFinished
  | WaitCertificateChoice
  | WaitSigner
  | ClientConnected
  | WaitPostHandshakeChoice
  | WaitPostHandshakeSigner;
