/**
 * The states of a client of TLS 1.2 from the ServerHello on. RFC 5246 has no
 * names for them; these follow those of RFC 9846 A.1: what is waited for.
 */
import type { GroupName } from "../../../crypto/provider.ts";
import type { TlsError } from "../../../errors.ts";
import type { PeerChain } from "../../../x509/verifier.ts";
import type {
  ChosenCredential,
  VerifiedSignature,
} from "../../authentication/signatures-and-finished.ts";
import type { CipherSuite12 } from "../../registries/cipher-suites.ts";
import type { ClientConfig } from "../../config/config.ts";
import type { Connected12 } from "../../tls12/finished.ts";
import type { Agreed } from "../../extensions/spec.ts";
import type { Credential } from "../../credentials/credential.ts";
import type { ServerExchange } from "../../tls12/key-exchange.ts";
import type { Need } from "../../machine/io.ts";
import type { MainSecret12, Randoms } from "../../keys/key-schedule12.ts";
import type { PeerKey } from "../../credentials/delegation.ts";
import type { PeerProof } from "../../credentials/peer-identity.ts";
import type { ServerPeer12 } from "../../tls12/peer.ts";
import type { DirectionKeys } from "../../tls12/record-keys.ts";
import type { Session12 } from "../../sessions/session.ts";
import type { Transcript12 } from "../../keys/transcript.ts";

/** Content of the ServerHello. */
export interface ServerSaid extends Readonly<Agreed> {
  readonly sessionId: Uint8Array;
  readonly extendedMainSecret: boolean;
  readonly encryptThenMac: boolean;
}

export interface Client12 {
  readonly machine: "client12";
  readonly config: ClientConfig;
  readonly serverName: string | undefined;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly said: ServerSaid;
  readonly transcript: Transcript12;
  /** The error that ends the connection after the handshake, RFC 9849 6.1.6. */
  readonly refusal: TlsError | undefined;
}

/** The server's certificates or key; undefined in the suites with a PSK. */
export interface Presented {
  readonly chain: PeerChain;
  readonly key: PeerKey;
}

/** Content of a CertificateRequest. */
export interface CertificateWanted12 {
  readonly certificateTypes: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly authorities: readonly Uint8Array[];
}

/** Content of a ServerKeyExchange. */
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

/** The config's verifier, or the holder of the engine, verifies the chain. */
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

/** The server is known; what is left of this side's flight is to be sent. */
export interface Answering12 extends Client12 {
  readonly exchange: ServerExchange | undefined;
  readonly server: {
    readonly need: Extract<Need, { type: "verify" }>;
    readonly chain: PeerProof;
    readonly key: PeerKey;
    readonly signature: VerifiedSignature | undefined;
  };
}

export interface WaitCertificateChoice12 extends Answering12 {
  readonly at: "WAIT_CERTIFICATE_CHOICE";
  readonly wanted: CertificateWanted12;
  readonly need: Extract<Need, { type: "certificate" }>;
}

/** The main secret is there. */
export interface Keyed12 extends Client12 {
  readonly group: GroupName | undefined;
  readonly peer: ServerPeer12;
  readonly credential: Credential | undefined;
  readonly main: MainSecret12;
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
  /** Nobody gets here without. */
  readonly peer: ServerPeer12;
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
