/**
 * Definition of an extension: a number, and for each message that may carry it
 * a way to read and to write its body. Rows are made here and listed in
 * table.ts.
 */
import type { GroupName } from "../../crypto/provider.ts";
import type { ExtensionTypeName } from "../../wire/code-points.ts";
import type { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";
import type { CertificateCompressor } from "../credentials/certificate-compressor.ts";
import type { Credential } from "../credentials/credential.ts";
import type { CertificateTypes } from "../registries/certificate-types.ts";
import type { CipherSuite12 } from "../registries/cipher-suites12.ts";
import type {
  CipherSuite,
  TlsProtocolVersion,
} from "../registries/cipher-suites.ts";
import type { DelegatedCredentialPolicy } from "../credentials/delegation.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";
import type { PskMode } from "../registries/psk-modes.ts";

/** An extension as bytes, for what puretls does not interpret. */
export interface RawExtension {
  readonly type: number;
  readonly body: Uint8Array;
}

export interface KeyShareEntry {
  readonly group: number;
  readonly share: Uint8Array;
}

/** MaxFragmentLength, RFC 6066 4: bytes of a record. */
export type FragmentLength = 512 | 1024 | 2048 | 4096;

/** PSKs that a client offers, RFC 9846 4.3.11. */
export interface OfferedPsks {
  readonly identities: readonly {
    readonly identity: Uint8Array;
    readonly obfuscatedTicketAge: number;
  }[];
  readonly binders: readonly Uint8Array[];
}

/** Extensions that a server wants in a client's certificate, RFC 9846 4.3.5. */
export interface OidFilters {
  /** As the extension carries them. */
  readonly bytes: Uint8Array;
  /** Tells whether a certificate (DER) has all that is asked for and known. */
  matches(certificate: Uint8Array): boolean;
}

/** Content of each message's extensions, by their RFC names. */
export interface ExtensionBodies {
  client_hello: {
    server_name: string;
    max_fragment_length: FragmentLength;
    ec_point_formats: readonly number[];
    encrypt_then_mac: true;
    extended_main_secret: true;
    session_ticket: Uint8Array;
    renegotiation_info: Uint8Array;
    /** CertificateStatusType, RFC 6066 8. */
    status_request: number;
    signed_certificate_timestamp: true;
    supported_groups: readonly number[];
    signature_algorithms: readonly number[];
    application_layer_protocol_negotiation: readonly string[];
    record_size_limit: number;
    early_data: true;
    supported_versions: readonly number[];
    compress_certificate: readonly number[];
    /** CertificateType, RFC 7250 3. */
    server_certificate_type: readonly number[];
    client_certificate_type: readonly number[];
    delegated_credential: readonly number[];
    encrypted_client_hello: Uint8Array;
    cookie: Uint8Array;
    psk_key_exchange_modes: readonly number[];
    tls_cert_with_extern_psk: true;
    post_handshake_auth: true;
    certificate_authorities: readonly Uint8Array[];
    signature_algorithms_cert: readonly number[];
    key_share: readonly KeyShareEntry[];
    pre_shared_key: OfferedPsks;
  };
  server_hello: {
    supported_versions: number;
    key_share: KeyShareEntry;
    tls_cert_with_extern_psk: true;
    pre_shared_key: number;
  };
  /** Of TLS 1.2, RFC 5246 7.4.1.3. */
  server_hello12: {
    server_name: true;
    supported_groups: readonly number[];
    max_fragment_length: FragmentLength;
    ec_point_formats: readonly number[];
    status_request: true;
    signed_certificate_timestamp: readonly Uint8Array[];
    application_layer_protocol_negotiation: readonly string[];
    record_size_limit: number;
    encrypt_then_mac: true;
    extended_main_secret: true;
    session_ticket: true;
    renegotiation_info: Uint8Array;
    server_certificate_type: number;
    client_certificate_type: number;
  };
  hello_retry_request: {
    supported_versions: number;
    cookie: Uint8Array;
    encrypted_client_hello: Uint8Array;
    /** The group that the server wants a share of. */
    key_share: number;
  };
  encrypted_extensions: {
    server_name: true;
    encrypted_client_hello: Uint8Array;
    server_certificate_type: number;
    client_certificate_type: number;
    max_fragment_length: FragmentLength;
    supported_groups: readonly number[];
    application_layer_protocol_negotiation: readonly string[];
    record_size_limit: number;
    early_data: true;
  };
  certificate_request: {
    /** RFC 9261 4: for requests of applications; passed over here. */
    server_name: Uint8Array;
    status_request: true;
    signed_certificate_timestamp: true;
    compress_certificate: readonly number[];
    delegated_credential: readonly number[];
    signature_algorithms: readonly number[];
    certificate_authorities: readonly Uint8Array[];
    signature_algorithms_cert: readonly number[];
    oid_filters: OidFilters;
  };
  new_session_ticket: { early_data: number };
  certificate: {
    /** An OCSP response, DER. */
    status_request: Uint8Array;
    /** SignedCertificateTimestamps, RFC 6962 3.2. */
    signed_certificate_timestamp: readonly Uint8Array[];
    /** DelegatedCredential, RFC 9345 4. */
    delegated_credential: Uint8Array;
  };
}

/** A message that carries extensions. */
export type Carrier = keyof ExtensionBodies;
export type Extensions<C extends Carrier> = Readonly<
  Partial<ExtensionBodies[C]>
>;

/** Reads and writes a body. `read` takes the whole body. */
export interface BodyCodec<T> {
  write(writer: Writer, value: T): void;
  read(reader: Reader): T;
}

/** One extension in one message. */
export interface CarriedBy<C extends Carrier> {
  has(from: Extensions<C>): boolean;
  write(writer: Writer, from: Extensions<C>): void;
  read(reader: Reader, into: Partial<ExtensionBodies[C]>): void;
}

/** The part of either side's config that asks the peer for more. */
export interface AskingConfig {
  readonly ocspStapling: boolean;
  readonly signedCertificateTimestamps: boolean;
  readonly certificateCompression: readonly CertificateCompressor[];
  readonly delegatedCredentials?: DelegatedCredentialPolicy | undefined;
  readonly certificateSignatureSchemes?:
    readonly SignatureSchemeName[] | undefined;
  readonly certificateAuthorities: readonly Uint8Array[];
}

/** The part of a client's config that goes into extensions. */
export interface OfferedConfig extends AskingConfig {
  readonly versions: readonly TlsProtocolVersion[];
  readonly suites12: readonly CipherSuite12[];
  readonly maxFragmentLength?: FragmentLength | undefined;
  readonly signatureSchemes: readonly SignatureSchemeName[];
  readonly alpnProtocols: readonly string[];
  readonly recordSizeLimit?: number | undefined;
  readonly pskModes: readonly PskMode[];
  readonly certificateWithPsk: boolean;
  readonly postHandshakeAuth: boolean;
  readonly requireExtendedMainSecret: boolean;
  readonly legacyServerConnect: boolean;
  /**
   * Certificate types that the server may present, and those that this side
   * could (RFC 7250).
   */
  readonly peerCertificateTypes: readonly ("X509" | "RawPublicKey")[];
  readonly certificateTypes: readonly ("X509" | "RawPublicKey")[];
}

/** Facts that a client has when it writes a ClientHello. */
export interface OfferContext {
  readonly config: OfferedConfig;
  readonly serverName: string | undefined;
  readonly keyShares: readonly KeyShareEntry[];
  /** From a HelloRetryRequest. */
  readonly cookie: Uint8Array | undefined;
  readonly groups: readonly GroupName[];
  /** The encrypted_client_hello of this hello, RFC 9849 5. */
  readonly ech: Uint8Array | undefined;
  /** RFC 5077: a ticket of TLS 1.2, or nothing of it to ask for one. */
  readonly ticket12: Uint8Array | undefined;
  /** With binders that are only as long as the right ones. */
  readonly psks: OfferedPsks | undefined;
  readonly earlyData: boolean;
}

/** A message in which a server answers the extensions of a ClientHello. */
export type Answering = "encrypted_extensions" | "server_hello12";

/** Content of such a message; a row without a cell in it is not asked. */
export type Answers = Extensions<"encrypted_extensions"> &
  Extensions<"server_hello12">;

/** Facts that a server has when it answers. */
export interface AnswerContext {
  readonly config: {
    /** Best first. */
    readonly groups: readonly GroupName[];
    readonly requireExtendedMainSecret: boolean;
    readonly recordSizeLimit?: number | undefined;
    readonly peerCertificateTypes: readonly ("X509" | "RawPublicKey")[];
    readonly encryptedClientHello?:
      | {
          readonly retryConfigs: Uint8Array | undefined;
        }
      | undefined;
  };
  readonly version: TlsProtocolVersion;
  readonly suite: CipherSuite;
  readonly hello: {
    readonly cipherSuites: readonly number[];
    readonly extensions: Extensions<"client_hello">;
  };
  /**
   * The credential that the server presents; undefined where a PSK or a session
   * stands for it.
   */
  readonly credential: Credential | undefined;
  readonly credentials: readonly Credential[];
  readonly resumed: boolean;
  /**
   * Tells when the client is asked for a certificate: in the handshake, or
   * later.
   */
  readonly asks: { readonly now: boolean; readonly later: boolean };
  readonly alpnProtocol: string | undefined;
  /** True when the hello came inside another one (RFC 9849). */
  readonly hidden: boolean;
  readonly earlyData: boolean;
  /** TLS 1.2: whether a NewSessionTicket will follow. */
  readonly ticket: boolean;
}

/** Facts that a client has when it reads the answer. */
export interface AgreeContext {
  readonly config: OfferedConfig;
  readonly version: TlsProtocolVersion;
  readonly suite: CipherSuite;
  /** Encrypted Client Hello, where it was offered (RFC 9849). */
  readonly ech:
    | {
        readonly status: string;
        readonly offer: { checkRetryConfigs(configs: Uint8Array): void };
      }
    | undefined;
}

/** Sizes of records from now on, RFC 8449 and RFC 6066 4. */
export interface RecordLimits {
  /** Bytes of what is protected; in TLS 1.3 with the content type. */
  readonly read: number | undefined;
  readonly write: number | undefined;
  /** True when records in the clear are limited too. */
  readonly clear?: boolean;
}

/**
 * The agreement of the two sides by extensions. Rows fill it in; what no row
 * has touched is as it is without the extension.
 */
export interface Agreed {
  alpnProtocol: string | undefined;
  /** The certificate type of each side, where it presents something. */
  certificateTypes: CertificateTypes;
  recordLimits?: RecordLimits;
  earlyData?: boolean;
  /** The ECHConfigList of a server that refused. */
  echRetryConfigs?: Uint8Array;
  /** TLS 1.2, as are those below. */
  extendedMainSecret?: boolean;
  encryptThenMac?: boolean;
  /** A NewSessionTicket comes before the server's change_cipher_spec. */
  ticket?: boolean;
  /** A CertificateStatus may come behind the Certificate. */
  status?: boolean;
  scts?: readonly Uint8Array[] | undefined;
}

/**
 * Extensions that a peer asked to come with a certificate: in its hello or its
 * request.
 */
export interface CertificateAsked {
  readonly status_request?: true | number;
  readonly signed_certificate_timestamp?: true;
  readonly compress_certificate?: readonly number[];
}

/** The part of a credential that is sent with its certificate. */
export interface Stapled {
  readonly ocspResponse?: Uint8Array;
  readonly scts?: readonly Uint8Array[];
  readonly delegation?: { readonly bytes: Uint8Array };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A row of the table. */
export interface ExtensionSpec {
  readonly name: ExtensionTypeName;
  readonly type: number;
  readonly carriers: { readonly [C in Carrier]?: CarriedBy<C> };
  /** Puts what a client offers into its ClientHello. */
  readonly offer?: (
    context: OfferContext,
    into: Partial<ExtensionBodies["client_hello"]>,
  ) => void;
  /**
   * Server: reads what the client offers, or does not, and puts the answer.
   *
   * @throws TlsError
   */
  readonly answer?: (
    context: AnswerContext,
    into: Mutable<Answers>,
    agreed: Agreed,
  ) => void;
  /**
   * Client: reads what the server answers, or does not.
   *
   * @throws TlsError
   */
  readonly agree?: (
    said: Answers,
    context: AgreeContext,
    agreed: Agreed,
  ) => void;
  /** Puts what a server asks a client for into its CertificateRequest. */
  readonly request?: (
    config: AskingConfig,
    into: Partial<ExtensionBodies["certificate_request"]>,
  ) => void;
  /** Puts what the peer asked for beside a leaf certificate. */
  readonly staple?: (
    credential: Stapled,
    asked: CertificateAsked,
    into: Partial<ExtensionBodies["certificate"]>,
  ) => void;
}

/** The cell of a row: that extension's body in that message. */
export function carriedAs<
  C extends Carrier,
  K extends keyof ExtensionBodies[C],
>(key: K, codec: BodyCodec<ExtensionBodies[C][K]>): CarriedBy<C> {
  return {
    has: (from) => from[key] !== undefined,
    write: (writer, from) => {
      const value = from[key];
      if (value !== undefined) codec.write(writer, value);
    },
    read: (reader, into) => {
      into[key] = codec.read(reader);
    },
  };
}

/** A body that is empty: its presence says all. */
export const emptyBody: BodyCodec<true> = {
  write: () => undefined,
  read: () => true,
};

/** One `uint16`. */
export const u16Body: BodyCodec<number> = {
  write: (writer, value) => writer.u16(value),
  read: (reader) => reader.u16(),
};

/** `uint8 x<1..2^8-1>` */
export const u8ListBody: BodyCodec<readonly number[]> = {
  write: (writer, values) =>
    writer.vector8((w) => {
      for (const value of values) w.u8(value);
    }),
  read: (reader) => reader.list8((r) => r.u8(), 1),
};

/** `uint16 x<2..2^16-2>` */
export const u16ListBody: BodyCodec<readonly number[]> = {
  write: (writer, values) =>
    writer.vector16((w) => {
      for (const value of values) w.u16(value);
    }),
  read: (reader) => reader.list16((r) => r.u16(), 1),
};

/** A body that is kept as bytes. */
export const opaqueBody: BodyCodec<Uint8Array> = {
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.rest(),
};
