/**
 * The states of a server of TLS 1.2 from its ServerHello on, named as the
 * client's are: by what is waited for.
 */
import type { GroupName, KeyPair } from "../../crypto/provider.ts";
import type { SubjectPublicKeyInfo } from "../../x509/public-key.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type {
  AuthenticatedPeer,
  ChosenCredential,
  VerifiedSignature,
} from "../authentication.ts";
import type { CipherSuite12 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Connected12 } from "../connected12.ts";
import type { Credential } from "../credential.ts";
import type { Need } from "../io.ts";
import type { MasterSecret12, Randoms } from "../key-schedule12.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { CertificateTypeName } from "../certificate-types.ts";
import type { KeyExchangeParams } from "../messages/server-key-exchange.ts";
import type { PeerProof } from "../peer-proof.ts";
import type { DirectionKeys } from "../protection12.ts";
import type { ResumedPeer } from "../resumption.ts";
import type { Session12 } from "../session.ts";
import type { PendingTranscript, Transcript12 } from "../transcript.ts";

/** The session that the client named is looked up elsewhere. */
export interface WaitSession12 {
  readonly machine: "server12";
  readonly at: "WAIT_SESSION";
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly credentials: readonly Credential[];
  /** Up to the ClientHello. */
  readonly transcript: PendingTranscript;
  readonly need: Extract<Need, { type: "session" }>;
}

/** What holds from the ServerHello on. */
export interface Server12 {
  readonly machine: "server12";
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly alpnProtocol: string | undefined;
  /** Of the session, empty where there is none to come back to. */
  readonly sessionId: Uint8Array;
  /** A NewSessionTicket was promised. */
  readonly ticket: boolean;
  readonly group: GroupName | undefined;
  readonly credential: Credential | undefined;
  /** What the client is to show, where it is asked. */
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

/** What the client's Certificate said. */
interface Presented {
  readonly chain: PeerChain;
  readonly key: SubjectPublicKeyInfo;
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

/** The master secret is there. */
export interface Keyed12 extends Server12 {
  readonly master: MasterSecret12;
  readonly keys: DirectionKeys;
}

export interface WaitCertificateVerify12 extends Keyed12 {
  readonly at: "WAIT_CV";
  readonly presented: Presented;
}

/** The chain is judged: by the config's verifier or by who holds the engine. */
export interface WaitVerifier12 extends Keyed12 {
  readonly at: "WAIT_VERIFIER";
  readonly need: Extract<Need, { type: "verify" }>;
  readonly signature: VerifiedSignature;
}

/** Who the client is, as far as it has shown. */
export type ClientPeer12 =
  | { readonly by: "certificate"; readonly peer: AuthenticatedPeer }
  | { readonly by: "session"; readonly resumed: ResumedPeer }
  | { readonly by: "psk"; readonly identity: Uint8Array }
  /** Only where the config lets a client stay anonymous. */
  | { readonly by: "nothing" };

interface Finishing12 extends Keyed12 {
  readonly peer: ClientPeer12;
  /** The session that goes on; then this side's Finished was the first. */
  readonly resumed: Session12 | undefined;
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
  readonly machine: "server12";
  readonly at: "CONNECTED";
  readonly config: ServerConfig;
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

/** What a verifier said of the client. */
export function proofOf(peer: ClientPeer12): PeerProof | undefined {
  switch (peer.by) {
    case "certificate":
      return peer.peer.chain;
    case "session":
      return peer.resumed.chain;
    default:
      return undefined;
  }
}
