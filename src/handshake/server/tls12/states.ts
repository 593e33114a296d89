/**
 * The states of a server of TLS 1.2 from its ServerHello on, named as the
 * client's are: by what is waited for.
 */
import type { GroupName, KeyPair } from "../../../crypto/provider.ts";
import type { PeerChain } from "../../../x509/verifier.ts";
import type {
  ChosenCredential,
  VerifiedSignature,
} from "../../authentication/signatures-and-finished.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Connected12 } from "../../tls12/finished.ts";
import type { Credential } from "../../credentials/credential.ts";
import type { Need } from "../../machine/io.ts";
import type { MainSecret12, Randoms } from "../../keys/key-schedule12.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import type { CertificateTypeName } from "../../registries/certificate-types.ts";
import type { KeyExchangeParams } from "../../messages/server-key-exchange.ts";
import type { PeerKey } from "../../credentials/delegation.ts";
import type { ClientPeer12 } from "../../tls12/peer.ts";
import type { DirectionKeys } from "../../tls12/record-keys.ts";
import type { Session12 } from "../../sessions/session.ts";
import type { PendingTranscript, Transcript12 } from "../../keys/transcript.ts";

/** Facts with which a server of TLS 1.2 begins. */
export interface Beginning12 {
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly credentials: readonly Credential[];
  /** Up to the ClientHello. */
  readonly transcript: PendingTranscript;
}

/** The session that the client named is looked up elsewhere. */
export interface WaitSession12 extends Beginning12 {
  readonly machine: "server12";
  readonly at: "WAIT_SESSION";
  readonly need: Extract<Need, { type: "session" }>;
}

/** Facts of the connection from the ServerHello on. */
export interface Server12 {
  readonly machine: "server12";
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly extendedMainSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly alpnProtocol: string | undefined;
  /** Of the session, empty where there is none to come back to. */
  readonly sessionId: Uint8Array;
  /** A NewSessionTicket was promised. */
  readonly ticket: boolean;
  readonly group: GroupName | undefined;
  readonly credential: Credential | undefined;
  /** Certificate type that the client is to present, where it is asked. */
  readonly clientType: CertificateTypeName;
  readonly transcript: Transcript12;
}

/** The ServerKeyExchange is to be signed. */
export interface WaitSigner12 extends Server12 {
  readonly at: "WAIT_SIGNER";
  readonly need: Extract<Need, { type: "sign" }>;
  readonly chosen: ChosenCredential;
  readonly pair: KeyPair;
  readonly params: KeyExchangeParams;
}

interface OwnHalf extends Server12 {
  /** Undefined with a PSK alone. */
  readonly pair: KeyPair | undefined;
}

export interface WaitCertificate12 extends OwnHalf {
  readonly at: "WAIT_CERT";
}

/** Content of the client's Certificate. */
interface Presented {
  readonly chain: PeerChain;
  readonly key: PeerKey;
}

export interface WaitKeyExchange extends OwnHalf {
  readonly at: "WAIT_CKE";
  readonly presented: Presented | undefined;
}

export interface WaitPsk12 extends OwnHalf {
  readonly at: "WAIT_PSK";
  readonly need: Extract<Need, { type: "psk" }>;
  readonly exchange: Uint8Array | undefined;
}

/** The main secret is there. */
export interface Keyed12 extends Server12 {
  readonly main: MainSecret12;
  readonly keys: DirectionKeys;
}

export interface WaitCertificateVerify12 extends Keyed12 {
  readonly at: "WAIT_CV";
  readonly presented: Presented;
}

/** The config's verifier, or the holder of the engine, verifies the chain. */
export interface WaitVerifier12 extends Keyed12 {
  readonly at: "WAIT_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
}

interface Finishing12 extends Keyed12 {
  readonly peer: ClientPeer12;
  /** The session that goes on; then this side's Finished was the first. */
  readonly resumed: Session12 | undefined;
  /** Names in the store of what ends with this connection, if it fails. */
  readonly storedIds: readonly Uint8Array[];
  /** verify_data of this side's Finished, once it was sent. */
  readonly ownFinished: Uint8Array | undefined;
}

export interface WaitChangeCipherSpec12 extends Finishing12 {
  readonly at: "WAIT_CCS";
}

export interface WaitFinished12 extends Finishing12 {
  readonly at: "WAIT_FINISHED";
}

export interface ServerConnected12 extends Connected12 {
  /** Name of this connection's session in the store, if it has one. */
  readonly storedIds: readonly Uint8Array[];
  readonly machine: "server12";
  readonly at: "CONNECTED";
  readonly config: ServerConfig;
  /** Nobody gets here without: anonymity too is a proof. */
  readonly peer: ClientPeer12;
}

export type Server12State =
  | WaitSession12
  | WaitSigner12
  | WaitCertificate12
  | WaitKeyExchange
  | WaitPsk12
  | WaitCertificateVerify12
  | WaitVerifier12
  | WaitChangeCipherSpec12
  | WaitFinished12
  | ServerConnected12;
