/**
 * What a program can do without is a feature, a value: rows of extensions,
 * messages, and the turns that a handshake takes for it. A config's protocol
 * has those that the program named, so that a bundle has no other.
 */
import { TlsUsageError } from "../errors.ts";
import type { SubjectPublicKeyInfo } from "../x509/public-key.ts";
import type { PeerChain } from "../x509/verifier.ts";
import type {
  CertificateTypeName,
  CertificateTypes,
} from "./certificate-types.ts";
import type { TlsVersion } from "./cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { Credential } from "./credential.ts";
import type { Delegation, SigningKey } from "./delegation.ts";
import type { EchOpened } from "./ech.ts";
import type {
  Extensions,
  ExtensionSpec,
  FragmentLength,
} from "./extensions/spec.ts";
import type { HandshakeIo } from "./io.ts";
import type { MessageForms } from "./machine.ts";
import type {
  Certificate13,
  CertificateEntry,
} from "./messages/certificate13.ts";
import type { ClientHello } from "./messages/client-hello.ts";
import type { RawMessage } from "./messages/codec.ts";
import type { FeatureName, FeatureSet } from "./protocol.ts";
import type { SignatureSchemeName } from "./signature-schemes.ts";

/** Where a handshake turns to a feature; undefined: it is not there. */
export interface Turns {
  /** RFC 8879. */
  readonly compression?: {
    /** The Certificate message, or the same compressed. */
    compress(
      certificate: Uint8Array,
      config: ClientConfig | ServerConfig,
      peerHas: readonly number[] | undefined,
    ): Uint8Array;
  };
  /** RFC 6066 8. */
  readonly stapling?: {
    /** A server's CertificateStatus of TLS 1.2, where one is wanted. */
    status12(
      credential: Credential,
      state: { readonly config: ServerConfig; readonly hello: ClientHello },
    ): Uint8Array | undefined;
    /**
     * What a CertificateStatus of TLS 1.2 holds, DER.
     *
     * @throws TlsError
     */
    response12(message: RawMessage): Uint8Array;
  };
  /** RFC 8449, RFC 6066 4. */
  readonly recordSizes?: RecordSizeTurns;
  /** RFC 7250. Without them X.509 goes without saying. */
  readonly rawKeys?: RawKeyTurns;
  /** RFC 9849, on a server; a client's turns come with its own object. */
  readonly ech?: EchServerTurns;
  /** RFC 9345. */
  readonly delegation?: {
    /**
     * The key that a peer's certificate has delegated to, if any.
     *
     * @throws TlsError
     */
    peerKey(
      leaf: CertificateEntry,
      signer: "client" | "server",
      config: ClientConfig | ServerConfig,
    ): SigningKey | undefined;
    /** What an own delegated key signs with for that peer. */
    scheme(
      delegation: Delegation,
      peerTakes: readonly number[],
      peerSchemes: readonly number[],
    ): SignatureSchemeName | undefined;
  };
}

/** What a server says of types, in EncryptedExtensions or in TLS 1.2's hello. */
export type TypesSaid = Pick<
  Extensions<"encrypted_extensions">,
  "server_certificate_type" | "client_certificate_type"
>;

/** What is said of record sizes, in either version. */
export interface SizesSaid {
  readonly record_size_limit?: number;
  readonly max_fragment_length?: FragmentLength;
}

/** Where two sides agree on the sizes of records. */
interface RecordSizeTurns {
  /**
   * A client takes what the server answers.
   *
   * @throws TlsError
   */
  agree(
    config: ClientConfig,
    said: SizesSaid,
    version: TlsVersion,
    io: HandshakeIo,
  ): void;
  /** What a server answers. */
  answer(
    config: ServerConfig,
    hello: ClientHello,
    version: TlsVersion,
  ): SizesSaid;
  /** RFC 8449 4: what the client said holds for the very next record. */
  apply(
    answered: SizesSaid,
    hello: ClientHello,
    version: TlsVersion,
    io: HandshakeIo,
  ): void;
}

/** Where a server meets hellos that hide another. */
interface EchServerTurns {
  /**
   * What was opened; undefined: the hello is all that there is. What a
   * HelloRetryRequest settled stays (RFC 9849 7.1.1).
   *
   * @param first what was opened of the first hello, where this is the second
   * @throws TlsError
   */
  open(
    config: ServerConfig,
    hello: ClientHello,
    first: { readonly opened: EchOpened | undefined } | undefined,
  ): EchOpened | undefined;
  /** RFC 9849 7.1: for a client whose hello stayed closed. */
  retryConfigs(
    config: ServerConfig,
    hello: ClientHello,
    opened: EchOpened | undefined,
  ): Uint8Array | undefined;
}

/** Where certificates may be bare keys; those that throw throw a TlsError. */
interface RawKeyTurns {
  typesTaken(hello: ClientHello): readonly number[];
  checkTypes(credentials: readonly Credential[], hello: ClientHello): void;
  clientType(config: ServerConfig, hello: ClientHello): CertificateTypeName;
  typesAnswer(
    config: ServerConfig,
    hello: ClientHello,
    credential: Credential,
    client: CertificateTypeName,
  ): TypesSaid;
  typesResumed(
    credentials: readonly Credential[],
    hello: ClientHello,
  ): TypesSaid;
  typesChosen(said: TypesSaid, config: ClientConfig): CertificateTypes;
  checkServerType(config: ClientConfig, types: CertificateTypes): void;
  /** What the peer of TLS 1.3 shows; undefined: certificates. */
  peerChain(
    message: Certificate13,
    type: CertificateTypeName,
  ): PeerChain | undefined;
  /** What the peer of TLS 1.2 shows; undefined: certificates. */
  peerChain12(
    message: Pick<RawMessage, "body">,
    type: CertificateTypeName,
  ): PeerChain | undefined;
  /** The key that came without a certificate, if one did. */
  bareKey(chain: PeerChain): SubjectPublicKeyInfo | undefined;
}

/** What a program can do without; made by this library alone. */
export interface Feature {
  readonly name: FeatureName;
  readonly extensions?: readonly ExtensionSpec[];
  /** Messages that stand for others, of TLS 1.3. */
  readonly messages?: MessageForms;
  /** What one role has of it, a `ClientPart`; that role alone knows. */
  readonly part?: object;
  readonly turns?: Turns;
}

/** The features of a protocol, with what they bring in one place. */
export class Features implements FeatureSet {
  readonly names: readonly FeatureName[];
  readonly extensions: readonly ExtensionSpec[];
  readonly messages: MessageForms;
  readonly parts: readonly object[];
  readonly turns: Turns;

  constructor(features: readonly Feature[]) {
    this.names = features.map(({ name }) => name);
    this.extensions = features.flatMap(({ extensions = [] }) => extensions);
    this.messages = merged(features.map(({ messages = {} }) => messages));
    this.parts = features.flatMap(({ part }) => part ?? []);
    this.turns = merged(features.map(({ turns = {} }) => turns));
  }
}

function merged<T extends object>(parts: readonly T[]): Partial<T> {
  const whole: Partial<T> = {};
  return Object.assign(whole, ...parts);
}

/** @throws TlsUsageError for a config that was not made by this library */
export function turnsOf({
  protocol: { features },
}: ClientConfig | ServerConfig): Turns {
  if (features instanceof Features) return features.turns;
  throw new TlsUsageError("config: not made by clientConfig or serverConfig");
}
