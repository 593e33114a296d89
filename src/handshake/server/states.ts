/** The states of a server, RFC 8446 A.2, with what each of them knows. */
import type { Secret } from "../../bytes.ts";
import type { GroupName } from "../../crypto/provider.ts";
import type { SubjectPublicKeyInfo } from "../../x509/public-key.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type {
  AuthenticatedPeer,
  ChosenCredential,
  VerifiedSignature,
} from "../authentication.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import type { EchOpened } from "../ech.ts";
import type { Need } from "../io.ts";
import type { HandshakeSecret, TrafficSecret } from "../key-schedule13.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { Connected13 } from "../post-handshake13.ts";
import type { PendingTranscript, Transcript } from "../transcript.ts";

/** What was asked for in a HelloRetryRequest. */
export interface SentRetry {
  readonly first: ClientHello;
  readonly suite: CipherSuite13;
  readonly group: GroupName;
  readonly cookie: Uint8Array | undefined;
  readonly credentials: readonly Credential[];
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

export type ServerHelloState = Start | WaitCertificateChoice;

/** What holds from the ServerHello on. */
export interface Server13 {
  readonly machine: "server13";
  readonly config: ServerConfig;
  readonly suite: CipherSuite13;
  readonly group: GroupName;
  readonly hello: ClientHello;
  readonly helloRetried: boolean;
  readonly encryptedClientHello: boolean;
  readonly alpnProtocol: string | undefined;
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
  readonly credential: Credential;
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
  readonly peerKey: SubjectPublicKeyInfo;
}

/** The chain is judged: by the config's verifier or by who holds the engine. */
export interface WaitVerifier extends FlightSent {
  readonly at: "WAIT_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
}

export interface WaitFinished extends FlightSent {
  readonly at: "WAIT_FINISHED";
  /** Undefined only where the config lets a client stay anonymous. */
  readonly peer: AuthenticatedPeer | undefined;
}

export interface ServerConnected extends Connected13 {
  readonly machine: "server13";
  readonly at: "CONNECTED";
  readonly config: ServerConfig;
}

export type Server13State =
  | WaitSigner
  | WaitCertificate
  | WaitCertificateVerify
  | WaitVerifier
  | WaitFinished
  | ServerConnected;
