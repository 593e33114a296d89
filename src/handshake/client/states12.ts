/**
 * The states of a client of TLS 1.2 from the ServerHello on. RFC 5246 has no
 * names for them; these follow those of RFC 8446 A.1: what is waited for.
 */
import type { GroupName } from "../../crypto/provider.ts";
import type { TlsError } from "../../errors.ts";
import type { SubjectPublicKeyInfo } from "../../x509/public-key.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type { ChosenCredential, VerifiedSignature } from "../authentication.ts";
import type { CertificateTypes } from "../certificate-types.ts";
import type { CipherSuite12 } from "../cipher-suites.ts";
import type { ClientConfig } from "../config.ts";
import type { Connected12 } from "../connected12.ts";
import type { Credential } from "../credential.ts";
import type { ServerExchange } from "../exchange12.ts";
import type { Need } from "../io.ts";
import type { MasterSecret12, Randoms } from "../key-schedule12.ts";
import type { PeerProof } from "../peer-proof.ts";
import type { DirectionKeys } from "../protection12.ts";
import type { ResumedPeer } from "../resumption.ts";
import type { EncryptedPremaster } from "../key-transport12.ts";
import type { Session12 } from "../session.ts";
import type { Transcript12 } from "../transcript.ts";

/** What the ServerHello said. */
export interface ServerSaid {
  readonly sessionId: Uint8Array;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly alpnProtocol: string | undefined;
  /** A NewSessionTicket comes before the server's change_cipher_spec. */
  readonly ticket: boolean;
  /** A CertificateStatus may come behind the Certificate. */
  readonly status: boolean;
  readonly scts: readonly Uint8Array[] | undefined;
  readonly certificateTypes: CertificateTypes;
}

export interface Client12 {
  readonly machine: "client12";
  readonly config: ClientConfig;
  readonly serverName: string | undefined;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly said: ServerSaid;
  readonly transcript: Transcript12;
  /** Why the connection ends with the handshake, RFC 9849 6.1.6. */
  readonly refusal: TlsError | undefined;
}

/** What the server's Certificate said; undefined in the suites with a PSK. */
export interface Presented {
  readonly chain: PeerChain;
  readonly key: SubjectPublicKeyInfo;
}

/** What a CertificateRequest asked for. */
export interface CertificateWanted12 {
  readonly certificateTypes: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly authorities: readonly Uint8Array[];
}

/** What a ServerKeyExchange said. */
export interface KeysOffered {
  readonly exchange: ServerExchange | undefined;
  /** Of the exchange, in the suites with certificates. */
  readonly signature: VerifiedSignature | undefined;
  readonly pskIdentityHint: Uint8Array | undefined;
}

export interface WaitCertificate12 extends Client12 {
  readonly at: "WAIT_CERT";
}

interface WithServer extends Client12 {
  readonly presented: Presented | undefined;
}

/** A CertificateStatus, or what follows where there is none. */
export interface WaitStatusOrKeyExchange extends WithServer {
  readonly at: "WAIT_CERT_STATUS_SKE";
  readonly presented: Presented;
}

/** The same in the suites without a ServerKeyExchange. */
export interface WaitStatusOrDone extends WithServer, KeysOffered {
  readonly at: "WAIT_CERT_STATUS_CR_SHD";
  readonly presented: Presented;
}

export interface WaitKeyExchange extends WithServer {
  readonly at: "WAIT_SKE";
}

/** RFC 4279 2: with a PSK alone a ServerKeyExchange has but a hint. */
export interface WaitHintOrDone extends WithServer, KeysOffered {
  readonly at: "WAIT_SKE_SHD";
}

export interface WaitRequestOrDone extends WithServer, KeysOffered {
  readonly at: "WAIT_CR_SHD";
  readonly presented: Presented;
}

export interface WaitDone extends WithServer, KeysOffered {
  readonly at: "WAIT_SHD";
  readonly wanted: CertificateWanted12 | undefined;
}

/** The chain is judged: by the config's verifier or by who holds the engine. */
export interface WaitVerifier12 extends Client12, KeysOffered {
  readonly at: "WAIT_VERIFIER";
  readonly presented: Presented;
  readonly wanted: CertificateWanted12 | undefined;
  readonly need: Extract<Need, { type: "verify" }>;
}

export interface WaitPsk12 extends Client12, KeysOffered {
  readonly at: "WAIT_PSK";
  readonly need: Extract<Need, { type: "psk" }>;
}

/** How the server showed who it is. */
export type ServerPeer12 =
  | {
      readonly by: "certificate";
      readonly chain: PeerProof;
      /** That it holds the key, or that whoever does not cannot finish. */
      readonly proof: VerifiedSignature | EncryptedPremaster;
    }
  | { readonly by: "psk"; readonly identity: Uint8Array }
  | { readonly by: "session"; readonly resumed: ResumedPeer };

/** The server is known; what is left of this side's flight is to be sent. */
export interface Answering12 extends Client12 {
  readonly exchange: ServerExchange | undefined;
  readonly server: {
    readonly chain: PeerProof;
    readonly key: SubjectPublicKeyInfo;
    readonly signature: VerifiedSignature | undefined;
  };
}

export interface WaitCertificateChoice12 extends Answering12 {
  readonly at: "WAIT_CERTIFICATE_CHOICE";
  readonly wanted: CertificateWanted12;
  readonly need: Extract<Need, { type: "certificate" }>;
}

/** The master secret is there. */
export interface Keyed12 extends Client12 {
  readonly group: GroupName | undefined;
  readonly peer: ServerPeer12;
  readonly credential: Credential | undefined;
  readonly master: MasterSecret12;
  readonly keys: DirectionKeys;
}

export interface WaitSigner12 extends Keyed12 {
  readonly at: "WAIT_SIGNER";
  readonly need: Extract<Need, { type: "sign" }>;
  readonly chosen: ChosenCredential;
}

/** Only the server's last flight is missing. */
export interface Finishing12 extends Keyed12 {
  /** The session that goes on; then this side's Finished is the last. */
  readonly resumed: Session12 | undefined;
  /** verify_data of this side's Finished, once it was sent. */
  readonly ownFinished: Uint8Array | undefined;
  readonly ticket:
    { readonly bytes: Uint8Array; readonly lifetimeHint: number } | undefined;
}

export interface WaitTicket extends Finishing12 {
  readonly at: "WAIT_TICKET";
}

export interface WaitChangeCipherSpec extends Finishing12 {
  readonly at: "WAIT_CCS";
}

export interface WaitFinished12 extends Finishing12 {
  readonly at: "WAIT_FINISHED";
}

export interface ClientConnected12 extends Connected12 {
  readonly machine: "client12";
  readonly at: "CONNECTED";
  readonly config: ClientConfig;
}

export type Client12State =
  | WaitCertificate12
  | WaitStatusOrKeyExchange
  | WaitStatusOrDone
  | WaitKeyExchange
  | WaitHintOrDone
  | WaitRequestOrDone
  | WaitDone
  | WaitVerifier12
  | WaitPsk12
  | WaitCertificateChoice12
  | WaitSigner12
  | WaitTicket
  | WaitChangeCipherSpec
  | WaitFinished12
  | ClientConnected12;
