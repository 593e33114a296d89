/**
 * What an extension is: a number, and for each message that may carry it a way
 * to read and to write its body. Rows are made here and listed in table.ts.
 */
import type { GroupName } from "../../crypto/provider.ts";
import type { ExtensionTypeName } from "../../wire/code-points.ts";
import type { Reader } from "../../wire/reader.ts";
import type { Writer } from "../../wire/writer.ts";
import type { CertificateCompression } from "../compression-row.ts";
import type { CipherSuite12 } from "../cipher-suites12.ts";
import type { TlsVersion } from "../cipher-suites.ts";
import type { DelegatedCredentials } from "../delegation.ts";
import type { SignatureSchemeName } from "../signature-schemes.ts";
import type { PskMode } from "../psk-modes.ts";

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

/** What a client offers to go on from, RFC 8446 4.2.11. */
export interface OfferedPsks {
  readonly identities: readonly {
    readonly identity: Uint8Array;
    readonly obfuscatedTicketAge: number;
  }[];
  readonly binders: readonly Uint8Array[];
}

/** What each message's extensions say, by their RFC names. */
export interface ExtensionBodies {
  client_hello: {
    server_name: string;
    max_fragment_length: FragmentLength;
    ec_point_formats: readonly number[];
    encrypt_then_mac: true;
    extended_master_secret: true;
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
    post_handshake_auth: true;
    certificate_authorities: readonly Uint8Array[];
    signature_algorithms_cert: readonly number[];
    key_share: readonly KeyShareEntry[];
    pre_shared_key: OfferedPsks;
  };
  server_hello: {
    supported_versions: number;
    key_share: KeyShareEntry;
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
    extended_master_secret: true;
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
    status_request: true;
    signed_certificate_timestamp: true;
    compress_certificate: readonly number[];
    delegated_credential: readonly number[];
    signature_algorithms: readonly number[];
    certificate_authorities: readonly Uint8Array[];
    signature_algorithms_cert: readonly number[];
    oid_filters: Uint8Array;
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

/** How a body is written and read. `read` takes the whole body. */
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

/** What either side's config says that asks the peer for more. */
export interface AskingConfig {
  readonly ocspStapling: boolean;
  readonly signedCertificateTimestamps: boolean;
  readonly certificateCompression: readonly CertificateCompression[];
  readonly delegatedCredentials?: DelegatedCredentials;
  readonly certificateSignatureSchemes?: readonly SignatureSchemeName[];
  readonly certificateAuthorities: readonly Uint8Array[];
}

/** What a client's config says that goes into extensions. */
export interface OfferedConfig extends AskingConfig {
  readonly versions: readonly TlsVersion[];
  readonly suites12: readonly CipherSuite12[];
  readonly maxFragmentLength?: FragmentLength;
  readonly signatureSchemes: readonly SignatureSchemeName[];
  readonly alpnProtocols: readonly string[];
  readonly recordSizeLimit?: number;
  readonly pskModes: readonly PskMode[];
  readonly postHandshakeAuthentication: boolean;
  /** What the server may show, and what this side could (RFC 7250). */
  readonly peerCertificateTypes: readonly ("X509" | "RawPublicKey")[];
  readonly certificateTypes: readonly ("X509" | "RawPublicKey")[];
}

/** What a client knows when it writes a ClientHello. */
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

/** What a peer asked to come with a certificate: its hello or its request. */
export interface CertificateAsked {
  readonly status_request?: true | number;
  readonly signed_certificate_timestamp?: true;
  readonly compress_certificate?: readonly number[];
}

/** What a credential has that goes with its certificate. */
export interface Stapled {
  readonly ocspResponse?: Uint8Array;
  readonly scts?: readonly Uint8Array[];
  readonly delegation?: { readonly bytes: Uint8Array };
}

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
