/** The states of a server, RFC 9846 A.2, with what each of them knows. */
import type { Secret } from "../../bytes.ts";
import type { GroupName, HashName } from "../../crypto/provider.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type { AuthenticatedPeer } from "../authentication/authenticated-peer.ts";
import type {
  ChosenCredential,
  VerifiedFinished,
  VerifiedSignature,
} from "../authentication/signatures-and-finished.ts";
import type { CipherSuite13 } from "../registries/cipher-suites.ts";
import type { Anonymous } from "../config/client-authentication.ts";
import type { ServerConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import type { EchOpened } from "../config/ech-interfaces.ts";
import type { EarlyDataOutcome, Need } from "../machine/io.ts";
import type { ChosenPsk } from "../sessions/psk.ts";
import type { HandshakeSecret, TrafficSecret } from "../keys/key-schedule13.ts";
import type { CertificateTypeName } from "../registries/certificate-types.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { Connected13 } from "../tls13/key-update.ts";
import type { ApplicationSecrets } from "../tls13/secrets.ts";
import type { PendingTranscript, Transcript } from "../keys/transcript.ts";

/** The group of the key exchange, with the client's share of it. */
export interface ChosenGroup {
  readonly group: GroupName;
  /** Undefined: it takes a HelloRetryRequest. */
  readonly share: Uint8Array | undefined;
}

/** Content of a HelloRetryRequest that was sent. */
export interface SentRetry {
  /** A digest of what the second hello must not change. */
  readonly fixed: Uint8Array;
  /** True when the first hello offered early data. */
  readonly earlyData: boolean;
  readonly suite: CipherSuite13;
  readonly group: GroupName;
  readonly cookie: Uint8Array | undefined;
  readonly credentials: readonly Credential[];
  readonly psk: ChosenPsk | undefined;
  /** The PSK identities of the first hello; undefined where they are not known. */
  readonly identities: readonly Uint8Array[] | undefined;
  /** True when another engine sent it, and its cookie says so. */
  readonly byCookie: boolean;
}

/** Before the first ClientHello, and before the second one after a retry. */
export interface Start {
  readonly machine: "serverHello";
  readonly at: "START";
  readonly config: ServerConfig;
  readonly transcript: PendingTranscript;
  readonly retry: SentRetry | undefined;
  readonly ech: EchOpened | undefined;
}

export interface WaitCertificateChoice {
  readonly machine: "serverHello";
  readonly at: "WAIT_CERTIFICATE_CHOICE";
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly ech: EchOpened | undefined;
  readonly need: Extract<Need, { type: "certificate" }>;
}

/** A hello on its way to a PSK. */
export interface PskSearch {
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly credentials: readonly Credential[];
  /** Before this hello. */
  readonly before: PendingTranscript;
  readonly ech: EchOpened | undefined;
  /** The identity that is looked at. */
  readonly index: number;
  /** Undefined: it is the first hello. */
  readonly retry: SentRetry | undefined;
}

/** An offered ticket is looked up in the store. */
export interface WaitSession {
  readonly machine: "serverHello";
  readonly at: "WAIT_SESSION";
  readonly config: ServerConfig;
  readonly search: PskSearch;
  readonly need: Extract<Need, { type: "session" }>;
}

/** An offered identity may be that of an external PSK. */
export interface WaitPsk {
  readonly machine: "serverHello";
  readonly at: "WAIT_PSK";
  readonly config: ServerConfig;
  readonly search: PskSearch;
  readonly need: Extract<Need, { type: "psk" }>;
}

/** The result of the negotiation, before a ServerHello of TLS 1.3 is sent. */
export interface Negotiated {
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly suite: CipherSuite13;
  /** Undefined: the PSK stands alone (psk_ke). */
  readonly exchange: ChosenGroup | undefined;
  readonly psk: ChosenPsk | undefined;
  readonly helloRetried: boolean;
  readonly ech: EchOpened | undefined;
  /** A HelloRetryRequest refused it. */
  readonly earlyRejected: boolean;
  readonly credentials: readonly Credential[];
  /** Up to the ClientHello. */
  readonly transcript: PendingTranscript;
}

/** Early data is offered: it may be accepted where it is no replay. */
export interface WaitStrike {
  readonly machine: "serverHello";
  readonly at: "WAIT_STRIKE";
  readonly config: ServerConfig;
  readonly negotiated: Negotiated;
  readonly psk: ChosenPsk;
  readonly alpnProtocol: string | undefined;
  readonly need: Extract<Need, { type: "strike" }>;
}

export type ServerHelloState =
  Start | WaitCertificateChoice | WaitSession | WaitPsk | WaitStrike;

/** Early data that is taken, RFC 9846 4.3.10. */
export interface AcceptedEarlyData {
  readonly hash: HashName;
  /** early_exporter_secret. */
  readonly exporter: Secret;
}

/** Facts of the connection from the ServerHello on. */
export interface Server13 {
  readonly machine: "server13";
  readonly config: ServerConfig;
  readonly suite: CipherSuite13;
  readonly group: GroupName | undefined;
  readonly psk: ChosenPsk | undefined;
  readonly earlyData: EarlyDataOutcome;
  readonly early: AcceptedEarlyData | undefined;
  readonly hello: ClientHello;
  readonly helloRetried: boolean;
  readonly encryptedClientHello: boolean;
  readonly alpnProtocol: string | undefined;
  /** Certificate type that the client is to present, where it is asked. */
  readonly clientType: CertificateTypeName;
  readonly transcript: Transcript;
  readonly clientHandshake: TrafficSecret<"client">;
}

/** ServerHello … Certificate are sent; the CertificateVerify is to be signed. */
export interface WaitSigner extends Server13 {
  readonly at: "WAIT_SIGNER";
  readonly need: Extract<Need, { type: "sign" }>;
  readonly chosen: ChosenCredential;
  readonly handshake: HandshakeSecret;
  readonly serverHandshake: TrafficSecret<"server">;
}

/** Facts that follow from this side's Finished. */
export interface FlightSent extends Server13, ApplicationSecrets {
  /** Undefined where a PSK stands for it. */
  readonly credential: Credential | undefined;
}

export interface WaitCertificate extends FlightSent {
  readonly at: "WAIT_CERT";
}

export interface WaitCertificateVerify extends FlightSent {
  readonly at: "WAIT_CV";
  readonly peerChain: PeerChain;
  readonly peerKey: PeerKey;
}

/** The config's verifier, or the holder of the engine, verifies the chain. */
export interface WaitVerifier extends FlightSent {
  readonly at: "WAIT_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
}

/** Early data comes until the client says that it has seen our Finished. */
export interface WaitEndOfEarlyData extends FlightSent {
  readonly at: "WAIT_EOED";
  readonly early: AcceptedEarlyData;
  readonly peer: PskPeer;
}

/** A client that holds the PSK. */
export interface PskPeer {
  readonly psk: ChosenPsk;
}

export interface WaitFinished extends FlightSent {
  readonly at: "WAIT_FINISHED";
  readonly peer: ClientPeer13;
}

/** The client's authentication, or that it need not be authenticated. */
export type ClientPeer13 = AuthenticatedPeer | PskPeer | Anonymous;

export interface ServerConnected extends Connected13 {
  readonly readSecret: TrafficSecret<"client">;
  readonly writeSecret: TrafficSecret<"server">;
  readonly finished: VerifiedFinished<"client">;
  readonly machine: "server13";
  readonly at: "CONNECTED";
  readonly config: ServerConfig;
  /** Nobody gets here without a proof of who the client is, or may be. */
  readonly peer: ClientPeer13;
  readonly early: AcceptedEarlyData | undefined;
  readonly clientType: CertificateTypeName;
  /** Names of this connection's sessions in the store. */
  readonly storedIds: readonly Uint8Array[];
  /** Of the whole handshake, where the client may be asked for a certificate. */
  readonly handshakeTranscript: Transcript | undefined;
  /** The request that is not answered yet. */
  readonly asked: LateRequest | undefined;
}

/** A request after the handshake, RFC 9846 4.7.2. */
export interface LateRequest {
  readonly context: Uint8Array;
  /** With the CertificateRequest. */
  readonly transcript: Transcript;
}

interface LateAnswer {
  readonly machine: "server13";
  readonly config: ServerConfig;
  readonly connected: ServerConnected;
  readonly transcript: Transcript;
}

export interface WaitLateCertificateVerify extends LateAnswer {
  readonly at: "WAIT_POST_HANDSHAKE_CV";
  readonly peerChain: PeerChain;
  readonly peerKey: PeerKey;
}

export interface WaitLateVerifier extends LateAnswer {
  readonly at: "WAIT_POST_HANDSHAKE_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
}

export interface WaitLateFinished extends LateAnswer {
  readonly at: "WAIT_POST_HANDSHAKE_FINISHED";
  readonly peer: AuthenticatedPeer | Anonymous;
}

export type Server13State =
  | WaitSigner
  | WaitCertificate
  | WaitCertificateVerify
  | WaitVerifier
  | WaitEndOfEarlyData
  | WaitFinished
  | ServerConnected
  | WaitLateCertificateVerify
  | WaitLateVerifier
  | WaitLateFinished;
