/** All that a handler can do to the world, and all that it can be told. */
import type {
  AeadKey,
  CbcKey,
  CryptoProvider,
  GroupName,
  HashAlgorithm,
  RandomSource,
} from "../crypto/provider.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import type { VerifiedKey } from "../x509/raw-key.ts";
import type {
  PeerChain,
  VerifiedChain,
  VerifyContext,
} from "../x509/verifier.ts";
import type { AlertName } from "../errors.ts";
import type {
  CipherSuite,
  CipherSuite13,
  TlsVersion,
} from "./cipher-suites.ts";
import type { ServerConfig } from "./config.ts";
import type { Credential } from "./credential.ts";
import type { ExternalPsk, PskRequest } from "./external-psk.ts";
import type { TrafficSecret } from "./key-schedule13.ts";
import type { ClientHello } from "./messages/client-hello.ts";
import type { Session } from "./session.ts";
import type { SignatureSchemeName } from "./signature-schemes.ts";

/** The keys of one direction; `kind` says how they protect a record. */
export type ProtectionKeys =
  Aead13Protection | Aead12Protection | Cbc12Protection;

interface Protection {
  /**
   * Whether they protect application data or the handshake. In TLS 1.2 the
   * same keys protect both: "application".
   */
  readonly epoch: "handshake" | "application";
}

/** RFC 8446 5.2, 5.3 and 7.3. */
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
 * What a change_cipher_spec record means at the moment: an error, nothing (the
 * dummy of RFC 8446 D.4), or the input `change_cipher_spec` of the machine
 * (RFC 5246 7.1).
 */
export type ChangeCipherSpecPolicy = "forbidden" | "dropped" | "delivered";

/**
 * Whether warning alerts end the connection, as in TLS 1.3 (user_canceled and
 * close_notify apart), or are passed over, as in TLS 1.2.
 */
export type WarningAlertPolicy = "fatal" | "ignored";

