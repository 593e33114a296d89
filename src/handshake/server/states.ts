/** The states of a server, RFC 8446 A.2, with what each of them knows. */
import type { Secret } from "../../bytes.ts";
import type { GroupName, HashName } from "../../crypto/provider.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type {
  AuthenticatedPeer,
  ChosenCredential,
  VerifiedSignature,
} from "../authentication.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import type { SigningKey } from "../delegation.ts";
import type { EchOpened } from "../ech.ts";
import type { EarlyDataOutcome, Need } from "../io.ts";
import type { ChosenPsk } from "../psk.ts";
import type {
  HandshakeSecret,
  MasterSecret,
  TrafficSecret,
} from "../key-schedule13.ts";
import type { CertificateTypeName } from "../certificate-types.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { Connected13 } from "../post-handshake13.ts";
import type { PendingTranscript, Transcript } from "../transcript.ts";

/** What was asked for in a HelloRetryRequest. */
export interface SentRetry {
  /** A digest of what the second hello must not change. */
  readonly fixed: Uint8Array;
  /** Whether the first one offered early data. */
  readonly earlyData: boolean;
  readonly suite: CipherSuite13;
  readonly group: GroupName;
  readonly cookie: Uint8Array | undefined;
  readonly credentials: readonly Credential[];
  readonly psk: ChosenPsk | undefined;
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

export type ServerHelloState =
  Start | WaitCertificateChoice | WaitSession | WaitPsk;

/** Early data that is taken, RFC 8446 4.2.10. */
export interface AcceptedEarlyData {
  readonly hash: HashName;
  /** early_exporter_master_secret. */
  readonly exporter: Secret;
}

/** What holds from the ServerHello on. */
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
  /** What the client is to show, where it is asked. */
  readonly clientType: CertificateTypeName;
  readonly transcript: Transcript;
  readonly clientHandshake: TrafficSecret;
}

/** ServerHello … Certificate are sent; the CertificateVerify is to be signed. */
export interface WaitSigner extends Server13 {
  readonly at: "WAIT_SIGNER";
  readonly need: Extract<Need, { type: "sign" }>;
  readonly chosen: ChosenCredential;
  readonly handshake: HandshakeSecret;
  readonly serverHandshake: TrafficSecret;
}

/** What this side's Finished made known. */
export interface FlightSent extends Server13 {
  /** Undefined where a PSK stands for it. */
  readonly credential: Credential | undefined;
  readonly master: MasterSecret;
  readonly clientApplication: TrafficSecret;
  readonly serverApplication: TrafficSecret;
  readonly exporter: Secret;
}

export interface WaitCertificate extends FlightSent {
  readonly at: "WAIT_CERT";
}

export interface WaitCertificateVerify extends FlightSent {
  readonly at: "WAIT_CV";
  readonly peerChain: PeerChain;
  readonly peerKey: SigningKey;
}

/** The chain is judged: by the config's verifier or by who holds the engine. */
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

/** The client as a PSK shows it. */
export interface PskPeer {
  readonly psk: ChosenPsk;
}

export interface WaitFinished extends FlightSent {
  readonly at: "WAIT_FINISHED";
  /** Undefined only where the config lets a client stay anonymous. */
  readonly peer: AuthenticatedPeer | PskPeer | undefined;
}

export interface ServerConnected extends Connected13 {
  readonly machine: "server13";
  readonly at: "CONNECTED";
  readonly config: ServerConfig;
  readonly early: AcceptedEarlyData | undefined;
  readonly clientType: CertificateTypeName;
  /** Of the whole handshake, where the client offers to show a certificate. */
  readonly handshakeTranscript: Transcript | undefined;
  /** What is asked for and not answered yet. */
  readonly asked: LateRequest | undefined;
}

/** A request after the handshake, RFC 8446 4.6.2. */
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
  readonly peerKey: SigningKey;
}

export interface WaitLateVerifier extends LateAnswer {
  readonly at: "WAIT_POST_HANDSHAKE_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
}

export interface WaitLateFinished extends LateAnswer {
  readonly at: "WAIT_POST_HANDSHAKE_FINISHED";
  readonly peer: AuthenticatedPeer | undefined;
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
