/** All that a handler can do to the world, and all that it can be told. */
import type { Bytes } from "../../bytes.ts";
import type {
  AeadKey,
  CbcKey,
  GroupName,
  HashAlgorithm,
  RandomSource,
} from "../../crypto/provider.ts";
import type { SubjectPublicKeyInfo } from "../../x509/keys/public-key.ts";
import type { VerifiedKey } from "../../x509/raw-key.ts";
import type {
  PeerChain,
  VerifiedChain,
  VerifyContext,
} from "../../x509/verifier.ts";
import type { AlertName } from "../../errors.ts";
import type { ChangeCipherSpecPolicy } from "../../wire/code-points.ts";
import type {
  CipherSuite,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { ServerConfig } from "../config/config.ts";
import type { Credential } from "../credentials/credential.ts";
import type { OwnPsk, PskRequest } from "../sessions/external-psk.ts";
import type { RecordLimits } from "../extensions/spec.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { Session } from "../sessions/session.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";

/** The keys of one direction; `kind` says how they protect a record. */
export type ProtectionKeys =
  Aead13Protection | Aead12Protection | Cbc12Protection;

interface Protection {
  /**
   * The data that they protect. In TLS 1.2 the same keys protect both:
   * "application".
   */
  readonly epoch: "handshake" | "application";
}

/** RFC 9846 5.2, 5.3 and 7.3. */
export interface Aead13Protection extends Protection {
  readonly kind: "aead13";
  readonly aead: AeadKey;
  readonly tagLength: number;
  /** The write_iv. */
  readonly iv: Uint8Array;
  readonly recordsPerKey: number;
}

/** RFC 5246 6.2.3.3. */
export interface Aead12Protection extends Protection {
  readonly kind: "aead12";
  readonly aead: AeadKey;
  readonly tagLength: number;
  /** The write_IV of the key block: the nonce without its explicit part. */
  readonly iv: Uint8Array;
  /**
   * Bytes of the nonce that each record carries: 8 for GCM (RFC 5288 3) and
   * CCM (RFC 6655 3), 0 for ChaCha20-Poly1305 (RFC 7905 2).
   */
  readonly explicitNonceLength: 0 | 8;
}

/** RFC 5246 6.2.3.2, RFC 7366. */
export interface Cbc12Protection extends Protection {
  readonly kind: "cbc12";
  readonly cipher: CbcKey;
  /** Bytes of a block and of the IV. */
  readonly blockLength: number;
  readonly hash: HashAlgorithm;
  /** The MAC_key: copied. */
  readonly macKey: Uint8Array;
  readonly encryptThenMac: boolean;
  /** For the IV of each record. */
  readonly random: RandomSource;
}

/**
 * The effect of warning alerts: they end the connection, as in TLS 1.3
 * (user_canceled and close_notify apart), or are ignored, as in TLS 1.2.
 */
export type WarningAlertPolicy = "fatal" | "ignored";

/** The part of a config about records that are sent. */
export type RecordRules = Pick<ServerConfig, "maxSendFragment" | "padding">;

export interface HandshakeIo {
  /** Puts a whole message into the flight under way. */
  send(message: Uint8Array): void;
  /** Tells whoever watches of the hello that another one hides (RFC 9849). */
  showInnerHello(direction: "read" | "write", message: Uint8Array): void;
  /** RFC 5246 7.1, or the dummy of RFC 9846 E.4. Never protected. */
  sendChangeCipherSpec(): void;
  /**
   * Says that the peer's flight ends with the message at hand: more of its
   * handshake is an error.
   */
  endFlight(): void;
  /** An alert that ends nothing. */
  sendWarning(alert: AlertName): void;
  /** A change_cipher_spec is forbidden after keys for application data. */
  setReadKeys(keys: ProtectionKeys): void;
  setWriteKeys(keys: ProtectionKeys): void;
  setChangeCipherSpec(policy: ChangeCipherSpecPolicy): void;
  /** The policy is "fatal" until something else is said. */
  setWarningAlerts(policy: WarningAlertPolicy): void;
  /** Writes records by the rules of another config from now on. */
  setRecordRules(rules: RecordRules): void;
  /** RFC 8449, RFC 6066 4. Undefined: as they were. */
  setRecordLimits(limits: RecordLimits): void;
  /**
   * RFC 9846 4.3.10: the client may send early data that is not wanted, so much
   * as tickets of this server allow, and what the limits allow besides.
   */
  skipEarlyData(bytes: number): void;
  /** RFC 9846 4.5.3: a server may write behind its Finished (0.5-RTT). */
  allowHalfRtt(): void;
  /** RFC 9846 4.3.10: that many bytes of early data may be written. */
  beginWritingEarlyData(keys: ProtectionKeys, bytes: number): void;
  /** No more of them; what follows is in the clear until there are keys. */
  endWritingEarlyData(): void;
  /** That many bytes of early data are taken. */
  beginReadingEarlyData(keys: ProtectionKeys, bytes: number): void;
  endReadingEarlyData(): void;
  emit(event: HandshakeEvent): void;
}

/** "none": not offered. "rejected": whatever was sent has to be sent again. */
export type EarlyDataOutcome = "none" | "accepted" | "rejected";

// [9846-E-05]
/** Facts that both sides have when a handshake is done. */
export interface ConnectionInfo {
  readonly version: TlsProtocolVersion;
  readonly cipherSuite: CipherSuite;
  /**
   * Undefined without (EC)DHE (psk_ke, RSA), or with parameters that have no
   * name.
   */
  readonly group: GroupName | undefined;
  /** True when it was resumed from an earlier connection. */
  readonly resumed: boolean;
  /** The identity of the external PSK that was used. */
  readonly pskIdentity: Bytes | undefined;
  /** The outcome of early data, RFC 9846 4.3.10. */
  readonly earlyData: EarlyDataOutcome;
  /**
   * Of the peer's CertificateVerify, or of the server's ServerKeyExchange;
   * undefined when it signed nothing.
   */
  readonly peerSignatureScheme: SignatureSchemeName | undefined;
  /** The peer's certificates, as the verifier accepted them. */
  readonly peer: VerifiedChain | undefined;
  /** In its place: the peer's raw public key, which was verified (RFC 7250). */
  readonly peerRawPublicKey?: SubjectPublicKeyInfo;
  /** The credential by which this side authenticated itself. */
  readonly credential: Credential | undefined;
  readonly alpnProtocol: string | undefined;
  /** On a client the name asked for, on a server the name that came. */
  readonly serverName: string | undefined;
  /**
   * TLS 1.2: whether extended_main_secret (RFC 7627) was used; absent in TLS
   * 1.3, where every secret depends on the whole handshake. Where it is false
   * there is no exporter and no `tlsUnique` (RFC 7627 5.4).
   */
  readonly extendedMainSecret?: boolean;
  /** TLS 1.2, RFC 5929 3: verify_data of the first Finished of the handshake. */
  readonly tlsUnique?: Bytes;
  /**
   * On a server that went on from a session: tls-server-end-point (RFC 5929 4)
   * of the certificate that the first handshake showed.
   */
  readonly serverEndPoint?: Bytes;
  /** True when there was a HelloRetryRequest. */
  readonly helloRetried: boolean;
  /** True when the hello came, or was sent, inside another one (RFC 9849). */
  readonly encryptedClientHello?: boolean;
  /** On a server: what the client sent. */
  readonly clientHello: ClientHello | undefined;
}

export type HandshakeEvent =
  | { readonly type: "handshake_done"; readonly info: ConnectionInfo }
  | {
      /**
       * On a server: the client has answered a request for its certificate
       * (RFC 9846 4.7.2); `info.peer` is undefined where it has none.
       */
      readonly type: "peer_authenticated";
      readonly info: ConnectionInfo;
    }
  | {
      /** On a client: a connection to go on from, `session` of its options. */
      readonly type: "session";
      readonly session: Session;
    }
  | {
      /** On a server with `sessionStore: RAISE_NEED`: to be kept under that id. */
      readonly type: "store_session";
      readonly id: Uint8Array;
      readonly session: Session;
    }
  | {
      /** As `store_session`: the connection failed, and its session with it. */
      readonly type: "forget_session";
      readonly id: Uint8Array;
    }
  | {
      /**
       * On a client: an alert has ended the connection before the server
       * declined this session, so it must not be offered again (RFC 5246
       * 7.2.2). The same holds for the sessions of this connection's own
       * `session` events.
       */
      readonly type: "session_ended";
      readonly session: Session;
    }
  | {
      readonly type: "key_update";
      /** The direction that has new keys. */
      readonly direction: "read" | "write";
    };

/** Verify what the peer presented. */
export interface VerifyNeed {
  readonly type: "verify";
  readonly peer: PeerChain;
  /** Complete: no version and no role forgets a field of it. */
  readonly context: Required<VerifyContext>;
}

/**
 * A pending request, which the engine must have answered before it continues.
 */
export type Need =
  | VerifyNeed
  | {
      /** Sign `content` (not its hash) with the credential's key. */
      readonly type: "sign";
      readonly credential: Credential;
      readonly scheme: SignatureSchemeName;
      readonly content: Uint8Array;
    }
  | {
      /** Choose a certificate, and on a server perhaps a whole config. */
      readonly type: "certificate";
      /** On a server: what the client said. */
      readonly clientHello: ClientHello | undefined;
      /** On a client: the schemes and authorities that the server named. */
      readonly request:
        | {
            readonly signatureSchemes: readonly number[];
            readonly authorities: readonly Uint8Array[];
            /** In TLS 1.2: the kinds of keys, RFC 5246 7.4.4. */
            readonly certificateTypes?: readonly number[];
            /** Kind of credential that the server accepts (RFC 7250). */
            readonly certificateType: "X509" | "RawPublicKey";
          }
        | undefined;
    }
  | {
      /** On a server: the session under that id, taken out of its store. */
      readonly type: "session";
      readonly id: Uint8Array;
    }
  | {
      /** The external PSK of an identity (server), or for a hint (client). */
      readonly type: "psk";
      readonly request: PskRequest;
    }
  | {
      /**
       * On a server with `strike: RAISE_NEED`: early data may be accepted if this key
       * was not struck before, and counts as struck from now on.
       */
      readonly type: "strike";
      /** 32 bytes. */
      readonly key: Uint8Array;
      /** Milliseconds since the epoch, to which it is to be remembered. */
      readonly until: number;
    };

/** The answer to each kind of need. */
export const ANSWERED_BY = {
  verify: "verified",
  sign: "signed",
  certificate: "certificate_chosen",
  session: "session_found",
  psk: "psk_found",
  strike: "struck",
} as const satisfies Record<Need["type"], keyof Answers>;

/** Answers to a {@link Need}. */
export interface Answers {
  /** Only a verifier makes a VerifiedChain or a VerifiedKey. */
  verified: { readonly chain: VerifiedChain | VerifiedKey };
  signed: { readonly signature: Uint8Array };
  certificate_chosen: {
    readonly credentials: readonly Credential[];
    /**
     * On a server: the connection continues under the rules of this config; its
     * provider, limits and protocol stay as they began.
     */
    readonly config?: ServerConfig;
  };
  /** Undefined: there is none, and a full handshake follows. */
  session_found: { readonly session: Session | undefined };
  /** Undefined: there is none. */
  psk_found: {
    readonly psk: OwnPsk | undefined;
    /** Further ones that a client of TLS 1.3 offers. */
    readonly others: readonly OwnPsk[];
  };
  /**
   * True when the key was struck for the first time: early data is accepted.
   */
  struck: { readonly first: boolean };
}