export interface HandshakeIo {
  /** Puts a whole message into the flight under way. */
  send(message: Uint8Array): void;
  /** RFC 5246 7.1, or the dummy of RFC 8446 D.4. Never protected. */
  sendChangeCipherSpec(): void;
  /**
   * Says that the peer's flight ends with the message at hand: more of its
   * handshake is an error.
   */
  endFlight(): void;
  /** A change_cipher_spec is forbidden after keys for application data. */
  /** An alert that ends nothing. */
  sendWarning(alert: AlertName): void;
  setReadKeys(keys: ProtectionKeys): void;
  setWriteKeys(keys: ProtectionKeys): void;
  setChangeCipherSpec(policy: ChangeCipherSpecPolicy): void;
  /** The policy is "fatal" until something else is said. */
  setWarningAlerts(policy: WarningAlertPolicy): void;
  /**
   * RFC 8449: what the two sides announced; undefined where they did not. The
   * bytes count what is protected: in TLS 1.3 with the content type, in TLS
   * 1.2 without.
   */
  setRecordLimits(limits: {
    readonly read: number | undefined;
    readonly write: number | undefined;
  }): void;
  /** RFC 6066 4, in TLS 1.2: bytes of content, before encryption too. */
  setMaxFragmentLength(bytes: number): void;
  /** RFC 8446 4.2.10: the client may send early data that is not wanted. */
  skipEarlyData(): void;
  /** RFC 8446 4.4.4: a server may write behind its Finished (0.5-RTT). */
  allowHalfRtt(): void;
  /** RFC 8446 4.2.10: that many bytes of early data may be written. */
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

/** What both sides know when a handshake is done. */
export interface ConnectionInfo {
  readonly version: TlsVersion;
  readonly cipherSuite: CipherSuite;
  /**
   * Undefined without (EC)DHE (psk_ke, RSA), or with parameters that have no
   * name.
   */
  readonly group: GroupName | undefined;
  /** Whether it went on from an earlier connection. */
  readonly resumed: boolean;
  /** The identity of the external PSK that was used. */
  readonly pskIdentity: Uint8Array | undefined;
  /** What became of early data, RFC 8446 4.2.10. */
  readonly earlyData: EarlyDataOutcome;
  /**
   * Of the peer's CertificateVerify, or of the server's ServerKeyExchange;
   * undefined when it signed nothing.
   */
  readonly peerSignatureScheme: SignatureSchemeName | undefined;
  /** What the verifier made of the peer's certificates. */
  readonly peer: VerifiedChain | undefined;
  /** In its place: the peer's raw public key, which was verified (RFC 7250). */
  readonly peerRawPublicKey?: SubjectPublicKeyInfo;
  /** What this side authenticated itself with. */
  readonly credential: Credential | undefined;
  readonly alpnProtocol: string | undefined;
  /** On a client the name asked for, on a server the name that came. */
  readonly serverName: string | undefined;
  /** TLS 1.2, RFC 5929 3: verify_data of the first Finished of the handshake. */
  readonly tlsUnique?: Uint8Array;
  /**
   * On a server that went on from a session: tls-server-end-point (RFC 5929 4)
   * of the certificate that the first handshake showed.
   */
  readonly serverEndPoint?: Uint8Array;
  /** Whether it took a HelloRetryRequest. */
  readonly helloRetried: boolean;
  /** Whether the hello came, or went, inside another one (RFC 9849). */
  readonly encryptedClientHello?: boolean;
  /** On a server: what the client sent. */
  readonly clientHello: ClientHello | undefined;
}

export type HandshakeEvent =
  | { readonly type: "handshake_done"; readonly info: ConnectionInfo }
  | {
      /**
       * On a server: the client has answered a request for its certificate
       * (RFC 8446 4.6.2); `info.peer` is undefined where it has none.
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
      /** On a server with `sessionStore: "ask"`: to be kept under that id. */
      readonly type: "store_session";
      readonly id: Uint8Array;
      readonly session: Session;
    }
  | {
      readonly type: "key_update";
      /** Which direction has new keys. */
      readonly direction: "read" | "write";
    };

/** What the engine has to be told before it can go on. */
export type Need =
  | {
      /** Judge the peer's chain. */
      readonly type: "verify";
      readonly peer: PeerChain;
      readonly context: VerifyContext;
    }
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
            /** What kind of credential the server takes (RFC 7250). */
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
    };

/** What {@link Need} asks for. */
export interface Answers {
  /** Only a verifier makes a VerifiedChain or a VerifiedKey. */
  verified: { readonly chain: VerifiedChain | VerifiedKey };
  signed: { readonly signature: Uint8Array };
  certificate_chosen: {
    readonly credentials: readonly Credential[];
    /** On a server: goes on under this config. */
    readonly config?: ServerConfig;
  };
  /** Undefined: there is none, and a full handshake follows. */
  session_found: { readonly session: Session | undefined };
  /** Undefined: there is none. */
  psk_found: { readonly psk: ExternalPsk | undefined };
}

/** The keys of one direction from its traffic secret, RFC 8446 7.3. */
export function protectionKeys(options: {
  readonly provider: CryptoProvider;
  readonly suite: CipherSuite13;
  readonly secret: TrafficSecret;
  readonly epoch: ProtectionKeys["epoch"];
  readonly recordsPerKey: number;
}): Aead13Protection {
  const { provider, suite, secret, epoch } = options;
  const aead = provider.aeads[suite.aead];
  if (aead === undefined)
    throw new Error(`the provider has no ${suite.aead}, but it was negotiated`);
  const key = secret.key(aead.keyLength);
  const keys = {
    kind: "aead13",
    aead: aead.key(key.bytes),
    tagLength: aead.tagLength,
    iv: secret.iv(aead.nonceLength),
    recordsPerKey: Math.min(suite.recordsPerKey, options.recordsPerKey),
    epoch,
  } as const;
  key.wipe();
  return keys;
}
